from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from aiohttp import web

from tests.service.garmin_ingest.ingest import IngestUnderTest, Listener
from tests.support.builders import ShortRun, build_fit, build_gpx, build_tcx
from tests.support.builders_damage import garbage
from tests.support.builders_zip import zip_bomb, zip_of
from tests.support.postgres import PROJECT
from tests.support.service import NOWHERE, a_runner, eventually

START = ShortRun().start


def _days(count: int, *, first: int = 0) -> dict[str, bytes]:
    return {
        f"activities/{day:03}.fit": build_fit(start=START + dt.timedelta(days=day), duration_s=120)
        for day in range(first, first + count)
    }


async def _queued(ingest: IngestUnderTest, files: dict[str, bytes]) -> str:
    answer = await ingest.upload(files)
    assert answer.status == 202, answer.body
    return answer.json["jobId"]


async def _finished(ingest: IngestUnderTest, job_id: str, *, within_s: float = 20.0) -> dict:
    async def is_over() -> bool:
        return (await ingest.job(job_id))["state"] in {"succeeded", "failed", "dead"}

    await eventually(is_over, within_s=within_s)
    return await ingest.job(job_id)


async def test_a_zip_is_imported_by_a_job_with_an_outcome_for_each_entry(ingest: IngestUnderTest):
    export = {
        "DI_CONNECT/user.json": b"{}",
        "DI_CONNECT/bad.fit": garbage(),
        "DI_CONNECT/same.tcx": build_tcx(start=START, duration_s=120),
        "DI_CONNECT/Part1.zip": zip_of({"inner/b.gpx": build_gpx(start=START - dt.timedelta(days=1))}),
        **_days(2),
    }
    job_id = await _queued(ingest, {"export.zip": zip_of(export)})
    queued = await ingest.job(job_id)
    assert (queued["kind"], queued["state"], queued["progress"]) == ("import", "queued", {"done": 0, "total": 1})
    async with ingest.worker():
        job = await _finished(ingest, job_id)
    assert job["state"] == "succeeded"
    assert job["progress"] == {"done": 5, "total": 5}
    assert job["counts"] == Counter(item["status"] for item in job["items"])
    assert {item["fileName"]: item["status"] for item in job["items"]} == {
        "DI_CONNECT/bad.fit": "failed", "DI_CONNECT/same.tcx": "imported", "activities/000.fit": "imported",
        "activities/001.fit": "imported", "inner/b.gpx": "imported",
    }  # fmt: skip
    # The FIT file of the first day is richer than the TCX that came before it, and replaced it.
    assert len(await ingest.activities()) == 3
    assert not any("incoming" in name for name in ingest.stored_files())
    assert [listed["id"] for listed in (await ingest.call("GET", "/api/v1/jobs")).json["items"]] == [job_id]


async def test_more_than_eight_mebibytes_are_a_job_too(ingest: IngestUnderTest):
    files = {
        "big.gpx": build_gpx() + b" " * (9 * 1024 * 1024),
        "run.fit": build_fit(start=START + dt.timedelta(days=1)),
    }
    job_id = await _queued(ingest, files)
    async with ingest.worker():
        job = await _finished(ingest, job_id)
    assert [item["status"] for item in job["items"]] == ["imported", "imported"]


async def test_another_runners_job_is_not_found(ingest: IngestUnderTest):
    job_id = await _queued(ingest, {"a.zip": zip_of(_days(1))})
    answer = await ingest.call("GET", f"/api/v1/jobs/{job_id}", caller=a_runner())
    assert answer.code == "NOT_FOUND"
    assert (await ingest.call("GET", "/api/v1/jobs", caller=a_runner())).json["items"] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zip_of({"readme.txt": b"hello"}), "holds no FIT"),
        (zip_of(_days(1))[:-40], "damaged or incomplete"),
    ],
)
async def test_a_zip_that_gives_nothing_says_why(ingest: IngestUnderTest, content, words):
    job_id = await _queued(ingest, {"a.zip": content})
    async with ingest.worker():
        job = await _finished(ingest, job_id)
    assert job["state"] == "succeeded"
    assert (job["items"][0]["status"], job["items"][0]["error"]["code"]) == ("failed", "ACTIVITY_FILE_INVALID")
    assert words in job["items"][0]["error"]["message"]


