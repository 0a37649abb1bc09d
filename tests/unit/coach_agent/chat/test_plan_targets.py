"""Which pace an answer names for a session of the plan."""

from __future__ import annotations

import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.answer_plan import targets
from services.coach_agent.domain.facts import FactBook
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.models import StepKind, WorkoutKind
from tests.unit.coach_agent.plans.runners import a_race, an_ability, frame

PLAN = compile_plan(a_race(days_per_week=5), an_ability(), frame())


@pytest.mark.parametrize(
    ("kind", "step", "where"),
    [
        (WorkoutKind.STRIDES, StepKind.STEADY, "between the strides"),
        (WorkoutKind.LONG, StepKind.STEADY, "throughout"),
        (WorkoutKind.TEMPO, StepKind.WORK, "in the hard part"),
        (WorkoutKind.INTERVALS, StepKind.WORK, "in the hard part"),
        (WorkoutKind.RACE, StepKind.WORK, "throughout"),
    ],
)
def test_the_pace_named_is_that_of_what_the_session_is_for(kind: WorkoutKind, step: StepKind, where: str):
    workout = next(one for one in PLAN.workouts if one.kind is kind)
    [target] = {s.target for block in workout.blocks for s in block.steps if s.kind is step}
    book = FactBook(Units.KILOMETRES)
    said = targets(book, workout)
    assert where in said
    assert {fact.value for fact in book.facts} == {target.low, target.high}


def test_a_day_off_has_no_pace():
    rest = next(one for one in PLAN.workouts if one.kind is WorkoutKind.REST)
    assert targets(FactBook(Units.KILOMETRES), rest) == ""
