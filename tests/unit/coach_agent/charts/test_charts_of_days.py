from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.drawings import ability_in
from services.coach_agent.domain.charts.load_charts import bar_days, describe_fitness, fitness_chart
from services.coach_agent.domain.charts.pace_duration_chart import Ability, pace_duration_chart
from services.coach_agent.domain.charts.theme import Theme
from services.coach_agent.domain.charts.volume_chart import describe_volume, volume_chart, volume_weeks
from services.coach_agent.domain.charts.zone_chart import describe_zones, zone_chart
from services.coach_agent.domain.fitness.models import Week
from tests.unit.coach_agent.charts.gallery import MONDAY, ability, series, weeks, zone_times
from tests.unit.coach_agent.fitness.histories import Done, history
from tests.unit.coach_agent.runs import TODAY

KM = Units.KILOMETRES


def rows(spec):
    return spec["data"]["values"]


def test_six_weeks_of_load_have_a_bar_a_day():
    shown = rows(fitness_chart(series(42), KM, Theme.LIGHT))
    assert len(shown) == 42
    assert shown[-1] | {"form": None} == {
        "day": "2026-11-20", "load": 0.0, "fitness": 40.0, "fatigue": 50.0, "form": None,
    }  # fmt: skip


@pytest.mark.parametrize(("days", "bar"), [(1, 1), (42, 1), (43, 7), (770, 7), (771, 14), (3650, 35)])
def test_longer_ones_have_bars_of_whole_weeks(days, bar):
    assert bar_days(days) == bar


def test_a_bar_of_a_week_is_the_mean_of_its_days_and_weeks_are_counted_from_the_last():
    """Load 70 every other day: of 56 days, each week from the last day back holds 4 or 3 of them."""
    shown = rows(fitness_chart(series(56), KM, Theme.LIGHT))
    assert [row["day"] for row in shown[-2:]] == ["2026-11-13", "2026-11-20"]
    assert {row["load"] for row in shown} == {round(4 * 70 / 7, 1), round(3 * 70 / 7, 1)}


def test_days_of_which_nothing_is_known_are_gaps_and_not_zeros():
    shown = rows(fitness_chart(series(42, unknown=10), KM, Theme.LIGHT))
    assert [row["load"] for row in shown[:11]] == [None] * 10 + [70.0]


def test_the_words_of_fitness_tell_its_way_and_where_it_ended():
    assert describe_fitness(series(42), KM).description == (
        "From 10 October 2026 to 20 November 2026 fitness goes from 30 to 40, fatigue ends at 50 and form at -10. "
        "Bars are the load of each day."
    )


def a_week(first_day: dt.date, distance_m: float) -> Week:
    zeros = {field.name: 0 for field in dataclasses.fields(Week)}
    return Week(**zeros | {"first_day": first_day, "distance_m": distance_m})


def test_weeks_are_those_that_touch_the_days_without_gaps():
    run = [a_week(MONDAY + dt.timedelta(7 * i), 1000.0 * i) for i in range(5)]
    first, last = MONDAY + dt.timedelta(9), MONDAY + dt.timedelta(21)
    found = volume_weeks(run, None, first_day=first, last_day=last)
    assert [(week.run_m, week.planned_m) for week in found] == [(1000.0, None), (2000.0, None), (3000.0, None)]
    assert volume_weeks([], None, first_day=first, last_day=last) == ()


def test_weeks_to_come_have_an_outline_and_no_bar():
    shown = rows(volume_chart(weeks(), KM, Theme.LIGHT))
    assert [(row["distance"], row["planned"]) for row in shown] == [
        (40.0, 45.0),
        (0.0, 45.0),
        (50.0, 45.0),
        (None, 45.0),
    ]


def test_without_a_plan_there_is_nothing_planned_in_the_chart():
    spec = volume_chart(weeks(planned_km=None), KM, Theme.LIGHT)
    assert len(spec["layer"]) == 1
    assert "plan" not in describe_volume(weeks(planned_km=None), KM).description


