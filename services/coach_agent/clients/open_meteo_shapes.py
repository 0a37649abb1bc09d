"""Open-Meteo's answers read. What is not shaped as agreed raises ValueError, TypeError or LookupError.

Places: {"results": [{"name", "latitude", "longitude", "timezone", "country", "country_code", "admin1", ...}], ...};
empty fields and, where nothing was found, "results" itself are left out. Forecast: {"hourly": {"time": [...],
"<variable>": [...], ...}, ...}, columns of one length in which what is not known is null.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import Any

from services.coach_agent.domain.weather.models import HourlyWeather, Place
from shared.zones import known_zones, zone

_LONGEST_NAME = 80
_MOST_PLACES = 100
_MOST_HOURS = 24 * 32


def parse_places(answer: Any) -> tuple[Place, ...]:
    """In the geocoder's order; those without a name, coordinates or a zone we know are left out."""
    items = _object(answer).get("results", [])
    if not isinstance(items, list):
        raise TypeError("results")
    return tuple(place for item in items[:_MOST_PLACES] if (place := _place(_object(item))) is not None)


def parse_hours(answer: Any, zone_name: str) -> tuple[HourlyWeather, ...]:
    """Those of which temperature and dew point are known, oldest first, in local time of ``zone_name``."""
    hourly = _object(_object(answer)["hourly"])
    times = hourly["time"]
    if not isinstance(times, list) or len(times) > _MOST_HOURS:
        raise TypeError("time")
    local = zone(zone_name)
    columns = {name: _column(hourly, name, len(times)) for name in _RANGES}
    hours = []
    for i, seconds in enumerate(times):
        temperature, dew_point = columns["temperature_2m"][i], columns["dew_point_2m"][i]
        if temperature is None or dew_point is None:
            continue
        code = columns["weather_code"][i]
        hours.append(
            HourlyWeather(
                at=dt.datetime.fromtimestamp(int(seconds), dt.UTC).astimezone(local),
                temperature_c=temperature,
                dew_point_c=dew_point,
                apparent_temperature_c=columns["apparent_temperature"][i],
                precipitation_probability_pct=columns["precipitation_probability"][i],
                precipitation_mm=columns["precipitation"][i],
                wind_m_per_s=columns["wind_speed_10m"][i],
                code=None if code is None else int(code),
            )
        )
    return tuple(hours)


# What can be on this planet; anything else is a mistake, and as good as not known.
_RANGES = {
    "temperature_2m": (-90.0, 65.0),
    "dew_point_2m": (-100.0, 40.0),
    "apparent_temperature": (-120.0, 90.0),
    "precipitation_probability": (0.0, 100.0),
    "precipitation": (0.0, 500.0),
    "wind_speed_10m": (0.0, 120.0),
    "weather_code": (0.0, 99.0),
}


def _column(hourly: dict[str, Any], name: str, length: int) -> list[float | None]:
    values = hourly.get(name)
    if values is None:
        return [None] * length
    if not isinstance(values, list) or len(values) != length:
        raise TypeError(name)
    low, high = _RANGES[name]
    return [None if value is None else _within(float(value), low, high) for value in values]


def _within(value: float, low: float, high: float) -> float | None:
    return value if low <= value <= high else None


def _place(item: dict[str, Any]) -> Place | None:
    name, zone_name = _word(item.get("name")), item.get("timezone")
    latitude, longitude = float(item["latitude"]), float(item["longitude"])
    if not name or zone_name not in known_zones() or not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    return Place(
        name=name,
        country=_word(item.get("country")),
        country_code=_word(item.get("country_code")),
        region=_word(item.get("admin1")),
        latitude_deg=latitude,
        longitude_deg=longitude,
        zone=zone_name,
    )


def _word(value: Any) -> str:
    """A name on one line, of letters, digits and what stands between them: it will be part of a sentence of ours."""
    if not isinstance(value, str):
        return ""
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in " -'.\u2019()" else " " for c in value)
    return " ".join(kept.split())[:_LONGEST_NAME]


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value
