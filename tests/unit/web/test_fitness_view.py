"""What the page says about where a runner is heading."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.web import measures as say
from gateway.web.fitness import Asked
from gateway.web.fitness_view import FitnessView
from gateway.web.measures import Measures
from gateway.web.moments import Moments
from tests.unit.web.fitness import fitness, nothing_known, now, week

TODAY = dt.date(2026, 11, 20)
MOMENTS = Moments(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), "Europe/Berlin")


def view(body=None, *, miles: bool = False) -> FitnessView:
    return FitnessView.of(body or fitness(), Measures(miles=miles), MOMENTS)


def test_figures_of_now_carry_their_sign_where_it_matters():
    assert [(key.label, str(key.figure)) for key in view().now] == [
        ("Fitness", "48"),
        ("Fatigue", "57"),
        ("Form", "\N{MINUS SIGN}9"),
        ("Fitness over 7 days", "+1.4"),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.3, "0"), (0.4, "0"), (-0.6, "\N{MINUS SIGN}1"), (12.0, "+12"), (None, "")]
)
def test_what_rounds_to_nothing_has_no_sign(value, text):
    assert say.number(value, signed=True).value == text


def test_weeks_come_newest_first_from_the_first_one_with_training():
    weeks = view().weeks
    assert [(one.name, one.runs, str(one.distance)) for one in weeks] == [
        ("16 Nov", 1, "10.0 km"),
        ("9 Nov", 0, "0.0 km"),
        ("2 Nov", 3, "40.0 km"),
    ]
    # 9,000 of 10,000 s.
    assert [str(one.easy) for one in weeks] == ["90 %", "", "90 %"]


def test_a_prediction_never_comes_without_its_range():
    [race] = view().races
    assert (race.name, str(race.time), str(race.low), str(race.high)) == (
        "Half marathon", "1:36:40", "1:32:40", "1:43:00",
    )  # fmt: skip


def test_the_highest_critical_speed_is_the_lowest_pace():
    speed = view().critical_speed
    assert speed is not None
    # 1000 m at 4.0, 4.1 and 3.9 m/s.
    assert [str(pace) for pace in (speed.pace, speed.fast, speed.slow)] == ["4:10 /km", "4:04 /km", "4:16 /km"]


def test_paces_and_records_are_in_the_runners_unit():
    # 330 s/km · 1.609344.
    assert str(view(miles=True).paces[0].fast) == "8:51 /mi"
    [best] = view(miles=True).records
    assert (best.name, str(best.pace), best.day) == ("Half marathon", "7:30 /mi", "19 Oct 2025")


def test_shares_of_intensity_fill_the_bar():
    easy, moderate, hard = view().intensities
    assert [one.share_pct for one in (easy, moderate, hard)] == [90, 6, 4]
    assert (moderate.left_pct, hard.left_pct) == (90, 96)


def test_without_heart_rate_there_is_no_intensity_to_show():
    none = week("2026-11-16", "2026-11-22", intensity={"easyS": 0.0, "moderateS": 0.0, "hardS": 0.0})
    windows = dict.fromkeys(("last7Days", "last28Days", "last12Weeks"), none)
    assert view(fitness(windows=windows)).intensities == ()


def test_what_is_missing_is_said_once_in_its_own_place():
    said = [{"key": key, "text": f"About {key}."} for key in ("predictions", "criticalSpeed", "heartRate")]
    body = fitness(now=now(criticalSpeed=None, predictions=[], trainingPaces=None), missing=said)
    shown = view(body)
    assert shown.why["predictions"] == "About predictions."
    assert shown.missing == ("About heartRate.",)
    assert (shown.races, shown.critical_speed, shown.paces) == ((), None, ())


def test_nothing_is_made_up_for_a_runner_without_runs():
    shown = view(nothing_known())
    assert not any((shown.now, shown.weeks, shown.races, shown.records, shown.paces, shown.spread, shown.intensities))
    assert shown.why["activities"]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({}, Asked("12w", "2026-08-29", "2026-11-20")),
        ({"range": "6w"}, Asked("6w", "2026-10-10", "2026-11-20")),
        ({"range": "<script>"}, Asked("12w", "2026-08-29", "2026-11-20")),
        ({"from": "2026-01-01", "to": ""}, Asked("", "2026-01-01", "")),
    ],
)
def test_days_are_chosen_or_typed(query, asked):
    assert Asked.by(query, TODAY) == asked
