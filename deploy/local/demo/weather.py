"""Air temperature where and when the runner runs: season, hour, the day's own mood, and a heat spell each July."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

# Days of July with the heat spell, of every summer that the history touches.
HEAT_SPELL = range(7, 20)


def is_heat_spell(day: dt.date) -> bool:
    return day.month == 7 and day.day in HEAT_SPELL


def air_temperature(local: dt.datetime, rng: np.random.Generator) -> float:
    """Degrees Celsius at a local time in a temperate climate; ``rng`` is the day's own."""
    season = math.cos(2 * math.pi * (local.timetuple().tm_yday - 203) / 365.25)
    hour = math.cos(2 * math.pi * (local.hour + local.minute / 60 - 15) / 24)
    heat = 8.5 if is_heat_spell(local.date()) else 0.0
    mood = rng.normal(0.0, 1.0 if heat else 2.6)
    return float(np.clip(10.5 + 10.0 * season + 3.5 * hour + heat + mood, -12.0, 39.0))
