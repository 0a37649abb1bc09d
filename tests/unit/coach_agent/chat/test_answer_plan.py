"""What is said of a plan: its sessions with their paces, the next of a kind, the week that is asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.answer_plan import about_plan, targets
from services.coach_agent.domain.chat.intents import read_intent
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


def told(question: str, today: dt.date) -> str:
    return about_plan(FactBook(Units.KILOMETRES), PLAN, read_intent(question, today), today).passage.text


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("when is my next long run", {WorkoutKind.LONG}),
        ("when is my next hard session?", {WorkoutKind.TEMPO, WorkoutKind.INTERVALS}),
        ("when do I have intervals", {WorkoutKind.INTERVALS}),
        ("when is my next rest day", {WorkoutKind.REST}),
    ],
)
def test_the_next_session_of_a_kind_is_named_with_its_day(question: str, kinds: set[WorkoutKind]):
    today = PLAN.weeks[8].first_day
    following = next(one for one in PLAN.workouts if one.day >= today and one.kind in kinds)
    day = "Today" if following.day == today else f"{following.day.day} {following.day:%B %Y}"
    assert told(question, today).startswith(f"- {day}: ")


def test_before_a_plan_begins_its_first_week_is_told():
    friday = PLAN.first_day - dt.timedelta(days=3)
    monday = f"{PLAN.first_day.day} {PLAN.first_day:%B %Y}"
    assert told("what is in my plan this week?", friday).startswith(f"Your plan begins with the week from {monday}")


def test_after_a_plan_there_is_nothing_in_it():
    after = PLAN.weeks[-1].first_day + dt.timedelta(days=8)
    assert told("what is in my plan this week?", after) == "Your plan does not reach that far."
