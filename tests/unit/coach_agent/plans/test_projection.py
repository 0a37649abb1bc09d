"""Fitness, fatigue and form are carried on as the closed form of their weighted means says."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from services.coach_agent.domain.fitness.models import FitnessSeries
from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.models import WorkoutKind
from services.coach_agent.domain.plans.projection import project
from services.coach_agent.domain.plans.what_if import Add, Move, Seen, Skip, compare
from shared.errors import NotFound, ValidationFailed
from tests.unit.coach_agent.plans.runners import MADE_AT, PLAN_ID, TODAY, a_race, an_ability, frame

PLAN = compile_plan(a_race(), an_ability(), frame())


def measured(fitness: float, fatigue: float, *, today_load: float = 0.0) -> FitnessSeries:
    """A series that ends today, at this fitness and fatigue yesterday."""
    columns = (np.array([50.0, today_load]), np.array([fitness, 0.0]), np.array([fatigue, 0.0]), np.zeros(2))
    return FitnessSeries(TODAY - dt.timedelta(days=1), *columns)


def test_with_nothing_but_rest_ahead_fitness_and_fatigue_fade_by_their_time_constants():
    plan = PLAN
    seen = project(plan, measured(60.0, 80.0), TODAY)
    # 20 November is a Friday and the plan begins on Monday: three days without load.
    after = seen.series.index(dt.date(2026, 11, 22))
    assert seen.series.fitness[after] == pytest.approx(60.0 * math.exp(-3 / 42))
    assert seen.series.fatigue[after] == pytest.approx(80.0 * math.exp(-3 / 7))
    assert seen.series.form[0] == pytest.approx(-20.0)
    assert seen.series.form[after] == pytest.approx(60.0 * math.exp(-2 / 42) - 80.0 * math.exp(-2 / 7))


def test_the_race_day_is_the_sum_of_what_each_day_leaves_behind():
    seen = project(PLAN, None, TODAY)
    loads = {one.day: one.load for one in PLAN.workouts}
    morning = PLAN.last_day - dt.timedelta(days=1)

    def left(days: float) -> float:
        keep = math.exp(-1 / days)
        return sum((1 - keep) * load * keep ** (morning - day).days for day, load in loads.items() if day <= morning)

    assert seen.goal.day == PLAN.last_day
    assert seen.goal.form == pytest.approx(left(42.0) - left(7.0))
    assert seen.goal.form > 0


def test_today_counts_with_what_was_run():
    without, with_run = (project(PLAN, measured(50, 50, today_load=load), TODAY) for load in (0.0, 100.0))
    gain = with_run.series.fatigue[0] - without.series.fatigue[0]
    assert gain == pytest.approx(100 * (1 - math.exp(-1 / 7)))


SEEN = Seen(None, TODAY, MADE_AT)


def test_a_skipped_session_takes_its_load_away_and_no_more():
    long = next(one for one in PLAN.workouts if one.kind is WorkoutKind.LONG)
    compared = compare(PLAN, [Skip(long.workout_id)], SEEN)
    assert compared.present is not None
    lost = [a.load - b.load for a, b in zip(compared.present.weeks, compared.changed.weeks, strict=True)]
    assert lost == pytest.approx([long.load] + [0.0] * 13)
    assert compared.changed.goal.fitness < compared.present.goal.fitness


def test_an_added_session_says_which_rules_it_would_break():
    monday = PLAN.weeks[6].first_day
    compared = compare(PLAN, [Add(monday, WorkoutKind.INTERVALS, 4800.0)], SEEN)
    assert {"hardDaysApart"} <= {breach.rule.value for breach in compared.broken}
    assert compared.changed.goal.fitness > compared.present.goal.fitness
    small = compare(PLAN, [Add(monday, WorkoutKind.EASY, 600.0)], SEEN)
    assert "hardDaysApart" not in {breach.rule.value for breach in small.broken}


def test_what_cannot_be_done_is_refused_as_it_would_be_in_earnest():
    run = next(one for one in PLAN.workouts if one.is_run)
    with pytest.raises(NotFound):
        compare(PLAN, [Skip(PLAN_ID)], SEEN)
    with pytest.raises(ValidationFailed):
        compare(PLAN, [Move(run.workout_id, run.day + dt.timedelta(days=10))], SEEN)
    with pytest.raises(ValidationFailed):
        compare(PLAN, [Add(run.day, WorkoutKind.EASY, 1800.0)], SEEN)
    with pytest.raises(ValidationFailed):
        compare(PLAN, [Add(PLAN.last_day + dt.timedelta(days=1), WorkoutKind.EASY, 1800.0)], SEEN)
