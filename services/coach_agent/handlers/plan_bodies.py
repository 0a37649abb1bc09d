"""What goes in and out over HTTP about training plans."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.coach_agent.domain.plans.goal_document import WEEKDAYS, Weekday, as_document
from services.coach_agent.domain.plans.models import (
    Block,
    Change,
    Goal,
    GoalKind,
    Phase,
    PlanWeek,
    Step,
    StepKind,
    Target,
    TargetKind,
    Workout,
    WorkoutKind,
    WorkoutStatus,
)
from services.coach_agent.domain.plans.ports import StoredPlan
from services.coach_agent.domain.plans.what_if import Add, Alteration, Move, Skip
from shared.http.parsing import ApiModel


class GoalBody(ApiModel):
    """A race has ``raceDate`` and ``distanceM`` (5 km to marathon); ``targetTimeS`` is a wish. Fitness has neither."""

    goal: GoalKind
    race_date: dt.date | None = None
    distance_m: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    target_time_s: Annotated[float, Field(gt=0, le=172_800)] | None = None
    days_per_week: Annotated[int, Field(ge=3, le=7)]
    long_run_day: Weekday

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> GoalBody:
        if self.goal is GoalKind.RACE and (self.race_date is None or self.distance_m is None):
            raise ValueError("a race needs raceDate and distanceM")
        if self.goal is GoalKind.FITNESS and {self.race_date, self.distance_m, self.target_time_s} != {None}:
            raise ValueError("a goal of fitness takes no raceDate, distanceM or targetTimeS")
        return self

    @property
    def wanted(self) -> Goal:
        return Goal(
            kind=self.goal,
            days_per_week=self.days_per_week,
            long_run_weekday=WEEKDAYS.index(self.long_run_day),
            race_day=self.race_date,
            distance_m=self.distance_m,
            target_time_s=self.target_time_s,
        )


class WorkoutBody(ApiModel):
    """Either of the two: the runner's word on a session, or another day of its week."""

    status: WorkoutStatus | None = None
    day: dt.date | None = Field(None, alias="date")

    @model_validator(mode="after")
    def _is_one_of_them(self) -> WorkoutBody:
        if (self.status is None) == (self.day is None):
            raise ValueError("give either a status or a date")
        return self


class SkipBody(ApiModel):
    kind: Literal["skip"]
    workout_id: uuid.UUID

    @property
    def alteration(self) -> Alteration:
        return Skip(self.workout_id)


class MoveBody(ApiModel):
    kind: Literal["move"]
    workout_id: uuid.UUID
    day: dt.date = Field(alias="date")

    @property
    def alteration(self) -> Alteration:
        return Move(self.workout_id, self.day)


class AddBody(ApiModel):
    """A session on a day off."""

    kind: Literal["add"]
    day: dt.date = Field(alias="date")
    workout: Literal["easy", "recovery", "tempo", "intervals"] = "easy"
    duration_s: Annotated[float, Field(ge=600, le=9000)]

    @property
    def alteration(self) -> Alteration:
        return Add(self.day, WorkoutKind(self.workout), self.duration_s)


AlterationBody = Annotated[SkipBody | MoveBody | AddBody, Field(discriminator="kind")]


class WhatIfBody(ApiModel):
    """Either another goal, or sessions skipped, moved or added."""

    goal: GoalBody | None = None
    changes: tuple[AlterationBody, ...] = Field((), max_length=20)

    @model_validator(mode="after")
    def _is_one_of_them(self) -> WhatIfBody:
        if (self.goal is None) == (not self.changes):
            raise ValueError("give either a goal or changes")
        return self


class GoalAnswer(ApiModel):
    goal: GoalKind
    race_date: dt.date | None = None
    distance_m: float | None = None
    target_time_s: float | None = None
    days_per_week: int
    long_run_day: Weekday

    @classmethod
    def of(cls, goal: Goal) -> GoalAnswer:
        return cls.model_validate(as_document(goal))


class TargetAnswer(ApiModel):
    """``pace`` in s/km, the faster end first; ``heartRate`` in bpm; ``effort`` names no figure."""

    kind: TargetKind
    fast_s_per_km: float | None = None
    slow_s_per_km: float | None = None
    low_bpm: float | None = None
    high_bpm: float | None = None

    @classmethod
    def of(cls, target: Target) -> TargetAnswer:
        if target.kind is TargetKind.PACE:
            return cls(kind=target.kind, fast_s_per_km=target.low, slow_s_per_km=target.high)
        return cls(kind=target.kind, low_bpm=target.low, high_bpm=target.high)


