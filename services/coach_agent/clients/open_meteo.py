"""Open-Meteo: places by name and the forecast of a place, kept in Redis for as long as they are good.

One try a call. An answer that says to come back later, like one that is garbage or none at all, is WeatherUnavailable:
the person who asks is told so at once, and is the one to try again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import orjson
import redis.asyncio

from services.coach_agent.clients.open_meteo_shapes import parse_hours, parse_places
from services.coach_agent.domain.errors import WeatherUnavailable
from services.coach_agent.domain.weather.models import FORECAST_DAYS, HourlyWeather, Place
from shared.clock import Clock
from shared.errors import UpstreamUnavailable
from shared.http.outgoing import Outgoing, read_limited
from shared.redis import UNAVAILABLE
from shared.resilience import Breaker

Parsed = TypeVar("Parsed")

# A forecast of sixteen days takes some 30 KB.
_LARGEST_ANSWER = 1024 * 1024
_PLACES = 10
# Their limits are counted by the minute first, and they name no time to come back.
_PAUSE_S = 60.0
_LONGEST_PAUSE_S = 3600.0
_HOURLY = (
    "temperature_2m",
    "dew_point_2m",
    "apparent_temperature",
    "precipitation_probability",
    "precipitation",
    "wind_speed_10m",
    "weather_code",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeteoLimits:
    """``timeout_s`` for one call; how long a place and a forecast are kept, in s."""

    timeout_s: float
    place_cache_s: int
    forecast_cache_s: int


@dataclass(frozen=True, slots=True)
class OpenMeteoAddresses:
    """Base URLs of the two interfaces, and the key of whoever pays for them."""

    geocoding: str
    forecast: str
    api_key: str | None = None


class OpenMeteo:
    """A WeatherProvider. ``outgoing`` reaches the hosts of ``addresses`` and no other."""

    def __init__(
        self,
        outgoing: Outgoing,
        addresses: OpenMeteoAddresses,
        cache: redis.asyncio.Redis,
        *,
        limits: OpenMeteoLimits,
        breaker: Breaker,
        clock: Clock,
    ) -> None:
        self._outgoing = outgoing
        self._addresses = addresses
        self._cache = cache
        self._limits = limits
        self._breaker = breaker
        self._clock = clock
        self._quiet_until_s = 0.0

    async def find(self, name: str) -> Sequence[Place]:
        query = {"name": name, "count": str(_PLACES), "language": "en", "format": "json"}
        return await self._get(
            f"{self._addresses.geocoding}/v1/search", query, parse_places, keep_s=self._limits.place_cache_s
        )

    async def hours(self, place: Place) -> Sequence[HourlyWeather]:
        query = {
            "latitude": f"{place.latitude_deg:.4f}",
            "longitude": f"{place.longitude_deg:.4f}",
            "hourly": ",".join(_HOURLY),
            "timezone": place.zone,
            # Seconds since 1970: local times come with one offset for all days, also where the clocks change.
            "timeformat": "unixtime",
            "wind_speed_unit": "ms",
            "forecast_days": str(FORECAST_DAYS),
        }

        def parse(answer: Any) -> tuple[HourlyWeather, ...]:
            return parse_hours(answer, place.zone)

        return await self._get(
            f"{self._addresses.forecast}/v1/forecast", query, parse, keep_s=self._limits.forecast_cache_s
        )

    async def _get(self, url: str, query: Mapping[str, str], parse: Callable[[Any], Parsed], *, keep_s: int) -> Parsed:
        # What people ask for is not readable in the cache's keys.
        key = f"coach_agent:weather:{hashlib.sha256(orjson.dumps([url, query])).hexdigest()}"
        kept = await self._kept(key)
        if kept is not None:
            return parse(orjson.loads(kept))
        body, parsed = await self._asked(url, query, parse)
        await self._keep(key, body, keep_s)
        return parsed

    async def _asked(self, url: str, query: Mapping[str, str], parse: Callable[[Any], Parsed]) -> tuple[bytes, Parsed]:
        if self._clock.monotonic_s() < self._quiet_until_s:
            raise unavailable()
        key = {} if self._addresses.api_key is None else {"apikey": self._addresses.api_key}
        try:
            async with self._breaker.guard(), _translated(), asyncio.timeout(self._limits.timeout_s):
                async with self._outgoing.request("GET", url, params={**query, **key}) as response:
                    self._require_well(response)
                    body = await read_limited(response, _LARGEST_ANSWER)
                if response.status == 200:
                    return body, parse(orjson.loads(body))
        except UpstreamUnavailable:
            # The breaker is open.
            raise unavailable() from None
        # Refused for what was asked: somebody's odd question must not open the breaker for everybody.
        raise unavailable()

    def _require_well(self, response: aiohttp.ClientResponse) -> None:
        if response.status == 200 or (400 <= response.status < 500 and response.status not in {408, 429}):
            return
        if response.status in {429, 503}:
            pause_s = _seconds(response.headers.get("Retry-After"))
            self._quiet_until_s = self._clock.monotonic_s() + pause_s
        raise unavailable()

    async def _kept(self, key: str) -> bytes | None:
        with contextlib.suppress(*UNAVAILABLE):
            kept = await self._cache.get(key)
            return kept if isinstance(kept, bytes) else None
        return None

    async def _keep(self, key: str, body: bytes, keep_s: int) -> None:
        with contextlib.suppress(*UNAVAILABLE):
            await self._cache.set(key, body, ex=keep_s)


@contextlib.asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, LookupError, TypeError):
        # What does not have the shape that was agreed is as good as no answer.
        raise unavailable() from None


def unavailable() -> WeatherUnavailable:
    return WeatherUnavailable("The weather service is not answering right now, so there is no forecast for this.")


def _seconds(header: str | None) -> float:
    if header is None or not (header.isascii() and header.isdigit() and len(header) <= 9):
        return _PAUSE_S
    return min(float(header), _LONGEST_PAUSE_S)
