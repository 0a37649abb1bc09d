"""The cost of warm air against the table's own rows and the worked example of its author's article."""

from __future__ import annotations

import pytest

from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.weather.heat import adjusted, slowdown


def celsius(fahrenheit: float) -> float:
    return (fahrenheit - 32.0) / 1.8


@pytest.mark.parametrize(
    ("temperature_f", "dew_point_f", "low", "high"),
    [
        (60, 40, 0.0, 0.0),
        (60, 45, 0.0, 0.5),
        (65, 50, 0.5, 1.0),
        (70, 55, 1.0, 2.0),
        (75, 60, 2.0, 3.0),
        # The article's example: 74 and 71 degrees make 145, which asks for 3 % to 4.5 %.
        (74, 71, 3.0, 4.5),
        (80, 75, 4.5, 6.0),
        (90, 75, 6.0, 8.0),
        (95, 80, 8.0, 10.0),
    ],
)
def test_each_row_of_the_table(temperature_f, dew_point_f, low, high):
    found = slowdown(celsius(temperature_f), celsius(dew_point_f))
    assert (found.low_pct, found.high_pct, found.hard_running) == (low, high, True)


@pytest.mark.parametrize(("total_f", "high"), [(100, 0.0), (101, 0.5), (110, 0.5), (111, 1.0), (180, 10.0)])
def test_a_sum_on_the_border_belongs_to_the_milder_row(total_f, high):
    assert slowdown(celsius(total_f / 2), celsius(total_f / 2)).high_pct == high


def test_beyond_the_table_hard_running_is_advised_against():
    assert not slowdown(celsius(100), celsius(81)).hard_running


def test_cold_and_dry_air_costs_nothing():
    assert slowdown(-15.0, -25.0).high_pct == 0.0
    assert not slowdown(-15.0, -25.0).matters


def test_the_articles_pace_of_seven_minutes_a_mile_becomes_7_13_to_7_19():
    """7:00 slower by 3 % is 432.6 s, by 4.5 % 438.9 s: 7:13 and 7:19 a mile."""
    mile_km = 1.609344
    pace = adjusted(PaceRange(420 / mile_km, 420 / mile_km), slowdown(celsius(74), celsius(71)))
    assert pace.fast_s_per_km * mile_km == pytest.approx(432.6)
    assert pace.slow_s_per_km * mile_km == pytest.approx(438.9)