async def test_a_zip_bomb_fails_entry_by_entry_and_fills_no_disk(ingest: IngestUnderTest):
    job_id = await _queued(ingest, {"bomb.zip": zip_bomb(entries=5)})
    async with ingest.worker():
        job = await _finished(ingest, job_id)
    assert {item["error"]["code"] for item in job["items"]} == {"ACTIVITY_FILE_INVALID"}
    assert ingest.stored_files() == []


async def test_the_job_and_its_work_are_queued_together_or_not_at_all(ingest: IngestUnderTest):
    await ingest.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
    await ingest.sql("CREATE TRIGGER refuse BEFORE INSERT ON pgqueuer EXECUTE FUNCTION refuse()")
    assert (await ingest.upload({"a.zip": zip_of(_days(1))})).status == 500
    assert await ingest.sql("SELECT 1 FROM job") == []
    assert ingest.stored_files() == []


async def test_a_job_goes_on_where_a_killed_worker_left_it(ingest: IngestUnderTest):
    """kill -9 in the middle is not held against it; each run is there once, and the outcomes say so."""
    job_id = await _queued(ingest, {"many.zip": zip_of(_days(60))})

    async def some_are_done() -> bool:
        held = "SELECT FROM job_delivery JOIN pgqueuer ON id = job_id WHERE entrypoint = 'import_files'"
        return (await ingest.job(job_id))["progress"]["done"] >= 5 and not await ingest.sql(held)

    with worker_process(ingest) as process:
        await eventually(some_are_done, within_s=30)
        process.send_signal(signal.SIGKILL)
    halfway = await ingest.job(job_id)
    assert halfway["state"] == "running"
    assert halfway["progress"]["done"] < 60
    # The heart-beat's time-out passes: told to the queue instead of waited for.
    await ingest.sql("UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 minute'")
    async with ingest.worker():
        job = await _finished(ingest, job_id, within_s=40)
    assert job["progress"] == {"done": 60, "total": 60}
    assert {item["status"] for item in job["items"]} == {"imported"}
    (count,) = await ingest.sql("SELECT count(*) FROM activity")
    assert count[0] == 60


async def _let_the_database_go_down(ingest: IngestUnderTest) -> None:
    await ingest.sql(
        "CREATE FUNCTION going_down() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'the administrator stops me' USING ERRCODE = 'admin_shutdown'; END $$"
    )
    await ingest.sql("CREATE TRIGGER going_down BEFORE INSERT ON activity EXECUTE FUNCTION going_down()")


async def test_a_job_that_meets_a_database_going_down_waits_and_then_finishes(ingest: IngestUnderTest):
    await _let_the_database_go_down(ingest)
    job_id = await _queued(ingest, {"a.zip": zip_of(_days(2))})

    async def waits() -> bool:
        job = await ingest.job(job_id)
        return job["state"] == "queued" and job["attempts"] > 0 and job["nextRetryAt"] is not None

    async with ingest.worker():
        await eventually(waits)
        await ingest.sql("DROP TRIGGER going_down ON activity")
        job = await _finished(ingest, job_id, within_s=30)
    assert [item["status"] for item in job["items"]] == ["imported", "imported"]
    assert job["attempts"] > 1


async def test_a_dead_job_keeps_its_files_and_its_reason_and_can_be_queued_again(ingest: IngestUnderTest):
    job_id = await _queued(ingest, {"a.zip": zip_of(_days(2))})
    await _let_the_database_go_down(ingest)
    # It has been tried for as long as an import is.
    await ingest.sql("UPDATE pgqueuer SET created = now() - interval '7 hours'")

    async def is_parked() -> bool:
        return bool(await ingest.sql("SELECT 1 FROM pgqueuer WHERE status = 'failed'"))

    async with ingest.worker():
        await eventually(is_parked)
        dead = await ingest.job(job_id)
        assert (dead["state"], dead["error"]["code"]) == ("dead", "UPSTREAM_UNAVAILABLE")
        assert dead["error"]["message"]
        await ingest.sql("DROP TRIGGER going_down ON activity")
        admin = a_runner(roles=frozenset({"admin"}))
        (letter,) = (await ingest.call("GET", "/api/v1/admin/dead-letters", caller=admin)).json["items"]
        retried = await ingest.call("POST", f"/api/v1/admin/dead-letters/{letter['id']}/retry", caller=admin)
        assert retried.status == 202

        async def is_done() -> bool:
            return (await ingest.job(job_id))["state"] == "succeeded"

        await eventually(is_done, within_s=20)
    job = await ingest.job(job_id)
    assert [item["status"] for item in job["items"]] == ["imported", "imported"]
    assert job["error"] is None
    assert not any("incoming" in name for name in ingest.stored_files())


