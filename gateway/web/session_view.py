"""A session of the plan: what it is, its steps with their targets, why it is there, and what may be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web import measures as say
from gateway.web.measures import Figure, Measures
from gateway.web.moments import Moments

Item = Mapping[str, Any]

KINDS = {
    "easy": "Easy run",
    "recovery": "Recovery run",
    "long": "Long run",
    "tempo": "Tempo run",
    "intervals": "Intervals",
    "strides": "Easy run with strides",
    "race": "Race",
    "rest": "Day off",
}
_STEPS = {
    "warmUp": "Warm-up",
    "steady": "Run",
    "work": "Work",
    "recovery": "Recover",
    "coolDown": "Cool-down",
}
_STATUSES = {
    "planned": "",
    "done": "Done",
    "missed": "Missed",
    "skipped": "Skipped",
}


@dataclass(frozen=True, slots=True)
class Step:
    """``target`` is a pace or heart-rate range, empty where the step goes by feel."""

    name: str
    length: Figure
    target: str


@dataclass(frozen=True, slots=True)
class Block:
    times: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """``when`` is past, today or ahead. ``other_days`` are days (value, name) of its week that it may be moved to."""

    session_id: str
    day: dt.date
    day_name: str
    kind: str
    name: str
    status: str
    status_word: str
    hard: bool
    when: str
    time: Figure
    distance: Figure
    load: Figure
    reason: str
    instead_of: str
    blocks: tuple[Block, ...]
    run_address: str | None
    other_days: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, item: Item, measures: Measures, moments: Moments) -> Session:
        """From a workout of ``GET /training-plans/active``."""
        day, kind = dt.date.fromisoformat(item["date"]), str(item["kind"])
        activity_id, instead_of = item["activityId"], item["insteadOf"]
        return cls(
            session_id=str(item["id"]),
            day=day,
            day_name=day_name(day, moments),
            kind=kind,
            name=KINDS[kind],
            status=str(item["status"]),
            status_word=_STATUSES[str(item["status"])],
            hard=bool(item["hard"]),
            when="past" if day < moments.today else "today" if day == moments.today else "ahead",
            time=say.span(item["durationS"]),
            distance=measures.distance(item["distanceM"], decimals=1),
            load=say.number(item["load"]),
            reason=str(item["reason"]),
            instead_of="" if instead_of is None else KINDS[str(instead_of)].lower(),
            blocks=tuple(_block(block, measures) for block in item["blocks"]),
            run_address=None if activity_id is None else f"/runs/{activity_id}",
            other_days=_other_days(day, moments),
        )

    @property
    def open(self) -> bool:
        """Whether it is still to be run."""
        return self.status == "planned" and self.when != "past"


def day_name(day: dt.date, moments: Moments) -> str:
    if day == moments.today:
        return "Today"
    return "Tomorrow" if day == moments.today + dt.timedelta(days=1) else f"{day:%A}"


def _other_days(day: dt.date, moments: Moments) -> tuple[tuple[str, str], ...]:
    """From today on, as nothing can be run in the past."""
    monday = day - dt.timedelta(days=day.weekday())
    week = (monday + dt.timedelta(days=place) for place in range(7))
    return tuple(
        (other.isoformat(), f"{other:%A}, {moments.short_day(other)}")
        for other in week
        if other != day and other >= moments.today
    )


def _block(item: Item, measures: Measures) -> Block:
    return Block(int(item["times"]), tuple(_step(step, measures) for step in item["steps"]))


def _step(item: Item, measures: Measures) -> Step:
    metres = item["distanceM"]
    return Step(
        name=_STEPS[str(item["kind"])],
        length=say.clock(item["durationS"]) if metres is None else _distance(metres, measures),
        target=_target(item["target"], measures),
    )


def _distance(metres: float, measures: Measures) -> Figure:
    """Repeats on the track are in metres for everybody."""
    return Figure(f"{metres:.0f}", "m") if metres < 1000 else measures.distance(metres, decimals=1)


def _target(item: Item, measures: Measures) -> str:
    if item["fastSPerKm"] is not None and item["slowSPerKm"] is not None:
        return f"{measures.pace(item['fastSPerKm']).value} to {measures.pace(item['slowSPerKm'])}"
    if item["lowBpm"] is not None and item["highBpm"] is not None:
        return f"{item['lowBpm']:.0f} to {item['highBpm']:.0f} bpm"
    return ""


def session_on(plan: Item | None, day: dt.date, measures: Measures, moments: Moments) -> Session | None:
    """The session of ``day``; None on a day off, and without a plan."""
    item = next((one for one in _workouts(plan) if one["date"] == day.isoformat()), None)
    return None if item is None else Session.of(item, measures, moments)


def next_session(plan: Item | None, after: dt.date, measures: Measures, moments: Moments) -> Session | None:
    """The first session later than ``after`` that is still planned."""
    ahead = (one for one in _workouts(plan) if one["date"] > after.isoformat() and one["status"] == "planned")
    item = min(ahead, key=lambda one: str(one["date"]), default=None)
    return None if item is None else Session.of(item, measures, moments)


def _workouts(plan: Item | None) -> Sequence[Item]:
    return () if plan is None else [workout for week in plan["weeks"] for workout in week["workouts"]]