class StepAnswer(ApiModel):
    kind: StepKind
    duration_s: float | None
    distance_m: float | None
    target: TargetAnswer

    @classmethod
    def of(cls, step: Step) -> StepAnswer:
        return cls(
            kind=step.kind,
            duration_s=step.duration_s,
            distance_m=step.distance_m,
            target=TargetAnswer.of(step.target),
        )


class BlockAnswer(ApiModel):
    """Steps to be done ``times`` times in a row."""

    times: int
    steps: list[StepAnswer]

    @classmethod
    def of(cls, block: Block) -> BlockAnswer:
        return cls(times=block.times, steps=[StepAnswer.of(step) for step in block.steps])


class WorkoutAnswer(ApiModel):
    """``hardS`` is the time that is not easy; ``insteadOf`` what was planned before a rule made it easy."""

    id: uuid.UUID
    day: dt.date = Field(alias="date")
    kind: WorkoutKind
    status: WorkoutStatus
    activity_id: uuid.UUID | None
    hard: bool
    duration_s: float
    distance_m: float
    hard_s: float
    load: float
    rule: str
    reason: str
    instead_of: WorkoutKind | None
    blocks: list[BlockAnswer]

    @classmethod
    def of(cls, workout: Workout) -> WorkoutAnswer:
        return cls(
            id=workout.workout_id,
            day=workout.day,
            kind=workout.kind,
            status=workout.status,
            activity_id=workout.activity_id,
            hard=workout.is_hard,
            duration_s=workout.duration_s,
            distance_m=workout.distance_m,
            hard_s=workout.hard_s,
            load=workout.load,
            rule=workout.rule,
            reason=workout.reason,
            instead_of=None if workout.was is None else workout.was.kind,
            blocks=[BlockAnswer.of(block) for block in workout.blocks],
        )


class WeekAnswer(ApiModel):
    """A day without a workout is a day off. The volume is that of training: a race is in ``workouts`` alone."""

    first_day: dt.date
    phase: Phase
    reason: str
    duration_s: float
    distance_m: float
    hard_s: float
    load: float
    workouts: list[WorkoutAnswer]

    @classmethod
    def of(cls, week: PlanWeek) -> WeekAnswer:
        return cls(
            first_day=week.first_day,
            phase=week.phase,
            reason=week.reason,
            duration_s=week.duration_s,
            distance_m=round(week.distance_m, 1),
            hard_s=week.hard_s,
            load=round(sum(one.load for one in week.workouts if one.is_training), 2),
            workouts=[WorkoutAnswer.of(one) for one in week.workouts if one.is_run],
        )


class ChangeAnswer(ApiModel):
    """The rule that changed the plan, and a sentence for the runner."""

    id: uuid.UUID
    made_at: dt.datetime
    rule: str
    workout_id: uuid.UUID | None
    sentence: str

    @classmethod
    def of(cls, change: Change) -> ChangeAnswer:
        return cls(
            id=change.change_id,
            made_at=change.made_at,
            rule=change.rule,
            workout_id=change.workout_id,
            sentence=change.sentence,
        )


class PlanAnswer(ApiModel):
    """``version`` grows with each change; the latest of ``changes`` comes first."""

    id: uuid.UUID
    version: int
    goal: GoalAnswer
    timezone: str
    made_at: dt.datetime
    first_day: dt.date
    last_day: dt.date
    weeks: list[WeekAnswer]
    changes: list[ChangeAnswer]

    @classmethod
    def of(cls, stored: StoredPlan) -> PlanAnswer:
        plan = stored.plan
        return cls(
            id=plan.plan_id,
            version=stored.version,
            goal=GoalAnswer.of(plan.goal),
            timezone=plan.zone,
            made_at=plan.made_at,
            first_day=plan.first_day,
            last_day=plan.last_day,
            weeks=[WeekAnswer.of(week) for week in plan.weeks],
            changes=[ChangeAnswer.of(change) for change in reversed(plan.changes)],
        )
