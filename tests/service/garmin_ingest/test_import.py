from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import stat

import aiohttp
import pytest

from tests.service.garmin_ingest.ingest import IMPORT, IngestUnderTest
from tests.support.builders import ShortRun, build_fit, build_gpx, build_multisport_fit, build_tcx
from tests.support.builders_damage import garbage, gzipped
from tests.support.builders_other import settings_fit
from tests.support.service import a_runner

RUN = ShortRun()


async def test_an_import_answers_with_the_activity_and_keeps_the_original(ingest: IngestUnderTest):
    content = build_fit()
    result = await ingest.import_one(content)
    assert (result["fileName"], result["status"], result["error"]) == ("run.fit", "imported", None)
    answer = await ingest.call("GET", f"/api/v1/activities/{result['activityId']}")
    activity = answer.json
    assert activity["sport"] == "running"
    assert activity["startTime"] == "2026-03-01T07:00:00Z"
    assert (activity["utcOffsetS"], activity["localDate"]) == (3600, "2026-03-01")
    assert activity["distanceM"] == pytest.approx(RUN.distance_m, rel=0.005)
    assert (activity["timerS"], activity["averageHeartRateBpm"]) == (1800, 150)
    assert len(activity["splits"]["km"]) == 6
    assert len(activity["laps"]) == 3
    assert activity["contentSha256"] == hashlib.sha256(content).hexdigest()
    assert {"heartRate", "pace", "speed", "latitude"} <= set(activity["streamKeys"])
    assert [effort["distanceM"] for effort in activity["bestEfforts"] if effort["kind"] == "distance"][:3] == [
        400, 800, 1000,
    ]  # fmt: skip
    assert ingest.stored_files() == [f"{ingest.runner.user_id}/{hashlib.sha256(content).hexdigest()}"]
    assert await ingest.events() == ["activity.imported"]


async def test_originals_are_readable_by_the_service_alone(ingest: IngestUnderTest):
    await ingest.import_one(build_fit())
    for path in ingest.settings.objects_dir.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


async def test_the_same_file_twice_is_a_duplicate(ingest: IngestUnderTest):
    first = await ingest.import_one(build_fit())
    again = await ingest.import_one(build_fit())
    assert again["status"] == "duplicate"
    assert again["activityId"] == first["activityId"]
    assert len(await ingest.activities()) == 1
    assert await ingest.events() == ["activity.imported"]


async def test_the_same_import_a_hundred_times_leaves_the_same_rows(ingest: IngestUnderTest):
    content = build_fit(duration_s=120)
    results = await asyncio.gather(*(ingest.import_one(content) for _ in range(100)))
    assert sorted(result["status"] for result in results) == ["duplicate"] * 99 + ["imported"]
    assert len({result["activityId"] for result in results}) == 1
    (counts,) = await ingest.sql(
        "SELECT (SELECT count(*) FROM activity) AS activities, (SELECT count(*) FROM activity_source) AS sources,"
        " (SELECT count(*) FROM activity_stream) AS blocks"
    )
    assert tuple(counts) == (1, 1, 1)
    assert len(ingest.stored_files()) == 1


@pytest.mark.parametrize(("first", "then"), [(build_fit, build_tcx), (build_tcx, build_fit), (build_gpx, build_fit)])
async def test_one_run_in_two_formats_is_one_activity_and_the_richer_one_stays(ingest: IngestUnderTest, first, then):
    await ingest.import_one(first())
    await ingest.import_one(then())
    (item,) = await ingest.activities()
    detail = (await ingest.call("GET", f"/api/v1/activities/{item['id']}")).json
    assert detail["fileFormat"] == "fit"
    assert detail["version"] == (1 if first is build_fit else 2)
    assert len(ingest.stored_files()) == 2
    assert len(await ingest.sql("SELECT 1 FROM activity_source")) == 2


async def test_a_deleted_run_is_gone_with_its_original_and_an_upload_restores_it(ingest: IngestUnderTest):
    result = await ingest.import_one(build_gpx())
    path = f"/api/v1/activities/{result['activityId']}"
    assert (await ingest.call("DELETE", path)).status == 204
    assert (await ingest.call("GET", path)).code == "NOT_FOUND"
    assert (await ingest.call("GET", f"{path}/streams")).code == "NOT_FOUND"
    assert (await ingest.call("DELETE", path)).code == "NOT_FOUND"
    assert await ingest.activities() == []
    (row,) = await ingest.sql("SELECT name_sealed, details::text FROM activity")
    assert (row["name_sealed"], row["details"]) == (None, "{}")
    again = await ingest.import_one(build_gpx())
    assert (again["status"], again["activityId"]) == ("imported", result["activityId"])
    assert (await ingest.call("GET", path)).json["name"] == "Test run"
    assert await ingest.events() == ["activity.imported", "activity.deleted", "activity.imported"]


async def test_a_bad_file_costs_the_others_nothing(ingest: IngestUnderTest):
    files = {
        "one.fit": build_fit(),
        "bad.fit": garbage(),
        "empty.fit": b"",
        "settings.fit": settings_fit(),
        "two.gpx": build_gpx(start=RUN.start + dt.timedelta(days=1)),
        "three.fit.gz": gzipped(build_fit(start=RUN.start + dt.timedelta(days=2))),
    }
    answer = await ingest.upload(files)
    assert answer.status == 200
    results = {result["fileName"]: result for result in answer.json["results"]}
    assert {name: result["status"] for name, result in results.items()} == {
        "one.fit": "imported", "bad.fit": "failed", "empty.fit": "failed", "settings.fit": "skipped",
        "two.gpx": "imported", "three.fit.gz": "imported",
    }  # fmt: skip
    assert results["bad.fit"]["error"]["code"] == "ACTIVITY_FILE_INVALID"
    assert results["settings.fit"]["kind"] == "settings"
    assert len(await ingest.activities()) == 3
    assert not any("incoming" in name for name in ingest.stored_files())


