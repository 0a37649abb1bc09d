from __future__ import annotations

import datetime as dt
import uuid

import numpy as np
import pytest

from services.garmin_ingest.domain.stream_blocks import is_short, to_block
from services.garmin_ingest.domain.streams import HEART_RATE, Streams
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.builders import ShortRun, build_fit

START = ShortRun().start


async def _some_runs(ingest: IngestUnderTest, count: int) -> None:
    """One run a day, the third of each three a ride, two minutes long."""
    files = {
        f"{day}.fit": build_fit(
            start=START + dt.timedelta(days=day), duration_s=120, sport="cycling" if day % 3 == 2 else "running"
        )
        for day in range(count)
    }
    answer = await ingest.upload(files)
    assert {result["status"] for result in answer.json["results"]} == {"imported"}


async def test_pages_follow_each_other_newest_first_without_gap_or_overlap(ingest: IngestUnderTest):
    await _some_runs(ingest, 7)
    seen, cursor = [], ""
    while True:
        page = (await ingest.call("GET", f"/api/v1/activities?limit=3{cursor}")).json
        seen += [item["startTime"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7


async def test_filters_by_sport_and_local_day(ingest: IngestUnderTest):
    await _some_runs(ingest, 7)
    assert len(await ingest.activities("?sport=cycling")) == 2
    days = [item["localDate"] for item in await ingest.activities("?from=2026-03-02&to=2026-03-04")]
    assert days == ["2026-03-04", "2026-03-03", "2026-03-02"]


async def test_fields_choose_what_an_item_has(ingest: IngestUnderTest):
    await _some_runs(ingest, 1)
    (item,) = await ingest.activities("?fields=id,distanceM")
    assert item.keys() == {"id", "distanceM"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%00", "cursor"),
        ("from=yesterday", "from"),
        ("fields=secret", "fields"),
        ("sport=DROP%20TABLE", "sport"),
        ("colour=red", "colour"),
    ],
)
async def test_a_wrong_query_is_refused_by_the_name_of_its_field(ingest: IngestUnderTest, query, field):
    answer = await ingest.call("GET", f"/api/v1/activities?{query}")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == field


async def test_streams_share_one_time_axis_and_name_their_units(ingest: IngestUnderTest):
    result = await ingest.import_one(build_fit())
    path = f"/api/v1/activities/{result['activityId']}/streams"
    high = (await ingest.call("GET", f"{path}?resolution=high&keys=heartRate,pace,speed,distance")).json
    assert len(high["timeS"]) == 1801
    assert high["streams"].keys() == {"heartRate", "pace", "speed", "distance"}
    assert all(len(column) == 1801 for column in high["streams"].values())
    assert (high["units"]["pace"], high["streams"]["pace"][900]) == ("s/km", 330.0)
    assert high["streams"]["heartRate"][900] == 150
    low = (await ingest.call("GET", f"{path}?resolution=low")).json
    assert len(low["timeS"]) == 200
    assert low["streams"]["heartRate"] == [150.0] * 200
    assert low["streams"]["distance"] == sorted(low["streams"]["distance"])


async def test_a_missing_sample_is_null_and_a_missing_signal_is_absent(ingest: IngestUnderTest):
    result = await ingest.import_one(build_fit(power_w=None, pace_s_per_km=lambda t: 330 + 20_000.0 * (t > 1000)))
    path = f"/api/v1/activities/{result['activityId']}"
    streams = (await ingest.call("GET", f"{path}/streams?resolution=high")).json["streams"]
    assert streams["pace"][-1] is None
    assert "power" not in streams
    assert "power" in (await ingest.call("GET", path)).json["missing"]


async def test_a_recording_of_days_is_read_like_a_short_one(ingest: IngestUnderTest):
    activity_id = (await ingest.import_one(build_fit(duration_s=120)))["activityId"]
    time = np.arange(3.0 * 24 * 3600)
    block = to_block(Streams(time, {HEART_RATE: np.full(len(time), 120.0)}))
    assert not is_short(block)
    await ingest.sql("UPDATE activity_stream SET block = $1", block)
    answer = await ingest.call("GET", f"/api/v1/activities/{activity_id}/streams?keys=heartRate&resolution=low")
    assert answer.json["streams"]["heartRate"] == [120] * 200
    assert answer.json["timeS"][:2] == [647.5, 1943.5]


async def test_an_unknown_key_is_answered_with_the_known_ones(ingest: IngestUnderTest):
    result = await ingest.import_one(build_fit())
    answer = await ingest.call("GET", f"/api/v1/activities/{result['activityId']}/streams?keys=heartRate,mood")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert "'mood'" in answer.json["error"]["message"]
    assert "groundContactTime" in answer.json["error"]["message"]


@pytest.mark.parametrize("path", ["", "/streams", "/export.fit"])
@pytest.mark.parametrize("activity_id", ["0199aaaa-0000-7000-8000-000000000000", "not-an-id"])
async def test_what_does_not_exist_is_not_found(ingest: IngestUnderTest, activity_id, path):
    assert (await ingest.call("GET", f"/api/v1/activities/{activity_id}{path}")).code == "NOT_FOUND"


async def test_without_a_caller_nothing_is_told(ingest: IngestUnderTest):
    answer = await ingest.served.call("GET", "/api/v1/activities")
    assert (answer.status, answer.code) == (401, "AUTH_INVALID_TOKEN")


async def test_workers_of_coach_agent_read_for_a_user_and_nobody_else_does(ingest: IngestUnderTest):
    result = await ingest.import_one(build_fit())
    base = f"/internal/users/{ingest.runner.user_id}/activities"
    coach = ingest.house.as_service("coach_agent", "garmin_ingest")
    listed = await ingest.served.call("GET", base, headers=coach)
    assert [item["id"] for item in listed.json["items"]] == [result["activityId"]]
    shown = await ingest.served.call("GET", f"{base}/{result['activityId']}", headers=coach)
    assert shown.json["timerS"] == 1800
    streams = await ingest.served.call("GET", f"{base}/{result['activityId']}/streams?keys=pace", headers=coach)
    assert streams.json["streams"].keys() == {"pace"}
    other = f"/internal/users/{uuid.uuid4()}/activities/{result['activityId']}"
    assert (await ingest.served.call("GET", other, headers=coach)).code == "NOT_FOUND"
    subscription = ingest.house.as_service("subscription", "garmin_ingest")
    assert (await ingest.served.call("GET", base, headers=subscription)).status == 401
    assert (await ingest.call("GET", base)).status == 401


async def test_there_is_no_garmin_connection_yet(ingest: IngestUnderTest):
    answer = await ingest.call("GET", "/api/v1/garmin/connection")
    fields = ("accountName", "lastSyncAt", "newestActivityAt", "freshness", "credentialHealth")
    assert answer.json["status"] == "not_connected"
    assert {field: answer.json[field] for field in fields} == dict.fromkeys(fields)
    assert [way["kind"] for way in answer.json["sources"] if way["available"]] == ["credentials", "personalApiKey"]


async def test_the_service_is_ready_and_describes_itself(ingest: IngestUnderTest):
    assert (await ingest.served.call("GET", "/health/ready")).status == 200
    document = (await ingest.served.call("GET", "/internal/openapi.json")).json
    assert "/api/v1/activities/import" in document["paths"]
    assert "/internal/users/{user_id}/activities" not in document["paths"]
