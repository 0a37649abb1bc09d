"""A goal as it is said in JSON, in requests, in answers and at rest alike."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any

from services.coach_agent.domain.plans.models import Goal, GoalKind


class Weekday(enum.StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


# By their number, 0 for Monday.
WEEKDAYS = tuple(Weekday)


def as_document(goal: Goal) -> dict[str, Any]:
    """The body that asks for ``goal``; what it does not have is left out."""
    fields = {
        "goal": goal.kind.value,
        "raceDate": None if goal.race_day is None else goal.race_day.isoformat(),
        "distanceM": goal.distance_m,
        "targetTimeS": goal.target_time_s,
        "daysPerWeek": goal.days_per_week,
        "longRunDay": WEEKDAYS[goal.long_run_weekday].value,
    }
    return {name: value for name, value in fields.items() if value is not None}


def from_document(document: Mapping[str, Any]) -> Goal:
    race_day = document.get("raceDate")
    return Goal(
        kind=GoalKind(document["goal"]),
        days_per_week=document["daysPerWeek"],
        long_run_weekday=WEEKDAYS.index(Weekday(document["longRunDay"])),
        race_day=None if race_day is None else dt.date.fromisoformat(race_day),
        distance_m=document.get("distanceM"),
        target_time_s=document.get("targetTimeS"),
    )
