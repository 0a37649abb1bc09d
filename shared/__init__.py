"""What every service needs and no runner would recognise: errors, callers, settings, storage, jobs, events.

Nothing here knows a product word, and nothing here has a single user. Only ``shared.http`` imports aiohttp.
"""
