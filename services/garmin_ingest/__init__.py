"""Recordings and what they turn into: activities, their streams, the originals they came from, and links to Garmin.

Owns the tables ``activity*``, ``job*``, ``ingest_ledger``, ``garmin_*``, ``remote_activity``, ``wellness_day``,
``webhook_*`` and ``backfill_request``, the folder (or bucket) of originals, and ``garmin/users/*`` in the secret store.
Called by the gateway for the runner's imports, activities, jobs and link to Garmin, by Garmin's notifications through
the gateway, and by coach_agent, which reads activities and is told of each new, changed and deleted one.
"""
