"""The coach: reads a runner's activities and answers questions about them, every number a fact.

Owns profiles, the metrics of runs, where a runner stands, training plans, advice with its notes and verdicts,
conversations and charts (the tables of ``migrations/``). Called by the gateway for its users and by garmin_ingest with
events about activities; calls garmin_ingest for recordings and nights and subscription for the daily questions, on the
user's behalf, and outside of Pace42 Open-Meteo and the language models that are configured.
"""
