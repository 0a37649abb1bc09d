"""The stores and sources of one runner in memory, for answers that are asked by the hundred."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.ports import MeasuredAs, Standing
from services.coach_agent.domain.models import Activity, ActivityDetail, Streams
from services.coach_agent.domain.plans.models import Plan
from services.coach_agent.domain.plans.ports import StoredPlan
from services.coach_agent.domain.runs.metrics import FORMULA_VERSION, RECORD_DISTANCES_M, RunMetrics
from services.coach_agent.domain.weather.models import HourlyWeather, Place
from services.coach_agent.domain.wellness import WellnessDay
from shared.errors import NotFound


@dataclass
class Recordings:
    """ActivitySource, RunMetricsStore and HistoryStore of one runner."""

    metrics: list[RunMetrics]
    version: int = 1

    def __post_init__(self) -> None:
        self.metrics.sort(key=lambda one: one.activity.start_time)
        self._by_id = {one.activity_id: one for one in self.metrics}

    async def newest(self, *, limit, sport=None, first_day=None, last_day=None) -> Sequence[Activity]:
        first, last = first_day or dt.date.min, last_day or dt.date.max
        return [
            one.activity
            for one in reversed(self.metrics)
            if first <= one.local_date <= last and sport in {None, one.activity.sport}
        ][:limit]

    async def between(self, first_day, last_day, *, sport=None) -> Sequence[Activity]:
        return await self.newest(limit=100_000, sport=sport, first_day=first_day, last_day=last_day)

    async def detail(self, activity_id) -> ActivityDetail:
        if activity_id not in self._by_id:
            raise NotFound("There is no such activity.")
        return ActivityDetail(self._by_id[activity_id].activity, None, None, (), (), ())

    async def streams(self, activity_id) -> Streams | None:
        raise AssertionError("what is measured is not fetched again")

    async def load(self, _, activity_ids):
        return {one: self._by_id[one] for one in activity_ids if one in self._by_id}

    async def keep(self, _, metrics) -> None:
        raise AssertionError("nothing is measured anew")

    async def data_version(self, _) -> int:
        return self.version

    async def history(self, _) -> History:
        def column(read: Callable[[RunMetrics], float | None]) -> np.ndarray:
            values = (read(one) for one in self.metrics)
            return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

        return History(
            activity_ids=tuple(one.activity_id for one in self.metrics),
            sports=tuple(one.activity.sport for one in self.metrics),
            day=np.array([one.local_date.toordinal() for one in self.metrics], dtype=np.int64),
            is_run=np.array([one.activity.is_run for one in self.metrics], dtype=np.bool_),
            distance_m=column(lambda one: one.activity.distance_m),
            moving_s=column(lambda one: one.moving_s),
            timer_s=column(lambda one: one.activity.timer_s),
            ascent_m=column(lambda one: one.activity.ascent_m),
            average_heart_rate_bpm=column(lambda one: one.activity.average_heart_rate_bpm),
            grade_adjusted_factor=column(lambda one: one.measured.grade_adjusted_factor),
            heart_rate_coverage=column(lambda one: one.measured.heart_rate_coverage),
            histogram=np.array([one.measured.histogram for one in self.metrics], np.float32).reshape(-1, 211),
            distances_m=RECORD_DISTANCES_M,
            best_time_s=np.array(
                [[one.best_times_s.get(m, np.nan) for m in RECORD_DISTANCES_M] for one in self.metrics], np.float32
            ).reshape(-1, len(RECORD_DISTANCES_M)),
            has_position=np.ones(len(self.metrics), dtype=np.bool_),
            data_version=self.version,
        )

    async def standing(self, _) -> Standing:
        return Standing(self.version, 0)

    async def measured_after(self, _, day):
        return {
            one.activity_id: MeasuredAs(1, FORMULA_VERSION, one.local_date)
            for one in self.metrics
            if day is None or one.local_date > day
        }


class Nothing:
    """Keeps no fitness state."""

    async def load(self, _, stamp):
        return None

    async def keep(self, _, stamp, state, *, zone) -> None:
        pass


@dataclass
class Profiles:
    profile: Profile

    async def load(self, _) -> Profile:
        return self.profile


@dataclass
class Nights:
    """A night for each of the last seventy days, or none at all."""

    any: bool

    async def days(self, first, last):
        if not self.any:
            return ()
        return tuple(
            WellnessDay(day, 7.4 * 3600, 62.0 + day.day % 5, 48.0 + day.day % 3)
            for day in (first + dt.timedelta(n) for n in range((last - first).days + 1))
        )


class Sky:
    """A mild day everywhere, in a place of whatever name is asked for."""

    async def find(self, name):
        return [Place(name.title(), "Portugal", "PT", "", 38.7, -9.1, "UTC")]

    async def hours(self, _):
        start = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
        return tuple(
            HourlyWeather(start + dt.timedelta(hours=n), 17.0 + n % 7, 12.0, 17.0, 10.0, 0.0, 3.0, 1)
            for n in range(16 * 24)
        )


@dataclass
class Desk:
    plan: Plan | None = None
    stamp: str | None = None
    notes: list = field(default_factory=list)

    async def active(self, _) -> StoredPlan | None:
        return None if self.plan is None else StoredPlan(self.plan, 1, self.stamp)

    async def replace(self, user_id, make, *, stamp, adapt_at) -> StoredPlan:
        self.plan, self.stamp = make(self.plan), stamp
        return await self.active(user_id)

    async def change(self, user_id, decide, *, stamp=None, adapt_at=None) -> StoredPlan:
        self.plan, self.stamp = decide(self.plan), stamp
        return await self.active(user_id)

    async def end(self, _) -> None:
        self.plan, self.stamp = None, None

    async def holding_on(self, _, day):
        return [note for note in self.notes if note.holds_on(day)]

    async def not_over_before(self, _, day):
        return [note for note in self.notes if note.last_day is None or note.last_day >= day]

    async def count_open(self, _, day) -> int:
        return len(self.notes)

    async def add(self, _, note) -> None:
        self.notes.append(note)

    async def page(self, _, *, not_over_before, before, limit):
        return self.notes[:limit], None

    async def ids(self, _):
        return frozenset()
