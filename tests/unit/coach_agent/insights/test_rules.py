"""Which advice a day gets, and what holds it back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest

from services.coach_agent.domain.fitness.models import Light, Now, Readiness
from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from services.coach_agent.domain.insights.next_run import Rule as NextRunRule
from services.coach_agent.domain.insights.next_run import Session
from services.coach_agent.domain.insights.rules import Rule, Situation, decide
from services.coach_agent.domain.plans.models import Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.runs.session_kind import SessionType

TODAY = dt.date(2026, 11, 20)


def now(*, form: float | None = 0.0, ratio: float | None = 1.0) -> Now:
    return Now(
        day=TODAY, fitness=50.0, fatigue=50.0, form=form, ramp=0.0, acute_chronic_ratio=ratio,
        acute_chronic_ewma_ratio=ratio, monotony=None, strain=None, index=None, critical_speed=None, paces=None,
        predictions=(), missing={},
    )  # fmt: skip


def note(kind: NoteKind) -> ContextNote:
    return ContextNote(uuid.uuid4(), kind, "text", TODAY, None, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))


def workout(kind: WorkoutKind, *, minutes: float = 60.0, status: WorkoutStatus = WorkoutStatus.PLANNED) -> Workout:
    return Workout(
        workout_id=uuid.uuid4(), day=TODAY, kind=kind, blocks=(), duration_s=60.0 * minutes, distance_m=0.0,
        hard_s=0.0, load=0.0, rule="plan", reason="", status=status,
    )  # fmt: skip


CALM = Situation(
    day=TODAY, notes=(), readiness=Readiness(Light.GREEN, ()), now=now(), workout=workout(WorkoutKind.TEMPO),
    suggestion=Session(SessionType.EASY, 3000.0, NextRunRule.STEADY),
)  # fmt: skip


def advised(**changes) -> tuple[WorkoutKind, float | None, Rule] | None:
    decision = decide(dataclasses.replace(CALM, **changes))
    return None if decision is None else (decision.advice, decision.duration_s, decision.rules[0])


def test_on_a_calm_day_the_plan_decides():
    assert advised() == (WorkoutKind.TEMPO, 3600.0, Rule.PLANNED)


def test_without_a_plan_the_last_runs_decide_and_without_them_nothing():
    assert advised(workout=None) == (WorkoutKind.EASY, 3000.0, Rule.SUGGESTED)
    assert advised(workout=None, suggestion=None) is None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"readiness": Readiness(Light.RED, ())}, Rule.READINESS_RED),
        ({"now": now(form=-30.1)}, Rule.FORM_LOW),
        ({"now": now(ratio=1.51)}, Rule.LOAD_RISING),
        ({"notes": (note(NoteKind.INJURY),)}, Rule.INJURY),
    ],
)
def test_a_hard_session_turns_easy_and_short_when_the_body_says_so(changes: dict, rule: Rule):
    assert advised(**changes) == (WorkoutKind.EASY, 1800.0, rule)
    easy = workout(WorkoutKind.EASY)
    decision = decide(dataclasses.replace(CALM, workout=easy, **changes))
    assert decision is not None
    assert (decision.advice, decision.duration_s) == (WorkoutKind.EASY, 3600.0)
    assert decision.rules == (Rule.PLANNED, rule)


@pytest.mark.parametrize("changes", [{"now": now(form=-30.0)}, {"now": now(ratio=1.5)}, {"now": now(form=None)}])
def test_the_limits_themselves_still_allow_it(changes: dict):
    assert advised(**changes) == (WorkoutKind.TEMPO, 3600.0, Rule.PLANNED)


def test_illness_is_rest_whatever_else_there_is():
    ill = (note(NoteKind.RACE), note(NoteKind.ILLNESS))
    assert advised(notes=ill) == (WorkoutKind.REST, None, Rule.ILLNESS)


def test_a_race_is_run_unless_something_hurts():
    assert advised(notes=(note(NoteKind.RACE),)) == (WorkoutKind.RACE, None, Rule.RACE)
    hurt = (note(NoteKind.RACE), note(NoteKind.INJURY))
    assert advised(notes=hurt) == (WorkoutKind.EASY, 1800.0, Rule.INJURY)


def test_an_injury_alone_with_nothing_else_known_is_rest():
    assert advised(notes=(note(NoteKind.INJURY),), workout=None, suggestion=None) == (
        WorkoutKind.REST, None, Rule.INJURY,
    )  # fmt: skip


def test_a_journey_halves_the_day_to_five_minutes_but_not_below_half_an_hour_nor_above_what_was_meant():
    away = (note(NoteKind.TRAVEL),)
    assert advised(notes=away) == (WorkoutKind.EASY, 1800.0, Rule.TRAVEL)
    long = workout(WorkoutKind.LONG, minutes=140)
    assert advised(notes=away, workout=long) == (WorkoutKind.EASY, 4200.0, Rule.TRAVEL)
    assert advised(notes=away, workout=workout(WorkoutKind.LONG, minutes=115)) == (
        WorkoutKind.EASY,
        3600.0,
        Rule.TRAVEL,
    )
    short = workout(WorkoutKind.RECOVERY, minutes=20)
    assert advised(notes=away, workout=short) == (WorkoutKind.RECOVERY, 1200.0, Rule.TRAVEL)


def test_what_is_done_is_done_and_is_never_doubled():
    done = workout(WorkoutKind.TEMPO, status=WorkoutStatus.DONE)
    assert advised(workout=done) == (WorkoutKind.REST, None, Rule.DONE)


def test_a_plain_note_changes_nothing():
    assert advised(notes=(note(NoteKind.NOTE),)) == (WorkoutKind.TEMPO, 3600.0, Rule.PLANNED)
