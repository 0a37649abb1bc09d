"""The weather of a run: where, when, and what the air will be like."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

# Open-Meteo's, and about as far as a forecast means anything: today and the fifteen days after it.
FORECAST_DAYS = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the geocoder names it; ``zone`` is its IANA time zone, ``region`` the state or province, if any."""

    name: str
    country: str
    country_code: str
    region: str
    latitude_deg: float
    longitude_deg: float
    zone: str


@dataclass(frozen=True, slots=True)
class HourlyWeather:
    """The forecast for the hour from ``at``, which is local time at the place."""

    at: dt.datetime
    temperature_c: float
    dew_point_c: float
    apparent_temperature_c: float | None
    precipitation_probability_pct: float | None
    precipitation_mm: float | None
    wind_m_per_s: float | None
    code: int | None


@dataclass(frozen=True, slots=True)
class When:
    """What time is asked about, all of it local to the place: ``day``, else ``days_ahead`` of today there.

    With neither it is the next time there is: today, or tomorrow where today's is over. Without ``time`` the whole day
    is meant.
    """

    day: dt.date | None = None
    days_ahead: int | None = None
    time: dt.time | None = None


class Reach(enum.StrEnum):
    """Whether there is a forecast for what was asked."""

    WITHIN = "within"
    PAST = "past"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The weather at a place on ``day``. ``hours`` are those still to come, oldest first, empty outside of the reach.

    ``asked`` is the hour that was asked for, None where the whole day was. ``last_day`` is the forecast's last.
    """

    place: Place
    day: dt.date
    last_day: dt.date
    reach: Reach
    hours: tuple[HourlyWeather, ...]
    asked: HourlyWeather | None
