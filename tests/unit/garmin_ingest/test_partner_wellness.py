"""Summaries of the partner programme become local days: the day that Garmin names, or the runner's own at the time."""

from __future__ import annotations

import datetime as dt

import pytest

from services.garmin_ingest.domain.garmin.models import WellnessDay
from services.garmin_ingest.domain.garmin.partner_wellness import local_day, wellness_day

DAY = dt.date(2026, 3, 2)
# 23:30 UTC on the first of March: in Vienna it is the second already, in New York still the first.
LATE_S = int(dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC).timestamp())


def test_a_night_belongs_to_the_day_that_garmin_names():
    found = wellness_day(
        "sleeps",
        {"calendarDate": "2026-03-02", "startTimeInSeconds": LATE_S, "startTimeOffsetInSeconds": 3600,
         "durationInSeconds": 27_000, "awakeDurationInSeconds": 1200, "unmeasurableSleepInSeconds": 600,
         "deepSleepDurationInSeconds": 6000, "lightSleepDurationInSeconds": 15_000, "remSleepInSeconds": 6000,
         "overallSleepScore": {"value": 82, "qualifierKey": "GOOD"}},
    )  # fmt: skip
    start = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)
    assert found == WellnessDay(
        DAY, sleep_start=start, sleep_end=start + dt.timedelta(hours=8), sleep_s=27_000, deep_sleep_s=6000,
        light_sleep_s=15_000, rem_sleep_s=6000, awake_s=1200, sleep_score=82,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("offset_s", "day"), [(3600, DAY), (0, DAY - dt.timedelta(days=1)), (-18_000, dt.date(2026, 3, 1))]
)
def test_a_weight_belongs_to_the_runners_own_day(offset_s, day):
    found = wellness_day(
        "bodyComps",
        {"measurementTimeInSeconds": LATE_S, "measurementTimeOffsetInSeconds": offset_s, "weightInGrams": 70_400},
    )
    assert found == WellnessDay(day, weight_kg=70.4)


def test_the_other_kinds_bring_one_figure_each():
    named = {"calendarDate": "2026-03-02"}
    assert wellness_day("hrv", {**named, "lastNightAvg": 51}) == WellnessDay(DAY, hrv_rmssd_ms=51.0)
    assert wellness_day("dailies", {**named, "restingHeartRateInBeatsPerMinute": 47}) == WellnessDay(
        DAY, resting_heart_rate_bpm=47.0
    )


@pytest.mark.parametrize(
    "summary",
    [{}, {"calendarDate": "2026-03-02"}, {"lastNightAvg": 51}, {"calendarDate": "2026-03-02", "lastNightAvg": -1},
     {"calendarDate": "yesterday", "lastNightAvg": 51}, {"calendarDate": "2026-03-02", "lastNightAvg": "51"},
     {"calendarDate": ["2026-03-02"], "lastNightAvg": True}],
)  # fmt: skip
def test_what_says_nothing_is_nothing(summary):
    assert wellness_day("hrv", summary) is None


def test_an_offset_that_no_place_has_is_left_out():
    assert local_day({"startTimeInSeconds": LATE_S, "startTimeOffsetInSeconds": 10**9}) == dt.date(2026, 3, 1)
