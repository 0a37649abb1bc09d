"""Volume grows from what was run, not from what was planned: weeks that were missed make the next ones smaller."""

from __future__ import annotations

import dataclasses
import datetime as dt

from services.coach_agent.domain.plans.ability import LEAST_WEEK_S
from services.coach_agent.domain.plans.altering import Easy, Log
from services.coach_agent.domain.plans.happenings import Happenings
from services.coach_agent.domain.plans.models import Phase, Plan, PlanWeek, Workout, WorkoutStatus
from services.coach_agent.domain.plans.rules import MOST_GROWTH, WEEKS_COMPARED
from services.coach_agent.domain.plans.scaling import scaled
from services.coach_agent.domain.plans.season import LIGHTER_EVERY

GROWTH = "growth"
_SENTENCE = "The coming weeks are smaller than they were planned, because volume grows from what you have run lately."
# Slower than any run: then it is the distance that is missing, as on a treadmill.
_SLOWEST_M_PER_S = 0.8
_ROUNDING = 1e-6
# What is left, at most, of a week in the one that follows it, where that is to be lighter or to taper.
_LIGHTER, _TAPER = 0.77, 0.97
_TAPERING = frozenset({Phase.TAPER, Phase.RACE})


def pulled_back(plan: Plan, happened: Happenings, log: Log) -> Plan:
    """The plan with the weeks that begin today or later within a tenth over the best of the three before each."""
    bounds = _Volumes(plan, happened)
    weeks: list[PlanWeek] = []
    for number, week in enumerate(plan.weeks):
        if week.first_day < happened.today:
            bounds.add(*_of_week_begun(week, happened, bounds))
            weeks.append(week)
            continue
        factor = bounds.factor(week)
        if weeks:
            factor = min(factor, _beside(week, weeks[-1], _most_of_last(number, week)))
        smaller = week if factor >= 1 else scaled(week, factor, plan.goal.days_per_week, may_change=_is_open)
        bounds.add(smaller.duration_s, smaller.distance_m)
        weeks.append(smaller)
    if tuple(weeks) == plan.weeks:
        return plan
    log.add(GROWTH, _SENTENCE)
    return dataclasses.replace(plan, weeks=tuple(weeks))


def _most_of_last(number: int, week: PlanWeek) -> float | None:
    if number % LIGHTER_EVERY == LIGHTER_EVERY - 1:
        return _LIGHTER
    return _TAPER if week.phase in _TAPERING else None


def _beside(week: PlanWeek, last: PlanWeek, most: float | None) -> float:
    """How much of ``week`` keeps it at that part of the one before."""
    if most is None or week.duration_s <= 0:
        return 1.0
    return min(1.0, most * last.duration_s / week.duration_s, most * last.distance_m / week.distance_m)


def _is_open(workout: Workout) -> bool:
    return workout.status is WorkoutStatus.PLANNED


class _Volumes:
    """Seconds and metres of week after week, from three weeks before the plan on."""

    def __init__(self, plan: Plan, happened: Happenings) -> None:
        self._easy_m_per_s = Easy.of(plan).metres_per_s
        self._happened = happened
        self._weeks: list[tuple[float, float]] = []
        for back in range(WEEKS_COMPARED, 0, -1):
            self.add(*self.run_in(plan.first_day - dt.timedelta(weeks=back)))

    def add(self, seconds: float, metres: float) -> None:
        self._weeks.append((seconds, metres))

    def factor(self, week: PlanWeek) -> float:
        """How much of ``week`` is within bounds; 1 for all of it."""
        if week.duration_s <= 0:
            return 1.0
        lately = self._weeks[-WEEKS_COMPARED:]
        most_s = MOST_GROWTH * max(LEAST_WEEK_S, *(seconds for seconds, _ in lately))
        most_m = MOST_GROWTH * max(LEAST_WEEK_S * self._easy_m_per_s, *(metres for _, metres in lately))
        return min(1.0, (most_s + _ROUNDING) / week.duration_s, (most_m + _ROUNDING) / week.distance_m)

    def run_in(self, monday: dt.date) -> tuple[float, float]:
        runs = [run for run in self._happened.runs if 0 <= (run.day - monday).days < 7]
        seconds = sum(run.moving_s for run in runs)
        metres = sum(
            run.distance_m if run.distance_m > _SLOWEST_M_PER_S * run.moving_s else run.moving_s * self._easy_m_per_s
            for run in runs
        )
        return seconds, metres


def _of_week_begun(week: PlanWeek, happened: Happenings, bounds: _Volumes) -> tuple[float, float]:
    """What was run in the week, and what is still planned in it."""
    seconds, metres = bounds.run_in(week.first_day)
    ahead = [
        one
        for one in week.workouts
        if one.is_training and one.day >= happened.today and one.status is WorkoutStatus.PLANNED
    ]
    return seconds + sum(one.duration_s for one in ahead), metres + sum(one.distance_m for one in ahead)
