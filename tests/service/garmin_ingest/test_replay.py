from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest

from services.garmin_ingest.domain.decoders import version_of
from services.garmin_ingest.domain.streams import Streams
from tests.service.garmin_ingest import replaying
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.service.garmin_ingest.replaying import ADMIN, OLD, REPLAY, ledger, make_old, replayed
from tests.support.builders import ShortRun, build_fit, build_gpx, build_multisport_fit, build_tcx
from tests.support.service import a_runner

TODAY = version_of("fit")
START = ShortRun().start


async def shown(ingest: IngestUnderTest, activity_id: str) -> dict:
    return (await ingest.call("GET", f"/api/v1/activities/{activity_id}")).json


async def test_a_better_decoder_updates_what_it_reads_differently_and_says_what(ingest: IngestUnderTest):
    with replaying.older_decoder(replaying.without_heart_rate):
        activity_id = (await ingest.import_one(build_fit()))["activityId"]
    assert (await shown(ingest, activity_id))["averageHeartRateBpm"] is None
    (item,) = await replayed(ingest)
    assert (item["status"], item["activityIds"]) == ("updated", [activity_id])
    assert item["fileName"] == hashlib.sha256(build_fit()).hexdigest()
    assert item["userId"] == str(ingest.runner.user_id)
    assert item["changes"] == [
        "averageHeartRateBpm none → 150.0", "maxHeartRateBpm none → 150.0", "bestEfforts changed",
        "heartRate samples 0 → 1,801",
    ]  # fmt: skip
    assert (await shown(ingest, activity_id))["averageHeartRateBpm"] == pytest.approx(150)
    streams = (await ingest.call("GET", f"/api/v1/activities/{activity_id}/streams?keys=heartRate")).json
    assert set(streams["streams"]["heartRate"]) == {150}
    assert await ingest.events() == ["activity.imported", "activity.updated"]
    (row,) = await ingest.sql("SELECT version FROM activity")
    assert row["version"] == 2
    assert await ledger(ingest) == [(TODAY, "imported", True)]


async def test_the_same_again_changes_nothing_and_tells_nobody(ingest: IngestUnderTest):
    await ingest.import_one(build_fit())
    await make_old(ingest)
    before = await ingest.sql("SELECT * FROM activity JOIN activity_stream USING (user_id, activity_id)")
    (item,) = await replayed(ingest)
    assert (item["status"], item["changes"]) == ("unchanged", [])
    assert await ingest.sql("SELECT * FROM activity JOIN activity_stream USING (user_id, activity_id)") == before
    assert await ingest.events() == ["activity.imported"]
    # Read by today's decoder, it is not among what is to be read again.
    assert await ledger(ingest) == [(TODAY, "imported", True)]
    assert await replayed(ingest) == []
    assert [item["status"] for item in await replayed(ingest, decoder=TODAY)] == ["unchanged"]


async def test_an_original_that_could_not_be_read_becomes_an_activity(ingest: IngestUnderTest):
    with replaying.refusing_decoder():
        assert (await ingest.import_one(build_fit()))["status"] == "failed"
    assert await ledger(ingest) == [(OLD, "failed", True)]
    (item,) = await replayed(ingest, outcome="failed")
    (activity,) = await ingest.activities()
    assert (item["status"], item["activityIds"]) == ("imported", [activity["id"]])
    assert await ledger(ingest) == [(TODAY, "imported", True)]
    assert await ingest.events() == ["activity.imported"]
    exported = await ingest.call("GET", f"/api/v1/activities/{activity['id']}/export.fit")
    assert exported.body == build_fit()


async def test_one_that_still_cannot_be_read_says_why_once_more(ingest: IngestUnderTest):
    with replaying.refusing_decoder():
        await ingest.import_one(build_fit())
    with replaying.refusing_decoder(TODAY):
        (item,) = await replayed(ingest)
    assert (item["status"], item["error"]["code"]) == ("failed", "ACTIVITY_FILE_INVALID")
    assert "at byte 14" in item["error"]["message"]
    assert await ledger(ingest) == [(TODAY, "failed", True)]


async def test_what_only_the_older_decoder_could_read_stays_and_stays_to_be_read(ingest: IngestUnderTest):
    await ingest.import_one(build_fit())
    await make_old(ingest)
    with replaying.refusing_decoder(TODAY):
        (item,) = await replayed(ingest)
    assert (item["status"], item["error"]["code"]) == ("failed", "ACTIVITY_FILE_INVALID")
    assert len(await ingest.activities()) == 1
    assert await ledger(ingest) == [(OLD, "imported", True)]


async def test_a_deleted_run_stays_deleted(ingest: IngestUnderTest):
    imported = await ingest.import_one(build_fit())
    await ingest.call("DELETE", f"/api/v1/activities/{imported['activityId']}")
    await make_old(ingest)
    # Its original is on disk until a worker removes it.
    await ingest.sql("UPDATE pgqueuer SET execute_after = now() + interval '1 hour'")
    for item in await replayed(ingest):
        assert item["status"] == "unchanged"
    assert await ingest.activities() == []


