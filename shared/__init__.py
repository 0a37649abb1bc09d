"""What every service needs and no runner would recognise: errors, callers, configuration, storage, work that outlives a request.

Nothing here knows a product word, and nothing here has a single user. Only ``shared.http`` imports aiohttp.
"""