async def test_a_failing_job_is_tried_for_hours_and_not_five_times(ingest: IngestUnderTest):
    job_id = await _queued(ingest, {"a.zip": zip_of(_days(1))})
    await _let_the_database_go_down(ingest)
    await ingest.sql("UPDATE pgqueuer SET attempts = 20")

    async def was_tried() -> bool:
        rows = await ingest.sql("SELECT attempts FROM pgqueuer WHERE entrypoint = 'import_files'")
        return rows[0]["attempts"] == 21

    async with ingest.worker():
        await eventually(was_tried)
    assert (await ingest.job(job_id))["state"] != "dead"


async def test_a_starting_worker_sweeps_what_no_job_wants_and_nothing_else(ingest: IngestUnderTest):
    """A week without a worker: the job's upload is as old as the leftover of a process that died."""
    job_id = await _queued(ingest, {"a.zip": zip_of(_days(1))})
    (upload,) = ingest.stored_files()
    wanted = ingest.settings.objects_dir / upload
    leftover, fresh = wanted.with_name("leftover"), wanted.with_name("fresh")
    leftover.write_bytes(b"half a file")
    fresh.write_bytes(b"arriving")
    week_ago = time.time() - 7 * 86400
    for path in (wanted, leftover):
        os.utime(path, (week_ago, week_ago))
    async with ingest.worker():
        assert (await _finished(ingest, job_id))["items"][0]["status"] == "imported"
    assert not leftover.exists()
    assert fresh.exists()


def worker_process(ingest: IngestUnderTest) -> subprocess.Popen[bytes]:
    settings = ingest.settings
    urls = {f"PACE42_{name}_URL": NOWHERE for name in ("AUTH", "GARMIN_INGEST", "COACH_AGENT", "SUBSCRIPTION")}
    environment = {
        "GARMIN_INGEST_DATABASE_URL": settings.database_url.get_secret_value(),
        "GARMIN_INGEST_OBJECTS_DIR": str(settings.objects_dir),
        "PACE42_REDIS_URL": "redis://127.0.0.1:9",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "services.garmin_ingest.worker"],
        cwd=PROJECT,
        env=os.environ | urls | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def test_deleting_removes_the_original_but_not_one_that_is_used_again(ingest: IngestUnderTest):
    kept = await ingest.import_one(build_fit())
    gone = await ingest.import_one(build_fit(start=START + dt.timedelta(days=1)))
    await ingest.call("DELETE", f"/api/v1/activities/{kept['activityId']}")
    await ingest.call("DELETE", f"/api/v1/activities/{gone['activityId']}")
    await ingest.import_one(build_fit())

    async def one_is_left() -> bool:
        rows = await ingest.sql("SELECT 1 FROM pgqueuer WHERE entrypoint = 'remove_original'")
        return not rows

    async with ingest.worker():
        await eventually(one_is_left)
    assert len(ingest.stored_files()) == 1
    exported = await ingest.call("GET", f"/api/v1/activities/{kept['activityId']}/export.fit")
    assert exported.body == build_fit()


async def test_coach_agent_hears_of_each_activity(ingest: IngestUnderTest):
    listener = Listener()
    app = web.Application()
    app.router.add_post("/internal/events", listener.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    ingest.settings = ingest.settings.model_copy(update={"coach_agent_url": f"http://127.0.0.1:{port}"})
    try:
        result = await ingest.import_one(build_fit())

        async def heard() -> bool:
            return bool(listener.events)

        async with ingest.worker():
            await eventually(heard)
    finally:
        await runner.cleanup()
    (event,) = listener.events
    assert (event["kind"], event["aggregate"], event["version"]) == ("activity.imported", result["activityId"], 1)
    assert event["payload"] == {
        "userId": str(ingest.runner.user_id), "activityId": result["activityId"], "version": 1, "sport": "running",
        "startTime": "2026-03-01T07:00:00Z",
    }  # fmt: skip


async def test_a_restart_of_the_worker_between_jobs_loses_none(ingest: IngestUnderTest):
    job_ids = [await _queued(ingest, {"a.zip": zip_of(_days(1, first=day))}) for day in range(3)]
    async with ingest.worker():
        await asyncio.sleep(0)
    async with ingest.worker():
        for job_id in job_ids:
            assert (await _finished(ingest, job_id))["state"] == "succeeded"
    assert len(await ingest.activities()) == 3
