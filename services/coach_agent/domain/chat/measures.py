"""Race distances, finish times, zones and units that people name."""

from __future__ import annotations

import re

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.units import METRES_PER_MILE

HALF_M, MARATHON_M = 21_097.5, 42_195.0
_HALF = re.compile(r"\bhalf(?:[ -]?marathon)?s?\b(?! an? hour| hour)")
_MARATHON = re.compile(r"\bmarathons?\b")
_LENGTH = re.compile(r"(?<![\d.:])(\d{1,3}(?:\.\d{1,2})?) ?(km|miles)\b")
_METRES = re.compile(r"\b(400|800|1000|1500|3000|5000|10000) ?(?:m|meters)\b")
_MILE = re.compile(r"\bmiles\b")
_KILOMETRE = re.compile(r"\b(?:fastest|quickest|best|one|single) km\b")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])")
_GOAL = re.compile(
    r"\b(?:sub|under|below|break|beat|faster than|less than|in|target|goal)(?: of)? (\d{1,3})(?:[ .](\d{2}))?"
    r"( hours| minutes)?\b(?! (?:km|miles|weeks|days|months|week))"
)
_ZONE = re.compile(r"\b(?:zones?|z) ?([1-5])\b")
_IN_MILES = re.compile(r"\b(in|to|as|many|use|into) miles\b|\bmiles (please|instead|version)\b|^miles$|\bper miles?\b")
_IN_KM = re.compile(r"\b(in|to|as|many|use|into) km\b|\bkm (please|instead|version)\b|^km$|\bper km\b")
_RACE_SPELLED = {
    5.0: 5000.0,
    10.0: 10_000.0,
    15.0: 15_000.0,
    21.0: HALF_M,
    21.1: HALF_M,
    42.0: MARATHON_M,
    42.2: MARATHON_M,
}


def named_distance(text: str) -> float | None:
    """Metres of the distance that mended ``text`` names; None without one."""
    if _HALF.search(text):
        return HALF_M
    if _MARATHON.search(text):
        return MARATHON_M
    if metres := _METRES.search(text):
        return float(metres[1])
    if length := _LENGTH.search(text):
        value = float(length[1])
        return value * METRES_PER_MILE if length[2] == "miles" else _RACE_SPELLED.get(value, 1000.0 * value)
    if _KILOMETRE.search(text):
        return 1000.0
    return METRES_PER_MILE if _MILE.search(text) and not _IN_MILES.search(text) else None


def named_time(text: str, distance_m: float | None) -> float | None:
    """Seconds of the finish time that mended ``text`` names: "3:30" is hours for a marathon, minutes for 5 km."""
    if clock := _CLOCK.search(text):
        first, second, third = int(clock[1]), int(clock[2]), clock[3]
        if third is not None:
            return 3600.0 * first + 60.0 * second + int(third)
        hours = distance_m is not None and distance_m >= 15_000 and first < 10
        return 3600.0 * first + 60.0 * second if hours else 60.0 * first + second
    if goal := _GOAL.search(text):
        value, more, unit = int(goal[1]), int(goal[2] or 0), (goal[3] or "").strip()
        hours = unit == "hours" or (not unit and value < 10 and (distance_m or 0) >= 15_000)
        return 3600.0 * value + 60.0 * more if hours else 60.0 * value + more
    return None


def named_zone(text: str) -> int | None:
    found = _ZONE.search(text)
    return None if found is None else int(found[1])


def named_units(text: str) -> Units | None:
    """The units that are asked for; a distance in miles asks for none."""
    if _IN_MILES.search(text):
        return Units.MILES
    return Units.KILOMETRES if _IN_KM.search(text) else None
