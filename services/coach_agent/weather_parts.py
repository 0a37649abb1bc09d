"""The weather service, wired."""

from __future__ import annotations

from contextlib import AsyncExitStack

import redis.asyncio

from services.coach_agent.clients.open_meteo import OpenMeteo, OpenMeteoAddresses, OpenMeteoLimits
from services.coach_agent.config import CoachAgentSettings
from services.coach_agent.domain.weather.service import Weather
from shared.http.outgoing import Outgoing
from shared.http.process import Process
from shared.resilience import Breaker

# Outside providers take longer to be well again than our own parts.
_OPEN_S = 60.0


def open_weather(
    settings: CoachAgentSettings, process: Process, cache: redis.asyncio.Redis, stack: AsyncExitStack
) -> Weather:
    """``stack`` closes what it holds."""
    key = settings.weather_api_key
    addresses = OpenMeteoAddresses(
        settings.weather_geocoding_url.rstrip("/"),
        settings.weather_forecast_url.rstrip("/"),
        None if key is None else key.get_secret_value(),
    )
    outgoing = Outgoing.to(addresses.geocoding, addresses.forecast)
    stack.push_async_callback(outgoing.aclose)
    breaker = Breaker("open-meteo", process.clock, open_s=_OPEN_S)
    process.metrics.watch(breaker)
    limits = OpenMeteoLimits(
        timeout_s=settings.weather_timeout_s,
        place_cache_s=settings.weather_place_cache_s,
        forecast_cache_s=settings.weather_forecast_cache_s,
    )
    provider = OpenMeteo(outgoing, addresses, cache, limits=limits, breaker=breaker, clock=process.clock)
    return Weather(provider, process.clock)
