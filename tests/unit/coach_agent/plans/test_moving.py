"""A session moves within its week where the rules allow it, and changes places with what is there."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from services.coach_agent.domain.plans.altering import with_workouts
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.models import WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.moving import marked, moved
from shared.errors import NotFound, ValidationFailed
from tests.unit.coach_agent.plans.rulebook import Columns
from tests.unit.coach_agent.plans.runners import MADE_AT, PLAN_ID, TODAY, a_race, an_ability, frame

PLAN = compile_plan(a_race(), an_ability(), frame())
# Four runs: hard on Tuesday and Friday, recovery on Wednesday, long on Sunday.
WEEK = PLAN.weeks[6]
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = WEEK.workouts


def move(workout, day, *, today=TODAY, plan=PLAN):
    return moved(plan, workout.workout_id, day, today=today, now=MADE_AT)


def refused(workout, day, **options) -> dict:
    with pytest.raises(ValidationFailed) as caught:
        move(workout, day, **options)
    return dict(caught.value.details[0])


def test_a_session_moves_to_a_day_off():
    plan = move(FRIDAY, THURSDAY.day)
    assert plan.on(THURSDAY.day).workout_id == FRIDAY.workout_id
    assert not plan.on(FRIDAY.day).is_run
    assert [change.rule for change in plan.changes] == ["moved"]
    assert Columns(plan)


def test_two_sessions_change_places_and_both_changes_are_told():
    plan = move(SUNDAY, WEDNESDAY.day)
    assert plan.on(WEDNESDAY.day).workout_id == SUNDAY.workout_id
    assert plan.on(SUNDAY.day).workout_id == WEDNESDAY.workout_id
    assert [change.rule for change in plan.changes] == ["moved", "moved"]
    assert Columns(plan)


def test_moving_back_gives_the_days_there_were():
    back = move(FRIDAY, FRIDAY.day, plan=move(FRIDAY, THURSDAY.day))
    assert [(one.day, one.workout_id) for one in back.workouts if one.is_run] == [
        (one.day, one.workout_id) for one in PLAN.workouts if one.is_run
    ]


def test_hard_days_do_not_meet():
    assert refused(FRIDAY, WEDNESDAY.day)["rule"] == "hardDaysApart"


def test_not_to_another_week_nor_to_the_past():
    assert "week" in refused(FRIDAY, FRIDAY.day + dt.timedelta(days=7))["issue"]
    assert "past" in refused(FRIDAY, THURSDAY.day, today=FRIDAY.day)["issue"]


def test_a_missed_session_may_go_to_a_day_off_and_never_onto_another_run():
    missed = dataclasses.replace(TUESDAY, status=WorkoutStatus.MISSED)
    plan = with_workouts(PLAN, [missed])
    later = move(missed, SATURDAY.day, today=THURSDAY.day, plan=with_workouts(plan, [_easy(FRIDAY)]))
    assert later.on(SATURDAY.day).status is WorkoutStatus.PLANNED
    assert "doubling" in refused(missed, SUNDAY.day, today=THURSDAY.day, plan=plan)["issue"]


def _easy(workout):
    return dataclasses.replace(workout, kind=WorkoutKind.EASY, hard_s=0.0)


def test_what_is_done_stays_and_so_does_the_race():
    done = with_workouts(PLAN, [dataclasses.replace(FRIDAY, status=WorkoutStatus.DONE)])
    assert "done" in refused(FRIDAY, THURSDAY.day, plan=done)["issue"]
    race = PLAN.on(PLAN.last_day)
    assert "race" in refused(race, race.day - dt.timedelta(days=1))["issue"]


def test_nothing_hard_comes_close_to_the_race():
    hard = next(one for one in PLAN.weeks[-1].workouts if one.kind in {WorkoutKind.TEMPO, WorkoutKind.INTERVALS})
    assert "race" in refused(hard, PLAN.last_day - dt.timedelta(days=2))["issue"]


def test_a_day_off_is_no_session_and_a_strange_id_none_either():
    for workout_id in (MONDAY.workout_id, PLAN_ID):
        with pytest.raises(NotFound):
            moved(PLAN, workout_id, THURSDAY.day, today=TODAY, now=MADE_AT)


def test_the_same_word_twice_is_said_once():
    once = marked(PLAN, FRIDAY.workout_id, WorkoutStatus.SKIPPED, today=TODAY, now=MADE_AT)
    assert marked(once, FRIDAY.workout_id, WorkoutStatus.SKIPPED, today=TODAY, now=MADE_AT) == once
