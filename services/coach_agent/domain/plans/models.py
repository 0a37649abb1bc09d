"""A training plan: weeks, sessions, steps, targets, and what changed them (DOMAIN "A plan")."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass


class GoalKind(enum.StrEnum):
    RACE = "race"
    FITNESS = "fitness"


class Phase(enum.StrEnum):
    BASE = "base"
    BUILD = "build"
    PEAK = "peak"
    TAPER = "taper"
    RACE = "race"


class WorkoutKind(enum.StrEnum):
    EASY = "easy"
    RECOVERY = "recovery"
    LONG = "long"
    TEMPO = "tempo"
    INTERVALS = "intervals"
    STRIDES = "strides"
    RACE = "race"
    REST = "rest"


HARD_KINDS = frozenset({WorkoutKind.TEMPO, WorkoutKind.INTERVALS, WorkoutKind.RACE})


class WorkoutStatus(enum.StrEnum):
    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"
    SKIPPED = "skipped"


class StepKind(enum.StrEnum):
    WARM_UP = "warmUp"
    STEADY = "steady"
    WORK = "work"
    RECOVERY = "recovery"
    COOL_DOWN = "coolDown"


class TargetKind(enum.StrEnum):
    PACE = "pace"
    HEART_RATE = "heartRate"
    EFFORT = "effort"


@dataclass(frozen=True, slots=True)
class Target:
    """``low`` to ``high`` in s/km (the faster is the lower) or bpm; both None where only effort can be named."""

    kind: TargetKind
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a workout, over a duration or a distance; ``repeat`` groups are flattened before use."""

    kind: StepKind
    target: Target
    duration_s: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Steps done ``times`` times in a row."""

    times: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Workout:
    """A session of a day. ``duration_s`` and ``distance_m`` are of the whole; ``reason`` is the coach's sentence.

    ``hard_s`` is the time meant to be faster than easy. ``was`` is what was planned before a rule turned it easy, and
    ``by_runner`` says that the status is the runner's own word, which no rule overrules.
    """

    workout_id: uuid.UUID
    day: dt.date
    kind: WorkoutKind
    blocks: tuple[Block, ...]
    duration_s: float
    distance_m: float
    hard_s: float
    load: float
    rule: str
    reason: str
    status: WorkoutStatus = WorkoutStatus.PLANNED
    activity_id: uuid.UUID | None = None
    was: Workout | None = None
    by_runner: bool = False

    @property
    def is_hard(self) -> bool:
        return self.kind in HARD_KINDS

    @property
    def is_run(self) -> bool:
        return self.kind is not WorkoutKind.REST

    @property
    def is_training(self) -> bool:
        """Whether it counts to the week's volume: a race is what one trains for, and no training."""
        return self.kind not in {WorkoutKind.REST, WorkoutKind.RACE}


@dataclass(frozen=True, slots=True)
class PlanWeek:
    """Seven days from a Monday, each with its workout or its rest. The volume is that of training, without a race."""

    first_day: dt.date
    phase: Phase
    workouts: tuple[Workout, ...]
    reason: str

    @property
    def duration_s(self) -> float:
        return sum(workout.duration_s for workout in self.workouts if workout.is_training)

    @property
    def distance_m(self) -> float:
        return sum(workout.distance_m for workout in self.workouts if workout.is_training)

    @property
    def hard_s(self) -> float:
        return sum(workout.hard_s for workout in self.workouts if workout.is_training)


@dataclass(frozen=True, slots=True)
class Goal:
    """``long_run_weekday`` is 0 for Monday. ``target_time_s`` is a wish, and is checked against what is likely."""

    kind: GoalKind
    days_per_week: int
    long_run_weekday: int
    race_day: dt.date | None = None
    distance_m: float | None = None
    target_time_s: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What adapted the plan: the rule, the workout it touched, and a sentence for the runner."""

    change_id: uuid.UUID
    made_at: dt.datetime
    rule: str
    workout_id: uuid.UUID | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The one active plan of a runner; ``zone`` is the IANA time zone its days are in."""

    plan_id: uuid.UUID
    goal: Goal
    zone: str
    made_at: dt.datetime
    weeks: tuple[PlanWeek, ...]
    changes: tuple[Change, ...] = ()

    @property
    def workouts(self) -> tuple[Workout, ...]:
        return tuple(workout for week in self.weeks for workout in week.workouts)

    @property
    def first_day(self) -> dt.date:
        return self.weeks[0].first_day

    @property
    def last_day(self) -> dt.date:
        """The race day, or the last day of the last week."""
        return self.goal.race_day or self.weeks[-1].first_day + dt.timedelta(days=6)

    def on(self, day: dt.date) -> Workout | None:
        """The workout of ``day``, rest included; None outside of the plan."""
        return next((workout for workout in self.workouts if workout.day == day), None)
