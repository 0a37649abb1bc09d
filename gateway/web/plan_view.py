"""How do I get to my race? The weeks of the plan, what changed it, and what would come of a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web import measures as say
from gateway.web.goal_view import Goal
from gateway.web.measures import Figure, Measures
from gateway.web.moments import Moments
from gateway.web.session_view import Session, day_name

Item = Mapping[str, Any]

_PHASES = {"base": "Base", "build": "Build", "peak": "Peak", "taper": "Taper", "race": "Race week"}
_CHANGES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Day:
    """``session`` is None on a day off."""

    date: dt.date
    name: str
    short: str
    session: Session | None


@dataclass(frozen=True, slots=True)
class Week:
    """``when`` is past, now or ahead; ``bar_pct`` is its distance among the weeks of the plan."""

    number: int
    title: str
    phase: str
    reason: str
    when: str
    sessions: int
    distance: Figure
    time: Figure
    load: Figure
    bar_pct: float
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Change:
    when: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """``changes`` come latest first, the newest few apart from the earlier ones."""

    goal: Goal
    weeks: tuple[Week, ...]
    changes: tuple[Change, ...]
    earlier_changes: tuple[Change, ...]

    @classmethod
    def of(cls, body: Item, measures: Measures, moments: Moments) -> PlanView:
        """From ``GET /training-plans/active``."""
        longest = max((week["distanceM"] for week in body["weeks"]), default=0.0) or 1.0
        changes = tuple(_change(item, moments) for item in body["changes"])
        return cls(
            goal=Goal.of(body["goal"], measures, moments),
            weeks=tuple(
                _week(number, item, measures, moments, longest_m=longest)
                for number, item in enumerate(body["weeks"], start=1)
            ),
            changes=changes[:_CHANGES_SHOWN],
            earlier_changes=changes[_CHANGES_SHOWN:],
        )


def _week(number: int, item: Item, measures: Measures, moments: Moments, *, longest_m: float) -> Week:
    monday = dt.date.fromisoformat(item["firstDay"])
    sunday = monday + dt.timedelta(days=6)
    when = "past" if sunday < moments.today else "ahead" if monday > moments.today else "now"
    return Week(
        number=number,
        title=f"{monday:%-d %b} to {sunday:%-d %b}",
        phase=_PHASES[str(item["phase"])],
        reason=str(item["reason"]),
        when=when,
        sessions=len(item["workouts"]),
        distance=measures.distance(item["distanceM"], decimals=0),
        time=say.hours(item["durationS"]),
        load=say.number(item["load"]),
        bar_pct=round(100 * item["distanceM"] / longest_m, 1),
        days=_days(monday, item["workouts"], measures, moments),
    )


def _days(monday: dt.date, workouts: Sequence[Item], measures: Measures, moments: Moments) -> tuple[Day, ...]:
    sessions = {str(item["date"]): Session.of(item, measures, moments) for item in workouts}
    dates = (monday + dt.timedelta(days=place) for place in range(7))
    return tuple(
        Day(date, day_name(date, moments), moments.short_day(date), sessions.get(date.isoformat())) for date in dates
    )


def _change(item: Item, moments: Moments) -> Change:
    return Change(moments.day_of(dt.datetime.fromisoformat(item["madeAt"])), str(item["sentence"]))


def week_of(plan: Item | None, day: dt.date) -> Item | None:
    """The week of a plan's body that holds ``day``."""
    monday = (day - dt.timedelta(days=day.weekday())).isoformat()
    return next((week for week in plan["weeks"] if week["firstDay"] == monday), None) if plan else None


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure on the day of the goal: as it is planned, and as it would be."""

    name: str
    present: Figure
    changed: Figure


@dataclass(frozen=True, slots=True)
class WhatIf:
    """``broken`` are rules that the change would break, a sentence each."""

    question: str
    day: str
    figures: tuple[Compared, ...]
    load: Figure
    broken: tuple[str, ...]

    @classmethod
    def of(cls, body: Item, moments: Moments, *, question: str) -> WhatIf:
        """From ``POST /training-plans/what-if``."""
        present, changed = body["present"], body["changed"]
        before, after = None if present is None else present["goal"], changed["goal"]
        names = (("fitness", "Fitness", False), ("fatigue", "Fatigue", False), ("form", "Form", True))
        return cls(
            question=question,
            day=moments.day(dt.date.fromisoformat(after["date"])),
            figures=tuple(
                Compared(
                    name,
                    say.MISSING if before is None else say.number(before[key], decimals=1, signed=signed),
                    say.number(after[key], decimals=1, signed=signed),
                )
                for key, name, signed in names
            ),
            load=say.MISSING if body["difference"] is None else say.number(body["difference"]["load"], signed=True),
            broken=tuple(f"Week {rule['week']}: {rule['sentence']}" for rule in body["brokenRules"]),
        )
