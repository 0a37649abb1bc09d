"""A drafted session with its steps, targets, load and reason."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.plans.effort import Effort, Efforts
from services.coach_agent.domain.plans.models import (
    Block,
    Goal,
    Phase,
    Step,
    StepKind,
    Target,
    TargetKind,
    Workout,
    WorkoutKind,
)
from services.coach_agent.domain.plans.reasons import session_reason
from services.coach_agent.domain.plans.week_draft import (
    COOL_DOWN_S,
    STRIDE_REST_S,
    STRIDE_S,
    STRIDES,
    WARM_UP_S,
    Draft,
    Work,
    base_effort,
)


@dataclass(frozen=True, slots=True)
class Naming:
    """Ids that are the same whenever the same plan is compiled, in the form of UUIDv7 (RFC 9562)."""

    plan_id: uuid.UUID
    made_at: dt.datetime

    def id(self, name: str) -> uuid.UUID:
        milliseconds = int(self.made_at.timestamp() * 1000)
        digest = hashlib.sha256(self.plan_id.bytes + name.encode()).digest()
        value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(digest[:10])
        value = value & ~(0xF << 76) | 0x7 << 76
        return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the workouts of one plan."""

    efforts: Efforts
    naming: Naming

    def workout(self, draft: Draft, monday: dt.date, phase: Phase) -> Workout:
        efforts, effort = self.efforts, None if draft.work is None else draft.work.effort
        easy = base_effort(draft.kind)
        fast = Effort.REPETITION if effort is None else effort
        easy_s = 60.0 * draft.minutes - draft.hard_s
        day = monday + dt.timedelta(days=draft.weekday)
        return Workout(
            workout_id=self.naming.id(day.isoformat()),
            day=day,
            kind=draft.kind,
            blocks=self._blocks(draft),
            duration_s=60.0 * draft.minutes,
            distance_m=round(draft.metres(efforts), 1),
            hard_s=float(draft.hard_s),
            load=round(efforts.load(easy, easy_s) + efforts.load(fast, draft.hard_s), 2),
            rule=f"{phase}.{draft.kind}",
            reason=session_reason(draft.kind, phase, effort),
        )

    def race(self, goal: Goal, day: dt.date, phase: Phase) -> Workout:
        efforts, metres = self.efforts, goal.distance_m or 0.0
        seconds = round(efforts.race_s)
        step = Step(StepKind.WORK, efforts.race_target(metres), distance_m=metres)
        return Workout(
            workout_id=self.naming.id(day.isoformat()),
            day=day,
            kind=WorkoutKind.RACE,
            blocks=(Block(1, (step,)),),
            duration_s=float(seconds),
            distance_m=metres,
            hard_s=float(seconds),
            load=round(efforts.load(Effort.RACE, seconds), 2),
            rule=f"{phase}.{WorkoutKind.RACE}",
            reason=session_reason(WorkoutKind.RACE, phase, None),
        )

    def rest(self, day: dt.date, phase: Phase) -> Workout:
        return Workout(
            workout_id=self.naming.id(day.isoformat()),
            day=day,
            kind=WorkoutKind.REST,
            blocks=(),
            duration_s=0.0,
            distance_m=0.0,
            hard_s=0.0,
            load=0.0,
            rule=f"{phase}.{WorkoutKind.REST}",
            reason=session_reason(WorkoutKind.REST, phase, None),
        )

    def _blocks(self, draft: Draft) -> tuple[Block, ...]:
        seconds = 60.0 * draft.minutes
        if draft.work is not None:
            return self._hard_blocks(draft.work, seconds)
        if draft.kind is WorkoutKind.STRIDES:
            return self._stride_blocks(seconds)
        return (_one(StepKind.STEADY, self.efforts.target(base_effort(draft.kind)), seconds),)

    def _hard_blocks(self, work: Work, seconds: float) -> tuple[Block, ...]:
        easy = self.efforts.target(Effort.EASY)
        bout = Step(StepKind.WORK, self.efforts.target(work.effort), duration_s=float(work.bout_s))
        rest = Step(StepKind.RECOVERY, self.efforts.target(Effort.RECOVERY), duration_s=float(work.rest_s))
        around_s = seconds - work.whole_s
        warm_up_s = WARM_UP_S + max(0.0, around_s - WARM_UP_S - COOL_DOWN_S) // 120 * 60
        return (
            _one(StepKind.WARM_UP, easy, warm_up_s),
            Block(work.times, (bout, rest)),
            _one(StepKind.COOL_DOWN, easy, around_s - warm_up_s),
        )

    def _stride_blocks(self, seconds: float) -> tuple[Block, ...]:
        easy, strides_s = self.efforts.target(Effort.EASY), STRIDES * (STRIDE_S + STRIDE_REST_S)
        stride = Step(StepKind.WORK, self._stride_target(), duration_s=float(STRIDE_S))
        rest = Step(StepKind.RECOVERY, self.efforts.target(Effort.RECOVERY), duration_s=float(STRIDE_REST_S))
        return (_one(StepKind.STEADY, easy, seconds - strides_s), Block(STRIDES, (stride, rest)))

    def _stride_target(self) -> Target:
        target = self.efforts.target(Effort.REPETITION)
        return target if target.kind is TargetKind.PACE else Target(TargetKind.EFFORT, None, None)


def _one(kind: StepKind, target: Target, seconds: float) -> Block:
    return Block(1, (Step(kind, target, duration_s=seconds),))