async def test_an_original_of_a_run_that_was_deleted_in_another_form_brings_nothing_back(ingest: IngestUnderTest):
    with replaying.refusing_decoder():
        await ingest.import_one(build_fit())
    other = (await ingest.upload({"run.tcx": build_tcx()})).json["results"][0]
    await ingest.call("DELETE", f"/api/v1/activities/{other['activityId']}")
    (item,) = await replayed(ingest, outcome="failed")
    assert (item["status"], item["changes"]) == ("unchanged", ["its run was deleted, and stays so"])
    assert await ingest.activities() == []
    async with ingest.worker():
        await ingest.until_idle()
    assert ingest.stored_files() == []


async def test_what_the_runner_changed_at_garmin_survives(ingest: IngestUnderTest):
    with replaying.older_decoder(replaying.without_heart_rate):
        activity_id = (await ingest.import_one(build_fit()))["activityId"]
    await ingest.sql("UPDATE activity SET sport = 'walking'")
    await ingest.sql(
        "INSERT INTO activity_source (user_id, content_sha256, session_index, activity_id, road, source_id)"
        " SELECT user_id, content_sha256, 0, activity_id, 'sync', '17' FROM activity"
    )
    (item,) = await replayed(ingest)
    assert item["status"] == "updated"
    assert not any("sport" in change for change in item["changes"])
    activity = await shown(ingest, activity_id)
    assert (activity["sport"], activity["averageHeartRateBpm"]) == ("walking", pytest.approx(150))


async def test_each_session_of_a_file_is_told_apart(ingest: IngestUnderTest):
    later = ShortRun(start=START + dt.timedelta(hours=2), duration_s=600)

    def spoil(activity):
        return activity if activity.start_time == START else replaying.without_heart_rate(activity)

    with replaying.older_decoder(spoil):
        await ingest.import_one(build_multisport_fit(ShortRun(duration_s=900), later))
    (item,) = await replayed(ingest)
    assert item["status"] == "updated"
    assert len(item["activityIds"]) == 1
    assert {change.split(":")[0] for change in item["changes"]} == {"session 2"}


async def test_a_session_that_the_older_decoder_missed_is_added(ingest: IngestUnderTest):
    later = ShortRun(start=START + dt.timedelta(hours=2), duration_s=600)
    content = build_multisport_fit(ShortRun(duration_s=900), later)
    await ingest.import_one(content)
    (lost,) = await ingest.sql("DELETE FROM activity WHERE start_time > $1 RETURNING activity_id", START)
    await make_old(ingest)
    (item,) = await replayed(ingest)
    assert (item["status"], item["changes"]) == ("updated", ["session 2 is new"])
    assert len(await ingest.activities()) == 2
    assert str(lost["activity_id"]) not in item["activityIds"]


async def test_the_richer_of_two_recordings_is_shown_once_it_can_be_read(ingest: IngestUnderTest):
    tcx = build_tcx(power_w=None, cadence_spm=None)
    (imported,) = (await ingest.upload({"run.tcx": tcx})).json["results"]

    def poor(activity):
        return replace(activity, streams=Streams(activity.streams.time_s, {}))

    with replaying.older_decoder(poor):
        assert (await ingest.import_one(build_fit()))["status"] == "duplicate"
    (item,) = [item for item in await replayed(ingest, decoder=OLD) if item["status"] == "updated"]
    assert item["changes"][0] == "this recording is the richer one now"
    assert [activity["id"] for activity in await ingest.activities()] == [imported["activityId"]]
    exported = await ingest.call("GET", f"/api/v1/activities/{imported['activityId']}/export.fit")
    assert exported.body == build_fit()


async def test_what_came_before_there_was_a_ledger_is_read_again_in_its_own_local_time(
    ingest: IngestUnderTest, ledger_of_before: str
):
    (imported,) = (await ingest.upload({"run.gpx": build_gpx(utc_offset_s=3600)})).json["results"]
    before = await shown(ingest, imported["activityId"])
    assert before["utcOffsetS"] == 3600
    await ingest.sql("DELETE FROM ingest_ledger")
    await ingest.sql(ledger_of_before)
    await ingest.sql("UPDATE ingest_ledger SET decoder = 'gpx/0'")
    await ingest.sql("UPDATE activity SET distance_m = 1")
    (item,) = await replayed(ingest)
    assert (item["status"], len(item["changes"])) == ("updated", 1)
    assert await shown(ingest, imported["activityId"]) == before | {"version": 2}


async def test_only_an_administrator_may_and_only_what_can_be_wanted(ingest: IngestUnderTest):
    assert (await ingest.call("POST", REPLAY, json={})).code == "AUTH_FORBIDDEN"
    for wrong in ({"userId": "me"}, {"decoder": "x"}, {"outcome": "lost"}, {"more": 1}):
        answer = await ingest.call("POST", REPLAY, caller=ADMIN, json=wrong)
        assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), wrong


async def test_the_job_is_the_administrators_and_on_record(ingest: IngestUnderTest):
    job_id = await replaying.start(ingest)
    assert (await replaying.job_of(ingest, job_id))["kind"] == "replay"
    for other in (ingest.runner, a_runner(roles=frozenset({"admin"}))):
        assert (await ingest.call("GET", f"/api/v1/jobs/{job_id}", caller=other)).status == 404
    (record,) = await ingest.sql("SELECT * FROM audit_record WHERE action = 'replay.started'")
    assert record["actor"] == f"admin:{ADMIN.user_id}"
