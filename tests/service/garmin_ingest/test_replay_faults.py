"""Reading originals again while things break, and while runners import."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal

import pytest

from services.garmin_ingest.clients.originals import FolderOriginals
from services.garmin_ingest.domain import replay as module
from shared.errors import UpstreamUnavailable
from tests.service.garmin_ingest import replaying
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.service.garmin_ingest.replaying import job_of, make_old, start
from tests.service.garmin_ingest.test_jobs import worker_process
from tests.support.builders import ShortRun, build_fit
from tests.support.builders_zip import zip_of
from tests.support.service import a_runner, eventually

START = ShortRun().start
COUNT = 10


@pytest.fixture
async def old_runs(ingest: IngestUnderTest) -> IngestUnderTest:
    """Runs of two runners, read without heart rate by an older decoder; events wait, as nobody hears them."""
    await ingest.sql(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.execute_after := now() + interval '1 day'; RETURN NEW; END $$"
    )
    await ingest.sql(
        "CREATE TRIGGER later BEFORE INSERT ON pgqueuer FOR EACH ROW WHEN (NEW.entrypoint = 'deliver_event')"
        " EXECUTE FUNCTION later()"
    )
    runners = (ingest.runner, a_runner())
    with replaying.older_decoder(replaying.without_heart_rate):
        for at, caller in enumerate(runners):
            days = range(at, COUNT, 2)
            files = {f"{day}.fit": build_fit(start=START + dt.timedelta(days=day), duration_s=120) for day in days}
            assert (await ingest.upload(files, caller=caller)).status == 200
    return ingest


async def all_are_updated_once(ingest: IngestUnderTest, job: dict) -> None:
    assert job["progress"] == {"done": COUNT, "total": COUNT}
    assert {item["status"] for item in job["items"]} == {"updated"}
    assert all("heartRate samples 0 → 121" in item["changes"] for item in job["items"])
    rows = await ingest.sql("SELECT DISTINCT version, average_heart_rate_bpm::int FROM activity")
    assert [tuple(row) for row in rows] == [(2, 150)]
    assert (await ingest.events()).count("activity.updated") == COUNT


async def test_a_replay_goes_on_where_a_killed_worker_left_it(old_runs: IngestUnderTest):
    job_id = await start(old_runs)

    async def some_are_done() -> bool:
        return (await job_of(old_runs, job_id))["progress"]["done"] >= 2

    # Slow enough to be killed in the middle.
    await old_runs.sql(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END $$"
    )
    await old_runs.sql("CREATE TRIGGER slow BEFORE UPDATE ON activity FOR EACH ROW EXECUTE FUNCTION slow()")
    with worker_process(old_runs) as process:
        await eventually(some_are_done, within_s=30)
        process.send_signal(signal.SIGKILL)
    assert (await job_of(old_runs, job_id))["progress"]["done"] < COUNT
    # The heart-beat's time-out passes: told to the queue instead of waited for.
    await old_runs.sql("UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 minute'")
    await all_are_updated_once(old_runs, await replaying.finished(old_runs, job_id, within_s=40))


async def test_a_replay_in_slices_lets_imports_go_first(old_runs: IngestUnderTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_SLICE_S", 0.0)
    job_id = await start(old_runs)
    archive = zip_of({"new.fit": build_fit(start=START - dt.timedelta(days=3))})
    imported = (await old_runs.upload({"new.zip": archive})).json["jobId"]
    job = await replaying.finished(old_runs, job_id)
    assert {item["status"] for item in job["items"]} == {"updated"}
    assert (await old_runs.events()).count("activity.updated") == COUNT
    order = await old_runs.sql("SELECT job_id::text FROM job ORDER BY updated_at")
    assert [row["job_id"] for row in order] == [imported, job_id]
    assert job["attempts"] == 1


async def test_two_replays_at_once_change_everything_once(old_runs: IngestUnderTest):
    first, second = await start(old_runs), await start(old_runs)
    async with asyncio.timeout(40):
        jobs = [await replaying.finished(old_runs, job_id, within_s=30) for job_id in (first, second)]
    statuses = [item["status"] for job in jobs for item in job["items"]]
    assert (statuses.count("updated"), statuses.count("unchanged")) == (COUNT, COUNT)
    assert (await old_runs.events()).count("activity.updated") == COUNT


async def test_an_original_that_is_gone_or_damaged_fails_and_the_others_go_on(old_runs: IngestUnderTest):
    gone, damaged = [old_runs.settings.objects_dir / name for name in old_runs.stored_files()[:2]]
    gone.unlink()
    os.truncate(damaged, 100)
    job = await replaying.finished(old_runs, await start(old_runs))
    failures = {item["fileName"]: item["error"]["code"] for item in job["items"] if item["status"] == "failed"}
    assert failures == {gone.name: "NOT_FOUND", damaged.name: "ACTIVITY_FILE_INVALID"}
    assert [item["status"] for item in job["items"]].count("updated") == COUNT - 2
    assert not any("incoming" in name for name in old_runs.stored_files())


async def test_a_store_that_is_away_is_waited_for(ingest: IngestUnderTest, monkeypatch: pytest.MonkeyPatch):
    await ingest.import_one(build_fit())
    await make_old(ingest)
    job_id = await start(ingest)
    read = FolderOriginals.read

    async def away(*_):
        raise UpstreamUnavailable("The store is away.")
        yield b""

    monkeypatch.setattr(FolderOriginals, "read", away)

    async def waits() -> bool:
        job = await job_of(ingest, job_id)
        return job["state"] == "queued" and job["attempts"] > 0

    async with ingest.worker():
        await eventually(waits)
    monkeypatch.setattr(FolderOriginals, "read", read)
    job = await replaying.finished(ingest, job_id)
    assert [item["status"] for item in job["items"]] == ["unchanged"]
    assert job["attempts"] > 1


async def test_a_bug_that_one_original_meets_costs_no_other(old_runs: IngestUnderTest, monkeypatch: pytest.MonkeyPatch):
    real = module.differences
    seen: list[object] = []

    def trip_once(before, after):
        seen.append(before)
        if len(seen) == 1:
            raise ZeroDivisionError
        return real(before, after)

    monkeypatch.setattr(module, "differences", trip_once)
    job = await replaying.finished(old_runs, await start(old_runs))
    assert sorted(item["status"] for item in job["items"]) == ["failed"] + ["updated"] * (COUNT - 1)
    (code,) = [item["error"]["code"] for item in job["items"] if item["status"] == "failed"]
    assert code == "INTERNAL_ERROR"
    assert (await old_runs.events()).count("activity.updated") == COUNT - 1


async def test_only_the_originals_that_are_wanted_are_read(old_runs: IngestUnderTest):
    mine = str(old_runs.runner.user_id)
    job = await replaying.finished(old_runs, await start(old_runs, userId=mine, decoder=replaying.OLD))
    assert job["progress"]["total"] == COUNT // 2
    assert {item["userId"] for item in job["items"]} == {mine}
    none = await replaying.finished(old_runs, await start(old_runs, outcome="failed"))
    assert none["progress"] == {"done": 0, "total": 0}
