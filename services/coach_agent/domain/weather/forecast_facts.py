"""The figures of a forecast as facts."""

from __future__ import annotations

import datetime as dt

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.facts import Fact, FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.units import METRES_PER_MILE
from services.coach_agent.domain.weather.heat import Slowdown
from services.coach_agent.domain.weather.models import HourlyWeather

FORECAST = Source(SourceKind.WEATHER, "forecast.openMeteo")
HEAT = Source(SourceKind.DEFINITION, "heat.temperaturePlusDewPoint")
_FITNESS = Source(SourceKind.FITNESS, "trainingPaces")


def add_hour(book: FactBook, hour: HourlyWeather, suffix: str = "") -> None:
    """``forecastTime``, ``temperature``, ``dewPoint``, and ``feelsLike``, ``rainChance``, ``wind`` where known."""
    add_time(book, f"forecastTime{suffix}", hour.at)
    book.temperature(f"temperature{suffix}", hour.temperature_c, FORECAST)
    book.temperature(f"dewPoint{suffix}", hour.dew_point_c, FORECAST)
    if hour.apparent_temperature_c is not None:
        book.temperature(f"feelsLike{suffix}", hour.apparent_temperature_c, FORECAST)
    if hour.precipitation_probability_pct is not None:
        book.percent(f"rainChance{suffix}", hour.precipitation_probability_pct, FORECAST)
    if hour.wind_m_per_s is not None:
        text = wind_text(hour.wind_m_per_s, book.units)
        book.put(Fact(f"wind{suffix}", hour.wind_m_per_s, "m/s", text, FORECAST))


def add_time(book: FactBook, label: str, at: dt.datetime) -> None:
    """A time of day at the place as a fact: the value is in seconds since midnight."""
    seconds = at.hour * 3600 + at.minute * 60
    book.put(Fact(label, seconds, "timeOfDay", f"{at:%H:%M}", FORECAST))


def add_slowdown(book: FactBook, slower: Slowdown, suffix: str = "") -> None:
    """``slowdownLow`` and ``slowdownHigh``, in % of pace."""
    book.percent(f"slowdownLow{suffix}", slower.low_pct, HEAT, decimals=_decimals(slower.low_pct))
    book.percent(f"slowdownHigh{suffix}", slower.high_pct, HEAT, decimals=_decimals(slower.high_pct))


def add_easy_pace(book: FactBook, pace: PaceRange) -> None:
    book.pace("easyPaceFast", pace.fast_s_per_km, _FITNESS)
    book.pace("easyPaceSlow", pace.slow_s_per_km, _FITNESS)


def add_heat_pace(book: FactBook, pace: PaceRange) -> None:
    """The easy pace adjusted for the air."""
    book.pace("heatPaceFast", pace.fast_s_per_km, HEAT)
    book.pace("heatPaceSlow", pace.slow_s_per_km, HEAT)


def wind_text(m_per_s: float, units: Units) -> str:
    if units is Units.KILOMETRES:
        return f"{m_per_s * 3.6:.0f} km/h"
    return f"{m_per_s * 3600.0 / METRES_PER_MILE:.0f} mph"


def _decimals(percent: float) -> int:
    return 0 if percent == round(percent) else 1
