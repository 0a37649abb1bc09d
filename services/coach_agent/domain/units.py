"""Figures as a runner reads them: in kilometres or miles, with minutes and seconds."""

from __future__ import annotations

import datetime as dt

from services.coach_agent.domain.athlete import Units

METRES_PER_MILE = 1609.344
METRES_PER_FOOT = 0.3048


def distance_text(metres: float, units: Units) -> str:
    return f"{metres / 1000:.2f} km" if units is Units.KILOMETRES else f"{metres / METRES_PER_MILE:.2f} mi"


def height_text(metres: float, units: Units) -> str:
    return f"{metres:.0f} m" if units is Units.KILOMETRES else f"{metres / METRES_PER_FOOT:.0f} ft"


def clock_text(seconds: float) -> str:
    """Seconds as 4:31, 52:01 or 1:02:30, rounded to the second."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{second:02d}" if hours else f"{minutes}:{second:02d}"


def pace_text(seconds_per_km: float, units: Units) -> str:
    if units is Units.KILOMETRES:
        return f"{clock_text(seconds_per_km)} /km"
    return f"{clock_text(seconds_per_km * METRES_PER_MILE / 1000)} /mi"


def temperature_text(celsius: float, units: Units) -> str:
    return f"{celsius:.0f} °C" if units is Units.KILOMETRES else f"{celsius * 1.8 + 32:.0f} °F"


def percent_text(percent: float, *, decimals: int = 0) -> str:
    text = f"{percent:.{decimals}f}"
    return f"{text.removeprefix('-') if float(text) == 0 else text} %"


def date_text(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
