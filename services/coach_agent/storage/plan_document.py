"""A plan as the document that is kept, and back."""

from __future__ import annotations

import datetime as dt
import uuid
import zlib
from typing import Any

import orjson

from services.coach_agent.domain.plans.goal_document import as_document, from_document
from services.coach_agent.domain.plans.models import (
    Block,
    Change,
    Phase,
    Plan,
    PlanWeek,
    Step,
    StepKind,
    Target,
    TargetKind,
    Workout,
    WorkoutKind,
    WorkoutStatus,
)


def render(plan: Plan) -> bytes:
    """Packed: the steps of many sessions are the same, and a year of them would be some hundred kilobytes."""
    document = {
        "planId": plan.plan_id,
        "goal": as_document(plan.goal),
        "zone": plan.zone,
        "madeAt": plan.made_at,
        "weeks": plan.weeks,
        "changes": plan.changes,
    }
    # asyncpg gives ids of a class of its own, which orjson leaves to str.
    return zlib.compress(orjson.dumps(document, default=str))


def parse(document: bytes) -> Plan:
    stored = orjson.loads(zlib.decompress(document))
    return Plan(
        plan_id=uuid.UUID(stored["planId"]),
        goal=from_document(stored["goal"]),
        zone=stored["zone"],
        made_at=dt.datetime.fromisoformat(stored["madeAt"]),
        weeks=tuple(_week(week) for week in stored["weeks"]),
        changes=tuple(_change(change) for change in stored["changes"]),
    )


def _week(stored: dict[str, Any]) -> PlanWeek:
    return PlanWeek(
        first_day=dt.date.fromisoformat(stored["first_day"]),
        phase=Phase(stored["phase"]),
        workouts=tuple(_workout(workout) for workout in stored["workouts"]),
        reason=stored["reason"],
    )


def _workout(stored: dict[str, Any]) -> Workout:
    return Workout(
        **stored
        | {
            "workout_id": uuid.UUID(stored["workout_id"]),
            "day": dt.date.fromisoformat(stored["day"]),
            "kind": WorkoutKind(stored["kind"]),
            "blocks": tuple(_block(block) for block in stored["blocks"]),
            "status": WorkoutStatus(stored["status"]),
            "activity_id": _id(stored["activity_id"]),
            "was": None if stored["was"] is None else _workout(stored["was"]),
        }
    )


def _block(stored: dict[str, Any]) -> Block:
    return Block(stored["times"], tuple(_step(step) for step in stored["steps"]))


def _step(stored: dict[str, Any]) -> Step:
    target = stored["target"]
    return Step(
        kind=StepKind(stored["kind"]),
        target=Target(TargetKind(target["kind"]), target["low"], target["high"]),
        duration_s=stored["duration_s"],
        distance_m=stored["distance_m"],
    )


def _change(stored: dict[str, Any]) -> Change:
    return Change(
        change_id=uuid.UUID(stored["change_id"]),
        made_at=dt.datetime.fromisoformat(stored["made_at"]),
        rule=stored["rule"],
        workout_id=_id(stored["workout_id"]),
        sentence=stored["sentence"],
    )


def _id(text: str | None) -> uuid.UUID | None:
    return None if text is None else uuid.UUID(text)
