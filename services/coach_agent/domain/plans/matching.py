"""Which run was which session: done, or missed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from services.coach_agent.domain.plans.altering import Log, name_of, with_workouts
from services.coach_agent.domain.plans.happenings import Happenings, Ran
from services.coach_agent.domain.plans.models import Plan, Workout, WorkoutStatus

MISSED, FOUND_LATE = "missed", "foundLate"
# A jog to the shop is not the long run.
LEAST_SHARE = 0.4
# A watch that is synced in the morning brings yesterday's run after the night in which the plan was looked at.
DAYS_OF_GRACE = 1
_OPEN = frozenset({WorkoutStatus.PLANNED, WorkoutStatus.MISSED})


def matched(plan: Plan, happened: Happenings, log: Log) -> Plan:
    """The plan with its sessions up to today done or missed. What the runner said themselves stays."""
    plan = with_workouts(plan, _orphans(plan, happened))
    plan = _on_their_days(plan, happened, log)
    plan = _a_day_late(plan, happened, log)
    missed = [
        dataclasses.replace(one, status=WorkoutStatus.MISSED)
        for one in plan.workouts
        if one.is_run and one.status is WorkoutStatus.PLANNED and (happened.today - one.day).days > DAYS_OF_GRACE
    ]
    for workout in missed:
        log.add(MISSED, f"{name_of(workout)} was missed. It is not made up; the plan goes on from here.", workout)
    return with_workouts(plan, missed)


def _orphans(plan: Plan, happened: Happenings) -> list[Workout]:
    """Sessions done by a run that is no longer there."""
    known = {run.activity_id for run in happened.runs}
    return [
        dataclasses.replace(one, activity_id=None, status=one.status if one.by_runner else WorkoutStatus.PLANNED)
        for one in plan.workouts
        if one.activity_id is not None and one.activity_id not in known
    ]


def _on_their_days(plan: Plan, happened: Happenings, log: Log) -> Plan:
    free = _free(plan, happened)
    done = []
    for workout in _waiting(plan, happened.today):
        run = _closest(workout, (run for run in free if run.day == workout.day))
        if run is not None:
            free.remove(run)
            done.append(_done(workout, run, log))
    return with_workouts(plan, done)


def _a_day_late(plan: Plan, happened: Happenings, log: Log) -> Plan:
    """A run on a day off, the day after a session that was not run, was that session."""
    free = _free(plan, happened)
    busy = {one.day for one in plan.workouts if one.is_run}
    done = []
    for workout in _waiting(plan, happened.today):
        following = workout.day + dt.timedelta(days=1)
        if workout.activity_id is not None or following in busy:
            continue
        run = _closest(workout, (run for run in free if run.day == following))
        if run is not None:
            free.remove(run)
            done.append(_done(workout, run, log))
    return with_workouts(plan, done)


def _waiting(plan: Plan, today: dt.date) -> list[Workout]:
    """Sessions that a run may still be found for: open ones, and those the runner says are done."""
    return [
        one
        for one in plan.workouts
        if one.is_run and one.day <= today and one.activity_id is None
        if (one.status in _OPEN and not one.by_runner) or one.status is WorkoutStatus.DONE
    ]


def _free(plan: Plan, happened: Happenings) -> list[Ran]:
    taken = {one.activity_id for one in plan.workouts}
    return [run for run in happened.runs if run.activity_id not in taken and run.day <= happened.today]


def _closest(workout: Workout, runs: Iterable[Ran]) -> Ran | None:
    long_enough = [run for run in runs if run.moving_s >= LEAST_SHARE * workout.duration_s]
    return min(long_enough, key=lambda run: abs(run.moving_s - workout.duration_s), default=None)


def _done(workout: Workout, run: Ran, log: Log) -> Workout:
    if workout.status is WorkoutStatus.MISSED:
        log.add(FOUND_LATE, f"{name_of(workout)} was run after all.", workout)
    return dataclasses.replace(workout, status=WorkoutStatus.DONE, activity_id=run.activity_id)
