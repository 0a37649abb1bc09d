"""Redis for what may be forgotten: limits, caches, hints. Every key has a lifetime; losing all loses no fact."""

from __future__ import annotations

import redis.asyncio
from redis.exceptions import RedisError

# Redis answers in well under a millisecond on the same network; whoever waits longer does better without it.
_TIMEOUT_S = 0.5

UNAVAILABLE = (RedisError, OSError, TimeoutError)
"""What a caller catches to go on without Redis."""


def open_redis(url: str, *, max_connections: int = 32) -> redis.asyncio.Redis:
    """A client on a blocking pool: the default pool raises under a burst instead of waiting its turn."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=max_connections,
        timeout=_TIMEOUT_S,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        health_check_interval=30,
        # Naming the driver would read its version from the disk, on the loop, for every new connection.
        driver_info=None,
    )
    return redis.asyncio.Redis.from_pool(pool)
