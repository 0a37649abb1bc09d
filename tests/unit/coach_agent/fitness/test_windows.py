import datetime as dt

import pytest

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.fitness.loads import measure_efforts
from services.coach_agent.domain.fitness.windows import calendar_weeks, daily_load, recent_windows
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.fitness.histories import Done, day, history

TODAY = runs.TODAY  # a Friday
GIVEN = Profile(
    max_heart_rate_bpm=190, resting_heart_rate_bpm=50, threshold_heart_rate_bpm=170, threshold_pace_s_per_km=250
)


def measured(*done):
    past = history(*done)
    return past, measure_efforts(past, runs.athlete(GIVEN))


def test_the_load_of_a_day_is_that_of_all_its_activities_and_a_day_of_rest_is_zero():
    past = measured(Done(3, bpm=170), Done(3, minutes=30, bpm=170, sport="cycling"), Done(1, bpm=170))
    assert daily_load(*past, day(3), TODAY) == pytest.approx([150, 0, 100, 0], rel=1e-6)


def test_what_lies_outside_of_the_days_asked_for_is_left_out():
    past = measured(Done(5, bpm=170), Done(2, bpm=170), Done(-1, bpm=170))
    assert daily_load(*past, day(3), TODAY) == pytest.approx([0, 100, 0, 0], rel=1e-6)


def test_a_load_that_is_not_known_counts_as_none():
    past = measured(Done(0, bpm=None, sport="cycling"))
    assert daily_load(*past, TODAY, TODAY).tolist() == [0]


def test_weeks_begin_on_monday_and_empty_ones_are_there():
    # This week's Monday is 4 days ago; 18 days ago is the Monday two weeks earlier.
    weeks = calendar_weeks(*measured(Done(18, minutes=30), Done(5), Done(4), Done(0, minutes=90)), TODAY)
    assert [week.first_day for week in weeks] == [day(18), day(11), day(4)]
    assert [week.first_day.weekday() for week in weeks] == [0, 0, 0]
    assert [week.runs for week in weeks] == [1, 1, 2]
    assert [week.moving_s for week in weeks] == [1800, 3600, 9000]
    assert [week.longest_s for week in weeks] == [1800, 3600, 5400]
    assert [week.distance_m for week in weeks] == [5400, 10_800, 27_000]


def test_a_week_without_any_activity_holds_zeros():
    weeks = calendar_weeks(*measured(Done(18), Done(0)), TODAY)
    assert len(weeks) == 3
    assert (weeks[1].runs, weeks[1].distance_m, weeks[1].load, weeks[1].longest_s) == (0, 0, 0, 0)


def test_other_sports_count_to_the_load_of_a_week_and_to_nothing_else_of_it():
    [week] = calendar_weeks(*measured(Done(0, bpm=170), Done(1, bpm=170, minutes=120, sport="cycling")), TODAY)
    assert week.load == pytest.approx(300, rel=1e-6)
    assert (week.runs, week.moving_s, week.longest_s, week.hard_s) == (1, 3600, 3600, 3600)


def test_an_activity_of_tomorrow_counts_tomorrow():
    past = measured(Done(0), Done(-1))
    assert sum(week.runs for week in calendar_weeks(*past, TODAY)) == 1
    assert [window.runs for window in recent_windows(*past, TODAY)] == [1, 1, 1]
    assert calendar_weeks(*measured(Done(-1)), TODAY) == ()


def test_windows_are_seven_and_twenty_eight_days_and_twelve_weeks_with_today():
    windows = recent_windows(*measured(*(Done(ago) for ago in (0, 6, 7, 27, 28, 83, 84))), TODAY)
    assert [window.runs for window in windows] == [2, 4, 6]
    assert [window.first_day for window in windows] == [TODAY - dt.timedelta(days=days) for days in (6, 27, 83)]
    assert {window.last_day for window in windows} == {TODAY}
