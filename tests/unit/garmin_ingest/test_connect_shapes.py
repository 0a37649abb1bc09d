"""Reading what Garmin Connect answers: recorded answers as they are, and answers as nobody expects them."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.garmin_ingest.clients import connect_shapes as connect
from services.garmin_ingest.clients import personal_api_shapes as shapes
from services.garmin_ingest.domain.errors import GarminUnavailable
from services.garmin_ingest.domain.garmin.models import RemoteActivity
from tests.support.recordings import FOLDER

RECORDED = FOLDER / "garmin_json"
DAY = dt.date(2025, 7, 7)
LISTED = {"activityId": 7, "startTimeGMT": "2026-01-08 14:10:21", "startTimeLocal": "2026-01-08 08:10:21"}

needs_recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers at PACE42_REAL_DATA")


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text())["body"]


def one(**changes: Any) -> RemoteActivity:
    (activity,) = shapes.remote_activities([{**LISTED, **changes}])
    return activity


@pytest.mark.real_data
@needs_recordings
def test_recorded_activities_begin_where_and_when_they_did():
    found = shapes.remote_activities(recorded("activity_list"))
    assert [(one.source_id, one.start_time.isoformat(), one.utc_offset_s, one.sport) for one in found] == [
        ("21482825013", "2026-01-08T14:10:21+00:00", -21_600, "trail_running"),
        ("21461718086", "2026-01-06T13:14:18+00:00", -21_600, "hiking"),
        ("21419635589", "2026-01-02T12:12:43+00:00", -18_000, "stand_up_paddleboarding_v2"),
    ]
    assert [round(one.distance_m or 0) for one in found] == [4261, 3363, 3197]
    # What it began at in milliseconds since 1970 is the same instant.
    stamps = [item["beginTimestamp"] / 1000 for item in recorded("activity_list")]
    assert [one.start_time.timestamp() for one in found] == stamps


@pytest.mark.parametrize(("named", "called"), [("7\0", "7"), ("7" * 5000, "7" * 500)])
def test_an_id_is_text_that_can_be_stored(named, called):
    """One that cannot would end every sync of its account."""
    assert one(activityId=named).source_id == called
    assert shapes.remote_activities([{**LISTED, "activityId": "\0"}]) == []


@pytest.mark.real_data
@needs_recordings
def test_a_recorded_night_is_told_in_instants():
    night = connect.night(recorded("daily_sleep_data_get"), DAY)
    assert night["sleep_start"] == dt.datetime(2025, 7, 7, 4, 47, 28, tzinfo=dt.UTC)
    assert night["sleep_end"] == dt.datetime(2025, 7, 7, 11, 37, 28, tzinfo=dt.UTC)
    assert (night["sleep_s"], night["deep_sleep_s"], night["light_sleep_s"]) == (24_180, 5280, 13_440)
    assert (night["rem_sleep_s"], night["awake_s"], night["sleep_score"]) == (5460, 420, 83)


@pytest.mark.real_data
@needs_recordings
@pytest.mark.parametrize("number", range(2, 21))
def test_every_recorded_night_adds_up(number: int):
    answer = recorded(f"sleep_data_list_{number}")
    day = dt.date.fromisoformat(answer["dailySleepDTO"]["calendarDate"])
    night = connect.night(answer, day)
    assert night["sleep_s"] == night["deep_sleep_s"] + night["light_sleep_s"] + night["rem_sleep_s"]
    assert (night["sleep_end"] - night["sleep_start"]).total_seconds() >= night["sleep_s"] + night["awake_s"] - 60


@pytest.mark.real_data
@needs_recordings
def test_recorded_figures_of_days():
    variability = shapes.heart_rate_variability(recorded("daily_hrv"))
    assert (len(variability), variability[dt.date(2023, 7, 20)]) == (20, {"hrv_rmssd_ms": 42})
    weights = shapes.weights(recorded("weight_data_list"))
    assert weights[dt.date(2025, 6, 14)] == {"weight_kg": 59.5}  # the later one of two
    assert shapes.weights(recorded("weight_data_list_empty")) == {}
    assert set(connect.night(recorded("daily_sleep_data_get_1"), dt.date(2030, 1, 1)).values()) == {None}
    profile = connect.logged_in(recorded("profile_alias"), "runner@example.com", {"di_token": "a.b.c"})
    assert profile.account.garmin_id == "1000001"


@pytest.mark.parametrize(
    ("local", "offset_s"),
    [
        ("2026-01-08 19:55:21", 20_700),  # Nepal
        ("2026-01-08 04:40:21", -34_200),  # the Marquesas
        ("2026-01-09 04:10:21", 50_400),  # Kiritimati
        ("2026-01-08T08:10:21.0", -21_600),  # as the page of one activity writes it
        ("2026-01-08 08:10:22", None),
        ("2026-01-08 08:11:21", None),
        ("2026-01-09 05:10:21", None),
        ("2026-02-30 08:10:21", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_an_offset_is_one_that_exists_or_unknown(local: Any, offset_s: int | None):
    assert one(startTimeLocal=local).utc_offset_s == offset_s


def test_without_a_readable_start_the_milliseconds_tell_it():
    activity = one(startTimeGMT=None, beginTimestamp=1_767_881_421_000)
    assert activity.start_time == dt.datetime(2026, 1, 8, 14, 10, 21, tzinfo=dt.UTC)


@pytest.mark.parametrize("missing", ["activityId", "startTimeGMT"])
def test_an_item_that_cannot_be_placed_hides_no_other(missing: str):
    found = shapes.remote_activities([{**LISTED, missing: None}, LISTED])
    assert [activity.source_id for activity in found] == ["7"]


def test_another_days_night_is_not_this_ones():
    answer = {"dailySleepDTO": {"calendarDate": "2025-07-06", "sleepTimeSeconds": 24_000}}
    assert connect.night(answer, DAY) == {}


@pytest.mark.parametrize(
    "claims", [b"[]", b'{"exp":"x"}', b'{"exp":true}', b'{"exp":1e300}', b'{"exp":-1}', b"{}", b"\xff", b"{" * 2000]
)
def test_a_token_without_a_readable_end_has_none(claims: bytes):
    token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.x"
    assert connect.tokens({"di_token": token}).expires_at is None


READERS: list[Callable[[Any], Any]] = [
    shapes.remote_activities,
    shapes.heart_rate_variability,
    shapes.weights,
    connect.resting_heart_rates,
    lambda answer: connect.night(answer, DAY),
    lambda answer: connect.logged_in(answer, "runner@example.com", {"di_token": "x"}),
    lambda answer: connect.tokens({"di_token": answer}),
]
NAMES = st.sampled_from([
    "activityId", "startTimeGMT", "startTimeLocal", "beginTimestamp", "activityType", "typeKey", "duration",
    "dailySleepDTO", "calendarDate", "sleepTimeSeconds", "sleepStartTimestampGMT", "sleepScores", "overall", "value",
    "hrvSummaries", "lastNightAvg", "dailyWeightSummaries", "summaryDate", "latestWeight", "weight", "allMetrics",
    "metricsMap", "WELLNESS_RESTING_HEART_RATE", "profileId", "displayName",
])  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.text(max_size=20),
    st.sampled_from(["2025-07-07", "2026-01-08 14:10:21", "9999-12-31T23:59:59.9", "0001-01-01"]),
)  # fmt: skip
ANSWERS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=25
)


@pytest.mark.parametrize("reader", READERS)
@given(answer=ANSWERS)
def test_no_answer_is_a_crash(reader: Callable[[Any], Any], answer: Any):
    try:
        reader(answer)
    except GarminUnavailable as refusal:
        assert refusal.retryable  # noqa: PT017 - one of the two outcomes that are right
