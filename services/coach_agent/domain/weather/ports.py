"""What a weather answer needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from services.coach_agent.domain.weather.models import HourlyWeather, Place


class WeatherProvider(Protocol):
    async def find(self, name: str) -> Place | None:
        """The best-known place of that name; None when there is none. Raises WeatherUnavailable."""
        ...

    async def hours(self, place: Place, first: dt.date, last: dt.date) -> Sequence[HourlyWeather]:
        """The forecast of local days, both included, hour by hour. Raises WeatherUnavailable."""
        ...
