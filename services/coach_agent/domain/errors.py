"""The errors this service gives, each code declared once."""

from __future__ import annotations

from shared.errors import Kind, ServiceError


class NoData(ServiceError):
    """Nothing to analyse yet. The message says how to get data in."""

    code = "COACH_NO_DATA"
    kind = Kind.CONFLICT


class WeatherUnavailable(ServiceError):
    """The forecast cannot be had right now. Named inside an otherwise useful answer, and never an answer by itself."""

    code = "WEATHER_UNAVAILABLE"
    kind = Kind.UNAVAILABLE
