"""The weather codes of the World Meteorological Organization (table 4677, as Open-Meteo gives it) in words."""

from __future__ import annotations

from services.coach_agent.domain.weather.models import HourlyWeather

_WORDS = {
    0: "clear sky",
    1: "mostly clear sky",
    2: "some cloud",
    3: "an overcast sky",
    45: "fog",
    48: "freezing fog",
    51: "light drizzle",
    53: "drizzle",
    55: "dense drizzle",
    56: "freezing drizzle",
    57: "freezing drizzle",
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    66: "freezing rain",
    67: "freezing rain",
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    80: "light showers",
    81: "showers",
    82: "violent showers",
    85: "snow showers",
    86: "heavy snow showers",
    95: "thunderstorms",
    96: "thunderstorms with hail",
    99: "thunderstorms with heavy hail",
}
_THUNDER = frozenset({95, 96, 99})
_SLIPPERY = frozenset({48, 56, 57, 66, 67, 71, 73, 75, 77, 85, 86})


def words(code: int | None) -> str | None:
    """What the sky will be like; None for a code that says nothing."""
    return None if code is None else _WORDS.get(code)


def thunders(hour: HourlyWeather) -> bool:
    return hour.code in _THUNDER


def is_slippery(hour: HourlyWeather) -> bool:
    """Ice or snow to be expected on the ground, from what falls and from frost after rain."""
    wet = (hour.precipitation_mm or 0.0) > 0
    return hour.code in _SLIPPERY or (wet and hour.temperature_c <= 0.0)
