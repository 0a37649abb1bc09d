"""The single activities of a stretch of time, each with what it can be counted and ranked by."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.chat.activity_log import LISTED_DAYS, NEWEST
from services.coach_agent.domain.chat.intent import Span
from services.coach_agent.domain.fitness.loads import measure_efforts
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.models import RUNNING, Activity
from services.coach_agent.domain.runner import Runner

SHORTEST_PACED_M = 1000.0  # a mean pace over less ranks sprints and slips of the button


@dataclass(frozen=True, slots=True)
class Done:
    """One activity. ``time_s`` is moving time where it is known, else timer time; None where a figure is not known."""

    activity_id: uuid.UUID
    is_run: bool
    day: dt.date
    distance_m: float | None
    time_s: float | None
    ascent_m: float | None
    load: float | None

    @property
    def pace_s_per_km(self) -> float | None:
        """The mean pace of a run that is long enough to have one."""
        if not self.is_run or not self.distance_m or not self.time_s or self.distance_m < SHORTEST_PACED_M:
            return None
        return 1000.0 * self.time_s / self.distance_m


@dataclass(frozen=True, slots=True)
class RunList:
    fitness: Fitness

    async def of(self, runner: Runner, athlete: Athlete, sport: str, span: Span | None) -> list[Done]:
        """The activities of one sport in a period, of all years without one; oldest first."""
        await self.fitness.state(runner)  # what is new is measured by then
        history = await self.fitness.history(runner.user_id)
        loads = measure_efforts(history, athlete).load
        load_of = {i: _known(load) for i, load in zip(history.activity_ids, loads.tolist(), strict=True)}
        if span is not None and span.days <= LISTED_DAYS:
            listed = await runner.source.between(span.first, span.last, sport=sport)
            return sorted((_listed(one, load_of) for one in listed), key=lambda done: done.day)
        newest = await runner.source.newest(limit=NEWEST, sport=sport)
        recent = [_listed(one, load_of) for one in newest if span is None or span.first <= one.local_date <= span.last]
        ids = {one.id for one in newest}
        older = [done for done in _measured(history, sport, span, load_of) if done.activity_id not in ids]
        return sorted([*older, *recent], key=lambda done: done.day)


def _listed(activity: Activity, load_of: dict[uuid.UUID, float | None]) -> Done:
    return Done(
        activity.id,
        activity.is_run,
        activity.local_date,
        activity.distance_m,
        activity.moving_s or activity.timer_s or activity.elapsed_s,
        activity.ascent_m,
        load_of.get(activity.id),
    )


def _measured(
    history: History, sport: str, span: Span | None, load_of: dict[uuid.UUID, float | None]
) -> Iterator[Done]:
    chosen = history.is_run.copy() if sport == RUNNING else np.array([each == sport for each in history.sports], bool)
    if span is not None:
        chosen &= (history.day >= span.first.toordinal()) & (history.day <= span.last.toordinal())
    for row in np.flatnonzero(chosen).tolist():
        activity_id = history.activity_ids[row]
        yield Done(
            activity_id,
            bool(history.is_run[row]),
            dt.date.fromordinal(int(history.day[row])),
            _known(float(history.distance_m[row])),
            _known(float(history.moving_s[row])) or _known(float(history.timer_s[row])),
            _known(float(history.ascent_m[row])),
            load_of[activity_id],
        )


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
