"""Recordings and what they turn into: activities, their streams, and the originals they came from.

Owns the tables ``activity``, ``activity_stream``, ``activity_source``, ``job``, ``job_upload`` and
``job_item``, and the folder of originals. Called by the gateway for the runner's imports, activities and jobs, and
by coach_agent, which reads activities and is told of each new, changed and deleted one.
"""
