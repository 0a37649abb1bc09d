"""How often somebody may call: moving windows in Redis, or in this process while Redis is away.

Without Redis the limits hold per gateway process instead of over all of them: guessing stays limited, and nobody is
turned away because a cache is down.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import Redis

from gateway.config import GatewaySettings
from shared.caller import Caller
from shared.clock import Clock
from shared.errors import RateLimited, UpstreamUnavailable
from shared.logs import get_logger
from shared.resilience import Breaker

_log = get_logger("limits")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: for the ``RateLimit`` and ``RateLimit-Policy`` headers (IETF httpapi draft)."""

    policy: str
    amount: int
    window_s: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.amount};w={self.window_s}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset_s}',
        }


class TooOften(RateLimited):
    """A refusal that knows where its caller stands."""

    def __init__(self, message: str, standing: Standing) -> None:
        super().__init__(message, retry_after_s=standing.reset_s)
        self.standing = standing


class Limits:
    def __init__(self, settings: GatewaySettings, redis: Redis, clock: Clock) -> None:
        def minute(amount: int) -> RateLimitItem:
            return RateLimitItemPerMinute(max(1, round(amount * settings.limits_scale)))

        self._items: Mapping[str, RateLimitItem] = {
            "address": minute(settings.anonymous_per_minute),
            "sign_up": minute(settings.sign_up_per_minute),
            "log_in": minute(settings.log_in_per_minute),
            "user": minute(settings.user_per_minute),
            "webhook": minute(settings.webhook_per_minute),
            "chat": minute(settings.chat_per_minute),
            "garmin": minute(settings.garmin_per_minute),
            "admin": RateLimitItemPerHour(max(1, round(settings.admin_per_hour * settings.limits_scale))),
        }
        storage = RedisStorage(
            "async+redis://",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="gateway",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # passed through to redis-py
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self.breaker = Breaker("redis", clock)

    async def count(self, limit: str, caller: Caller, address: str) -> Standing:
        """Count one call. Raises RateLimited, with the time until the next may succeed."""
        names = [limit]
        if "admin" in caller.roles:
            names = ["admin"]
        elif limit not in {"user", "address"} and caller.user_id is not None:
            names = ["user", limit]
        who = _place(address) if caller.user_id is None else str(caller.user_id)
        standing = None
        for name in names:
            standing = await self._hit(name, who)
        assert standing is not None
        return standing

    async def _hit(self, name: str, who: str) -> Standing:
        item = self._items[name]
        try:
            async with self.breaker.guard():
                allowed, reset_time, remaining = await _ask(self._shared, item, name, who)
        except (StorageError, UpstreamUnavailable, TimeoutError, OSError) as error:
            _log.warning("limits hold in this process only", cause=type(error).__name__)
            allowed, reset_time, remaining = await _ask(self._own, item, name, who)
        reset_s = max(1, math.ceil(reset_time - time.time()))
        standing = Standing(name, item.amount, item.get_expiry(), max(0, remaining), reset_s)
        if not allowed:
            raise TooOften(
                f"That was too often: {item.amount} requests in {_window(item)} are allowed. Please wait a moment.",
                standing,
            )
        return standing


async def _ask(limiter: MovingWindowRateLimiter, item: RateLimitItem, name: str, who: str) -> tuple[bool, float, int]:
    allowed = await limiter.hit(item, name, who)
    stats = await limiter.get_window_stats(item, name, who)
    return allowed, stats.reset_time, stats.remaining


def _place(address: str) -> str:
    """Whom an address stands for: with IPv6 one subscriber has a whole /64."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))


def _window(item: RateLimitItem) -> str:
    return "an hour" if item.get_expiry() == 3600 else "a minute"
