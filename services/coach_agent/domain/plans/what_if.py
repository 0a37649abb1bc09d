"""What would come of it: a plan with sessions skipped, moved or added, beside the plan as it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.fitness.models import FitnessSeries
from services.coach_agent.domain.plans.altering import scaled_to, with_workouts
from services.coach_agent.domain.plans.models import Plan, Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.moving import marked, moved, refused
from services.coach_agent.domain.plans.projection import Projection, project
from services.coach_agent.domain.plans.rules import Breach, breaches

ADDABLE = frozenset({WorkoutKind.EASY, WorkoutKind.RECOVERY, WorkoutKind.TEMPO, WorkoutKind.INTERVALS})


@dataclass(frozen=True, slots=True)
class Skip:
    workout_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Move:
    workout_id: uuid.UUID
    day: dt.date


@dataclass(frozen=True, slots=True)
class Add:
    """A session on a day off; one of the plan's own kind lends its shape."""

    day: dt.date
    kind: WorkoutKind
    duration_s: float


Alteration = Skip | Move | Add


@dataclass(frozen=True, slots=True)
class Comparison:
    """``present`` is None without a plan. ``broken`` are rules that the changed plan breaks and the present keeps."""

    present: Projection | None
    changed: Projection
    broken: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """From where one looks: what is measured, the runner's day, and the moment."""

    measured: FitnessSeries | None
    today: dt.date
    now: dt.datetime


def compare(plan: Plan, alterations: Sequence[Alteration], seen: Seen) -> Comparison:
    """The plan as it is and as altered. Raises NotFound, ValidationFailed."""
    altered = plan
    for alteration in alterations:
        altered = _altered(altered, alteration, seen)
    broken = sorted(breaches(altered) - breaches(plan), key=lambda breach: (breach.week, breach.rule))
    present, changed = (project(one, seen.measured, seen.today) for one in (plan, altered))
    return Comparison(present, changed, tuple(broken))


def _altered(plan: Plan, alteration: Alteration, seen: Seen) -> Plan:
    match alteration:
        case Skip(workout_id):
            return marked(plan, workout_id, WorkoutStatus.SKIPPED, today=seen.today, now=seen.now)
        case Move(workout_id, day):
            return moved(plan, workout_id, day, today=seen.today, now=seen.now)
        case Add():
            return _with_added(plan, alteration, seen.today)


def _with_added(plan: Plan, added: Add, today: dt.date) -> Plan:
    there = plan.on(added.day)
    if there is None or added.day < today or added.day > plan.last_day:
        raise refused("date", "must be a day of the plan that is still to come")
    if there.is_run:
        raise refused("date", "has a session already, and a day holds one")
    if added.kind not in ADDABLE:
        raise refused("kind", "must be easy, recovery, tempo or intervals")
    return with_workouts(plan, [_like(_model(plan, added.kind), there, added)])


def _model(plan: Plan, kind: WorkoutKind) -> Workout:
    kinds = {kind} if kind in {WorkoutKind.TEMPO, WorkoutKind.INTERVALS} else {WorkoutKind.EASY, WorkoutKind.LONG}
    found = next((one for one in plan.workouts if one.kind in kinds), None)
    if found is None:
        raise refused("kind", "is of no session in your plan; add an easy run instead")
    return found


def _like(model: Workout, there: Workout, added: Add) -> Workout:
    return dataclasses.replace(
        scaled_to(model, added.duration_s),
        workout_id=there.workout_id,
        day=there.day,
        kind=added.kind,
        status=WorkoutStatus.PLANNED,
        activity_id=None,
        was=None,
    )
