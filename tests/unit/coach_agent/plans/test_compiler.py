"""No plan breaks a rule of DOMAIN "A plan", and what cannot be planned is refused with the nearest goal that can."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from services.coach_agent.domain.facts import unverified_numbers
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.feasibility import likely_best_s
from services.coach_agent.domain.plans.goal_document import as_document, from_document
from services.coach_agent.domain.plans.models import Goal, GoalKind, TargetKind, WorkoutKind
from shared.errors import ValidationFailed
from tests.unit.coach_agent.plans.rulebook import broken
from tests.unit.coach_agent.plans.runners import TODAY, a_race, an_ability, draw, frame

RUNNERS, PARTS = 2000, 8


@pytest.mark.parametrize("part", range(PARTS))
def test_no_rule_is_broken_for_any_runner_and_the_nearest_goal_is_taken(part: int):
    planned = refused = 0
    for seed in range(part, RUNNERS, PARTS):
        goal, ability, today = draw(seed)
        try:
            plan = compile_plan(goal, ability, frame(today))
            planned += 1
        except ValidationFailed as error:
            nearest = from_document(error.details[0]["nearest"])
            assert nearest != goal, seed
            plan = compile_plan(nearest, ability, frame(today))
            refused += 1
        assert broken(plan, before_s=ability.week_s, before_m=ability.week_m) == [], seed
        assert plan.first_day >= today
    assert min(planned, refused) > RUNNERS / PARTS / 5


def test_the_same_input_gives_the_same_plan_with_the_same_ids():
    goal, ability = a_race(), an_ability()
    first, again = (compile_plan(goal, ability, frame()) for _ in range(2))
    assert first == again
    ids = {workout.workout_id for workout in first.workouts}
    assert len(ids) == len(first.workouts)
    assert {one.version for one in ids} == {7}


def test_the_plan_runs_from_the_next_monday_to_the_race():
    plan = compile_plan(a_race(21_097.5, weeks=14), an_ability(), frame())
    assert (plan.first_day, plan.last_day, len(plan.weeks)) == (dt.date(2026, 11, 23), dt.date(2027, 2, 28), 14)
    assert [week.phase for week in plan.weeks] == ["base"] * 5 + ["build"] * 5 + ["peak"] * 2 + ["taper"] * 2


def test_general_fitness_goes_on_for_twelve_weeks_without_a_race():
    plan = compile_plan(Goal(GoalKind.FITNESS, 4, 5), an_ability(), frame())
    assert [week.phase for week in plan.weeks] == ["base"] * 4 + ["build"] * 8
    assert all(workout.kind is not WorkoutKind.RACE for workout in plan.workouts)


def test_paces_are_those_of_the_index():
    # Daniels' table for 45: threshold 4:38 a km, intervals 4:16 (to the nearest second or two of his rounding).
    plan = compile_plan(a_race(), an_ability(index=45), frame())
    steps = {w.kind: w.blocks[1].steps[0].target for w in plan.workouts if w.is_hard and w.kind is not WorkoutKind.RACE}
    assert steps[WorkoutKind.TEMPO].low <= 278 <= steps[WorkoutKind.TEMPO].high
    assert steps[WorkoutKind.INTERVALS].low <= 256 + 2 <= steps[WorkoutKind.INTERVALS].high


def test_without_an_index_the_heart_leads_and_without_a_known_heart_the_effort():
    by_heart = compile_plan(a_race(), an_ability(index=None, threshold_bpm=170.0), frame())
    tempo = next(one for one in by_heart.workouts if one.kind is WorkoutKind.TEMPO)
    target = tempo.blocks[1].steps[0].target
    assert (target.kind, target.low, target.high) == (TargetKind.HEART_RATE, 162, 170)
    by_feel = compile_plan(a_race(), an_ability(index=None, threshold_bpm=None), frame())
    targets = {s.target for w in by_feel.workouts for b in w.blocks for s in b.steps}
    assert {(one.kind, one.low, one.high) for one in targets} == {(TargetKind.EFFORT, None, None)}


def test_reasons_hold_no_figure():
    plan = compile_plan(a_race(42_195, weeks=30, days_per_week=6), an_ability(week_min=300), frame())
    texts = {week.reason for week in plan.weeks} | {workout.reason for workout in plan.workouts}
    assert len(texts) > 10
    assert [text for text in texts if unverified_numbers(text, ())] == []


def refusal(goal, ability=None):
    with pytest.raises(ValidationFailed) as caught:
        compile_plan(goal, ability or an_ability(), frame())
    return caught.value


@pytest.mark.parametrize(
    ("goal", "ability", "field", "changed"),
    [
        (a_race(weeks=-1), an_ability(), "raceDate", {"raceDate"}),
        (a_race(42_195, weeks=6), an_ability(week_min=300), "raceDate", {"raceDate"}),
        (a_race(42_195, weeks=14), an_ability(week_min=80), "raceDate", {"raceDate"}),
        (a_race(weeks=80), an_ability(), "raceDate", {"raceDate"}),
        (a_race(days_per_week=7), an_ability(week_min=80), "daysPerWeek", {"daysPerWeek"}),
        (a_race(target_time_s=1800.0), an_ability(index=45), "targetTimeS", {"targetTimeS"}),
        (a_race(target_time_s=1200.0), an_ability(index=None), "targetTimeS", {"targetTimeS"}),
        (a_race(3000.0), an_ability(), "distanceM", {"distanceM"}),
        (a_race(100_000.0, weeks=40), an_ability(week_min=300), "distanceM", {"distanceM"}),
    ],
)  # fmt: skip
def test_a_goal_out_of_reach_is_refused_by_the_field_that_the_nearest_one_changes(goal, ability, field, changed):
    error = refusal(goal, ability)
    assert (error.code, error.details[0]["field"]) == ("VALIDATION_ERROR", field)
    asked, nearest = as_document(goal), error.details[0]["nearest"]
    assert {name for name in asked if asked[name] != nearest.get(name)} == changed
    assert compile_plan(from_document(nearest), ability, frame())


def test_the_nearest_race_keeps_its_weekday_and_is_the_first_that_can_be_planned():
    goal, ability = a_race(21_097.5, weeks=3), an_ability()
    nearest = from_document(refusal(goal, ability).details[0]["nearest"])
    assert nearest.race_day.weekday() == goal.race_day.weekday()
    earlier = dataclasses.replace(nearest, race_day=nearest.race_day - dt.timedelta(weeks=1))
    assert refusal(earlier, ability).details[0]["field"] == "raceDate"


def test_the_nearest_time_is_what_a_percent_a_month_could_make_of_the_best_effort():
    # 14 weeks and 2 days at 0.4 % a week on an index of at most 45.9 are 48.5, for which Daniels' table has 42:50.
    nearest = from_document(refusal(a_race(target_time_s=1800.0), an_ability(index=45)).details[0]["nearest"])
    assert nearest.target_time_s == pytest.approx(42 * 60 + 50, abs=25)
    assert likely_best_s(10_000, an_ability(index=None), 10) is None


def test_a_race_today_is_no_longer_planned():
    error = refusal(a_race(race_day=TODAY))
    assert "is not in the future" in error.details[0]["issue"]
