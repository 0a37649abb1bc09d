"""The weather of a run: where, when, and what the air will be like."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the geocoder names it; ``zone`` is its IANA time zone."""

    name: str
    country: str
    latitude_deg: float
    longitude_deg: float
    zone: str


@dataclass(frozen=True, slots=True)
class HourlyWeather:
    """The forecast for one hour of local time at the place."""

    at: dt.datetime
    temperature_c: float
    dew_point_c: float
    apparent_temperature_c: float | None
    precipitation_probability_pct: float | None
    precipitation_mm: float | None
    wind_m_per_s: float | None
    code: int | None
