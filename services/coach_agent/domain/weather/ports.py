"""What a weather answer needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.coach_agent.domain.weather.models import HourlyWeather, Place


class WeatherProvider(Protocol):
    async def find(self, name: str) -> Sequence[Place]:
        """Places of that name, the best known first; empty when there is none. Raises WeatherUnavailable."""
        ...

    async def hours(self, place: Place) -> Sequence[HourlyWeather]:
        """The forecast hour by hour, from the start of today at the place. Raises WeatherUnavailable."""
        ...
