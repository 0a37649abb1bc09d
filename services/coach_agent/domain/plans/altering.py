"""One workout of a plan put in the place of another, a session turned easy, a week made smaller."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.coach_agent.domain.plans.models import (
    Block,
    Change,
    Plan,
    PlanWeek,
    Step,
    StepKind,
    Workout,
    WorkoutKind,
)
from shared.ids import uuid7

# What a runner can look back on; the oldest go first.
MOST_CHANGES = 300
_NAMES = {
    WorkoutKind.EASY: "easy run",
    WorkoutKind.RECOVERY: "recovery run",
    WorkoutKind.LONG: "long run",
    WorkoutKind.TEMPO: "tempo run",
    WorkoutKind.INTERVALS: "interval session",
    WorkoutKind.STRIDES: "run with strides",
    WorkoutKind.RACE: "race",
    WorkoutKind.REST: "day off",
}


class Log:
    """The changes made to a plan at one moment."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self.changes: list[Change] = []

    def add(self, rule: str, sentence: str, workout: Workout | None = None) -> None:
        change_id = uuid7(unix_ms=int(self._now.timestamp() * 1000))
        workout_id = None if workout is None else workout.workout_id
        self.changes.append(Change(change_id, self._now, rule, workout_id, sentence))


def name_of(workout: Workout) -> str:
    """A workout as a sentence begins with it."""
    return f"{workout.day:%A}'s {_NAMES[workout.kind]}"


@dataclass(frozen=True, slots=True)
class Easy:
    """Easy running as this plan has it: its step without a length, m and load of a second."""

    step: Step
    metres_per_s: float
    load_per_s: float

    @classmethod
    def of(cls, plan: Plan) -> Easy:
        like = next(one for one in plan.workouts if one.kind in {WorkoutKind.LONG, WorkoutKind.EASY})
        return cls(like.blocks[0].steps[0], like.distance_m / like.duration_s, like.load / like.duration_s)

    def instead_of(self, workout: Workout, rule: str, reason: str) -> Workout:
        """An easy run of the same duration, which remembers what it stands for."""
        seconds = workout.duration_s
        step = dataclasses.replace(self.step, kind=StepKind.STEADY, duration_s=seconds, distance_m=None)
        return dataclasses.replace(
            workout,
            kind=WorkoutKind.EASY,
            blocks=(Block(1, (step,)),),
            distance_m=round(self.metres_per_s * seconds, 1),
            hard_s=0.0,
            load=round(self.load_per_s * seconds, 2),
            rule=rule,
            reason=reason,
            was=workout,
        )


def with_workouts(plan: Plan, changed: Iterable[Workout]) -> Plan:
    """The plan with workouts in the places of those of the same id, each week in the order of its days."""
    by_id = {workout.workout_id: workout for workout in changed}
    if not by_id:
        return plan
    return dataclasses.replace(plan, weeks=tuple(_with(week, by_id) for week in plan.weeks))


def _with(week: PlanWeek, by_id: Mapping[uuid.UUID, Workout]) -> PlanWeek:
    if all(one.workout_id not in by_id for one in week.workouts):
        return week
    workouts = sorted((by_id.get(one.workout_id, one) for one in week.workouts), key=lambda one: one.day)
    return dataclasses.replace(week, workouts=tuple(workouts))


def with_changes(plan: Plan, changes: Iterable[Change]) -> Plan:
    """The plan with what was done to it, the latest last."""
    return dataclasses.replace(plan, changes=(*plan.changes, *changes)[-MOST_CHANGES:])


def lengthened_to(workout: Workout, duration_s: float) -> Workout:
    """A hard session with a longer cool-down, ``duration_s`` in all; as it is where that would be shorter."""
    more_s = duration_s - workout.duration_s
    if more_s <= 0:
        return workout
    *before, last = workout.blocks
    step = dataclasses.replace(last.steps[-1], duration_s=(last.steps[-1].duration_s or 0.0) + more_s)
    left = duration_s / workout.duration_s
    return dataclasses.replace(
        workout,
        blocks=(*before, Block(last.times, (*last.steps[:-1], step))),
        duration_s=duration_s,
        distance_m=round(workout.distance_m * left, 1),
        load=round(workout.load * left, 2),
    )


def scaled_to(workout: Workout, duration_s: float) -> Workout:
    """A workout as long as ``duration_s``, its parts, distance and load in proportion."""
    factor = duration_s / workout.duration_s
    blocks = tuple(
        Block(
            block.times,
            tuple(dataclasses.replace(s, duration_s=(s.duration_s or 0.0) * factor) for s in block.steps),
        )
        for block in workout.blocks
    )
    return dataclasses.replace(
        workout,
        blocks=blocks,
        duration_s=duration_s,
        distance_m=workout.distance_m * factor,
        hard_s=workout.hard_s * factor,
        load=workout.load * factor,
    )
