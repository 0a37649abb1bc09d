"""What a runner trains for: as a form, as the body of a request, and in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.web import measures as say
from gateway.web.measures import Measures
from gateway.web.moments import Moments
from gateway.web.run_view import effort_name
from shared.errors import ServiceError, ValidationFailed

Item = Mapping[str, Any]
Form = Mapping[str, str]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What the form offers, in metres.
RACES = {"5000": "5 km", "10000": "10 km", "21097.5": "Half marathon", "42195": "Marathon"}
_FIELDS = {
    "raceDate": "The race date",
    "distanceM": "The distance",
    "targetTimeS": "The time you aim for",
    "daysPerWeek": "The number of days a week",
    "longRunDay": "The day of the long run",
}
_TIME = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Goal:
    """``fields`` are those of the form that asks for it."""

    name: str
    day: str
    days_left: int | None
    time: say.Figure
    rhythm: str
    fields: Mapping[str, str]

    @classmethod
    def of(cls, item: Item, measures: Measures, moments: Moments) -> Goal:
        """From the goal of a plan, or the nearest one within reach."""
        race_date = item.get("raceDate")
        race_day = None if race_date is None else dt.date.fromisoformat(race_date)
        distance_m = item.get("distanceM")
        days, long_day = int(item["daysPerWeek"]), str(item["longRunDay"])
        return cls(
            name="General fitness" if distance_m is None else effort_name(distance_m, measures),
            day="" if race_day is None else f"{race_day:%A}, {moments.day(race_day)}",
            days_left=None if race_day is None else (race_day - moments.today).days,
            time=say.clock(item.get("targetTimeS")),
            rhythm=f"{days} days a week, long run on {long_day.capitalize()}",
            fields=_fields(item),
        )


def _fields(item: Item) -> Mapping[str, str]:
    distance_m, target_s = item.get("distanceM"), item.get("targetTimeS")
    return {
        "goal": str(item["goal"]),
        "raceDate": item.get("raceDate") or "",
        "distanceM": "" if distance_m is None else f"{distance_m:g}",
        "targetTime": say.clock(target_s).value,
        "daysPerWeek": str(item["daysPerWeek"]),
        "longRunDay": str(item["longRunDay"]),
    }


def goal_body(form: Form) -> dict[str, Any]:
    """The body that asks for what the form says; fields of a race count for a race alone. Raises ValidationFailed."""
    body: dict[str, Any] = {
        "goal": form.get("goal", ""),
        "daysPerWeek": _number(form.get("daysPerWeek", "")),
        "longRunDay": form.get("longRunDay", ""),
    }
    if body["goal"] != "race":
        return body
    body |= {"raceDate": form.get("raceDate", "").strip() or None, "distanceM": _number(form.get("distanceM", ""))}
    if target := form.get("targetTime", "").strip():
        body["targetTimeS"] = _seconds(target)
    return body


def _number(text: str) -> float | int | str | None:
    """Text that is no number goes on as it is, to be refused by name."""
    try:
        number = float(text)
    except ValueError:
        return text or None
    return int(number) if number.is_integer() else number


def _seconds(text: str) -> int:
    """1:45:00, or 48:30 in minutes and seconds."""
    found = _TIME.fullmatch(text)
    if found is None:
        issue = "must be hours, minutes and seconds such as 1:45:00, or minutes and seconds such as 48:30"
        raise ValidationFailed(f"The time {issue}.", details=[{"field": "targetTimeS", "issue": issue}])
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Why a goal is refused, a sentence each, and the nearest one that is not."""

    reasons: tuple[str, ...]
    nearest: Goal

    @classmethod
    def of(cls, error: ServiceError, measures: Measures, moments: Moments) -> OutOfReach | None:
        """None for an error of another sort."""
        nearest = next((detail["nearest"] for detail in error.details if "nearest" in detail), None)
        if nearest is None:
            return None
        said = [(str(detail["field"]), str(detail["issue"])) for detail in error.details if "issue" in detail]
        return cls(
            tuple(f"{_FIELDS.get(field, field)} {issue}." for field, issue in said), Goal.of(nearest, measures, moments)
        )