async def test_a_file_past_the_limit_fails_alone(ingest: IngestUnderTest):
    answer = await ingest.upload({"huge.fit": bytes(64 * 1024 * 1024 + 1), "run.fit": build_fit()})
    assert answer.status == 200
    huge, run = answer.json["results"]
    assert (huge["status"], huge["error"]["code"]) == ("failed", "PAYLOAD_TOO_LARGE")
    assert run["status"] == "imported"


async def test_a_multisport_file_gives_an_activity_per_session(ingest: IngestUnderTest):
    ride = ShortRun(sport="cycling", pace_s_per_km=120.0)
    run = ShortRun(start=ride.start + dt.timedelta(minutes=35))
    result = await ingest.import_one(build_multisport_fit(ride, run))
    assert len(result["activityIds"]) == 2
    assert [item["sport"] for item in await ingest.activities()] == ["running", "cycling"]


async def test_two_runners_never_see_each_other(ingest: IngestUnderTest):
    other = a_runner()
    mine = await ingest.import_one(build_fit())
    theirs = await ingest.import_one(build_fit(), caller=other)
    assert theirs["status"] == "imported"
    assert theirs["activityId"] != mine["activityId"]
    for path in ("", "/streams", "/export.fit"):
        assert (await ingest.call("GET", f"/api/v1/activities/{theirs['activityId']}{path}")).code == "NOT_FOUND"
    assert (await ingest.call("DELETE", f"/api/v1/activities/{theirs['activityId']}")).code == "NOT_FOUND"
    assert [item["id"] for item in await ingest.activities()] == [mine["activityId"]]
    assert len(await ingest.activities(caller=other)) == 1


async def test_names_and_serial_numbers_are_not_readable_in_the_database(ingest: IngestUnderTest):
    await ingest.import_one(build_gpx())
    await ingest.import_one(build_tcx(start=RUN.start + dt.timedelta(days=1)))
    rows = await ingest.sql("SELECT activity::text AS whole FROM activity")
    assert all("Test run" not in row["whole"] and "1234567" not in row["whole"] for row in rows)


async def test_a_failing_statement_leaves_nothing_behind_and_a_retry_converges(ingest: IngestUnderTest):
    await ingest.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;")
    for table in ("activity", "activity_stream", "activity_source", "pgqueuer"):
        await ingest.sql(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} EXECUTE FUNCTION refuse()")
        result = await ingest.import_one(build_fit())
        assert (result["status"], result["error"]["code"]) == ("failed", "INTERNAL_ERROR")
        assert await ingest.activities() == []
        (count,) = await ingest.sql("SELECT count(*) FROM activity_source")
        assert count[0] == 0
        # A recording is kept, so that the fault can be made good; the ledger says so.
        (row,) = await ingest.sql("SELECT outcome, original_kept FROM ingest_ledger")
        assert (tuple(row), len(ingest.stored_files())) == (("failed", True), 1)
        await ingest.sql(f"DROP TRIGGER refuse ON {table}")
    assert (await ingest.import_one(build_fit()))["status"] == "imported"


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"json": {}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"data": b""}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "VALIDATION_ERROR"),
        ({"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400, "VALIDATION_ERROR"),
        (
            {"data": b"--b\r\n\r\nbody without an end", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
            None,
            "VALIDATION_ERROR",
        ),
        (
            {"data": b"--b--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
            422,
            "VALIDATION_ERROR",
        ),
    ],
)
async def test_a_body_that_is_no_form_of_files_is_refused(ingest: IngestUnderTest, options, status, code):
    answer = await ingest.call("POST", IMPORT, **options)
    assert answer.code == code
    assert answer.status == status or (status is None and answer.status in {400, 422})
    assert ingest.stored_files() == []


async def test_another_field_is_refused_by_its_name(ingest: IngestUnderTest):
    form = aiohttp.FormData()
    form.add_field("file", build_fit(), filename="run.fit")
    form.add_field("note", "hello")
    answer = await ingest.call("POST", IMPORT, data=form)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == "note"
    assert ingest.stored_files() == []


async def test_hostile_file_names_are_shown_harmlessly_and_never_opened(ingest: IngestUnderTest):
    answer = await ingest.upload({"../../../tmp/evil\u202egpx.fit": build_fit()})
    (result,) = answer.json["results"]
    assert result["status"] == "imported"
    assert "/" not in result["fileName"]
    assert "\u202e" not in result["fileName"]


async def test_an_idempotency_key_gives_the_same_answer_again(ingest: IngestUnderTest):
    first = await ingest.upload({"run.fit": build_fit()}, **{"Idempotency-Key": "k-1"})
    again = await ingest.upload({"run.fit": build_fit()}, **{"Idempotency-Key": "k-1"})
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await ingest.upload({"run.fit": build_gpx()}, **{"Idempotency-Key": "k-1"})
    assert (other.status, other.code) == (409, "IDEMPOTENCY_CONFLICT")


async def test_the_original_comes_back_byte_for_byte(ingest: IngestUnderTest):
    content = gzipped(build_tcx())
    answer = await ingest.upload({"morning.tcx.gz": content})
    activity_id = answer.json["results"][0]["activityId"]
    exported = await ingest.call("GET", f"/api/v1/activities/{activity_id}/export.fit", auto_decompress=False)
    assert exported.body == content
    assert exported.headers["Content-Type"] == "application/gzip"
    assert exported.headers["Content-Disposition"] == 'attachment; filename="2026-03-01-running.tcx.gz"'
    assert exported.headers["Cache-Control"] == "no-store"