def test_the_words_of_volume_give_mean_highest_and_last():
    """40, 0 and 50 km make 30 a week."""
    assert describe_volume(weeks(), KM).description == (
        "From the week of 16 November 2026 to that of 30 November 2026: 30.00 km a week on average, 50.00 km at most, "
        "50.00 km in the last. The plan's largest week shown holds 45.00 km."
    )


def test_volume_is_told_in_miles():
    spec = volume_chart(weeks((16.09344,)), Units.MILES, Theme.LIGHT)
    assert rows(spec)[0]["distance"] == 10.0


def test_every_best_effort_is_a_point_of_time_and_pace():
    shown = rows(pace_duration_chart(ability(), KM, Theme.LIGHT))
    assert shown[1] == {
        "effort": "1 km",
        "minute": pytest.approx(215 / 60, abs=0.001),
        "pace": 215.0,
        "day": "2026-10-04",
    }
    assert [row["effort"] for row in shown] == ["400 m", "1 km", "3 km", "5 km", "half marathon"]


def test_the_curves_are_drawn_over_the_times_they_are_for():
    """Critical speed from 2 to 20 min: at 10 min 4 m/s and 160 m more are 2,560 m, 234.4 s a km."""
    [curves, *_] = pace_duration_chart(ability(), KM, Theme.LIGHT)["layer"]
    points = curves["data"]["values"]
    by_speed = [point for point in points if point["model"] == "critical speed"]
    by_index = [point for point in points if point["model"] == "race-equivalence index"]
    assert (by_speed[0]["minute"], by_speed[-1]["minute"]) == (2.0, 20.0)
    near = min(by_speed, key=lambda point: abs(point["minute"] - 10))
    t = 60 * near["minute"]
    assert near["pace"] == pytest.approx(1000 * t / (4.0 * t + 160.0), abs=0.1)
    assert by_index[0]["minute"] >= 3.5
    assert by_index[-1]["minute"] <= 240


def test_without_models_there_are_points_alone():
    bare = Ability(ability().efforts, None, None)
    assert [layer["mark"]["type"] for layer in pace_duration_chart(bare, KM, Theme.LIGHT)["layer"]] == ["point", "text"]


def test_ability_is_that_of_the_days_and_its_days_are_told():
    done = history(
        Done(100, best_times_s={1000: 200.0}),
        Done(20, best_times_s={1000: 230.0, 5000: 1300.0}),
        Done(5, best_times_s={1000: 225.0}),
    )
    found = ability_in(done, TODAY - dt.timedelta(89), TODAY)
    assert [(effort.distance_m, effort.elapsed_s) for effort in found.efforts] == [(1000.0, 225.0), (5000.0, 1300.0)]
    assert [effort.day for effort in found.efforts] == [TODAY - dt.timedelta(5), TODAY - dt.timedelta(20)]
    assert ability_in(done, TODAY - dt.timedelta(200), TODAY).efforts[0].elapsed_s == 200.0
    assert ability_in(done, TODAY - dt.timedelta(89), TODAY - dt.timedelta(10)).efforts[0].elapsed_s == 230.0


def test_zones_tell_share_time_and_bounds():
    """5, 30, 12, 3 and 0 of 50 minutes are 10, 60, 24, 6 and 0 %."""
    shown = rows(zone_chart(zone_times(5, 30, 12, 3, 0), KM, Theme.LIGHT))
    assert [row["share"] for row in shown] == [10.0, 60.0, 24.0, 6.0, 0.0]
    assert shown[0]["zone"] == "Zone 1: below 114 bpm"
    assert shown[1]["zone"] == "Zone 2: 114 to 132 bpm"
    assert shown[4]["zone"] == "Zone 5: 171 bpm and up"
    assert describe_zones(zone_times(5, 30, 12, 3, 0), KM).description.startswith("10 % (5:00) in zone 1, 60 % (30:00)")


def test_zone_one_is_at_the_bottom():
    spec = zone_chart(zone_times(5, 30, 12, 3, 0), KM, Theme.LIGHT)
    assert spec["layer"][0]["encoding"]["y"]["sort"][-1].startswith("Zone 1")
    assert np.isclose(sum(row["minute"] for row in rows(spec)), 50)
