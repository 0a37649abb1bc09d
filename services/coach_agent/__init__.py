"""The coach: reads a runner's activities and answers questions about them, every number a fact.

Owns the tables ``athlete``, ``run_metrics``, ``conversation``, ``message``, ``chart``, ``plan`` and what they need.
Called by the gateway for its users and by garmin_ingest with events about activities; calls garmin_ingest for
recordings and subscription for the daily questions, on the user's behalf.
"""
