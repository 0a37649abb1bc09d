"""Events about activities become metrics in the background, once, in any order, and never after a deletion."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack, asynccontextmanager

from services.coach_agent.storage.outdated import queue_outdated
from services.coach_agent.storage.run_metrics import PostgresRunMetricsStore
from services.coach_agent.worker import create_worker
from shared.clock import SystemClock
from shared.ids import uuid7
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner, eventually

YESTERDAY = SystemClock().now().date() - dt.timedelta(days=1)


def event(kind, runner, activity_id, version=1):
    return {
        "id": str(uuid7()), "kind": kind, "userId": str(runner.user_id), "aggregate": activity_id, "version": version,
        "occurredAt": "2026-11-20T07:00:00Z",
        "payload": {
            "userId": str(runner.user_id), "activityId": activity_id, "version": version, "sport": "running",
            "startTime": "2026-11-20T07:00:00Z",
        },
    }  # fmt: skip


async def deliver(coach: CoachUnderTest, sent, issuer="garmin_ingest"):
    return await coach.service(issuer, "POST", "/internal/events", json=sent)


@asynccontextmanager
async def working(coach: CoachUnderTest):
    async with AsyncExitStack() as stack:
        worker, _ = await create_worker(coach.settings, stack)
        stopping = asyncio.Event()
        running = asyncio.create_task(worker.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            await running


async def test_an_imported_activity_is_measured_before_anybody_asks(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    activity_id = coach.ingest.recordings[ada.user_id][0].item["id"]
    assert (await deliver(coach, event("activity.imported", ada, activity_id))).status == 204
    store = PostgresRunMetricsStore(database)

    async def measured() -> bool:
        return await store.data_version(ada.user_id) == 1

    async with working(coach):
        await eventually(measured)
    coach.ingest.calls.clear()
    assert (await coach.ask(ada, "Analyze my last run")).status == 200
    assert set(coach.ingest.calls) == {"GET /api/v1/activities", "GET /api/v1/wellness"}


async def test_an_event_delivered_twice_or_late_has_one_effect(coach: CoachUnderTest, database: Database):
    ada, activity_id = a_runner(), str(uuid7())
    updated = event("activity.updated", ada, activity_id, version=2)
    for sent in (updated, updated, event("activity.imported", ada, activity_id, version=1)):
        assert (await deliver(coach, sent)).status == 204
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'measure_activity'") == 1


async def test_a_group_of_events_has_the_effect_of_each(coach: CoachUnderTest, database: Database):
    ada, gone = a_runner(), str(uuid7())
    group = [event("activity.imported", ada, str(uuid7())) for _ in range(3)] + [event("activity.deleted", ada, gone)]
    for _ in range(2):
        answer = await coach.service("garmin_ingest", "POST", "/internal/events/groups", json={"events": group})
        assert answer.status == 204
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'measure_activity'") == 3
        assert str(await connection.fetchval("SELECT activity_id FROM deleted_activity")) == gone
    refused = await coach.service("garmin_ingest", "POST", "/internal/events/groups", json={"events": []})
    assert refused.status == 422


async def test_a_deleted_activity_is_forgotten_and_stays_so(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    await coach.ask(ada, "Analyze my last run")
    activity = coach.ingest.recordings[ada.user_id][0]
    store = PostgresRunMetricsStore(database)
    [kept] = (await store.load(ada.user_id, [activity.item["id"]])).values()
    await deliver(coach, event("activity.deleted", ada, activity.item["id"], version=2))
    assert not await store.load(ada.user_id, [activity.item["id"]])
    await store.keep(ada.user_id, kept)
    assert not await store.load(ada.user_id, [activity.item["id"]])


async def test_an_activity_restored_by_hand_counts_again(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    activity_id = coach.ingest.recordings[ada.user_id][0].item["id"]
    await deliver(coach, event("activity.deleted", ada, activity_id, version=2))
    coach.ingest.recordings[ada.user_id] = [recording(YESTERDAY, id=activity_id, version=3)]
    assert (await coach.ask(ada, "Analyze my last run")).status == 200
    assert await PostgresRunMetricsStore(database).load(ada.user_id, [activity_id])


async def test_the_chart_of_a_deleted_run_is_gone(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    chart = (await coach.ask(ada, "Analyze my last run")).json["reply"]["charts"][0]
    activity_id = coach.ingest.recordings[ada.user_id][0].item["id"]
    await deliver(coach, event("activity.deleted", ada, activity_id, version=2))
    assert (await coach.user(ada, "GET", f"/api/v1/charts/{chart['id']}")).status == 404


async def test_only_the_importer_may_bring_events(coach: CoachUnderTest):
    ada = a_runner()
    sent = event("activity.imported", ada, str(uuid7()))
    assert (await deliver(coach, sent, issuer="subscription")).status == 401
    assert (await coach.user(ada, "POST", "/internal/events", json=sent)).status == 401


async def test_a_job_for_an_activity_deleted_meanwhile_is_done(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    await deliver(coach, event("activity.imported", ada, str(uuid7())))

    async def done() -> bool:
        async with database.connection() as connection:
            return not await connection.fetchval("SELECT count(*) FROM pgqueuer")

    async with working(coach):
        await eventually(done)


async def test_what_an_older_formula_measured_is_measured_again_by_itself(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    run = recording(YESTERDAY)
    coach.ingest.add(ada.user_id, run)
    assert (await coach.ask(ada, "Analyze my last run")).status == 200

    async def formula() -> int:
        async with database.connection() as connection:
            return await connection.fetchval("SELECT formula_version FROM run_metrics WHERE user_id = $1", ada.user_id)

    current = await formula()
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE run_metrics SET formula_version = formula_version - 1, measured_at = now() - interval '2 hours'"
            " WHERE user_id = $1", ada.user_id,
        )  # fmt: skip

    async def is_current() -> bool:
        return await formula() == current

    async with working(coach):
        await eventually(is_current)


async def test_metrics_that_cannot_be_measured_again_are_left_alone_for_an_hour(
    coach: CoachUnderTest, database: Database
):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    assert (await coach.ask(ada, "Analyze my last run")).status == 200
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE run_metrics SET formula_version = 0, measured_at = now() - interval '2 hours' WHERE user_id = $1",
            ada.user_id,
        )  # fmt: skip
    for _ in range(2):
        await queue_outdated(database, limit=10)
    async with database.connection() as connection:
        queued = await connection.fetch("SELECT priority FROM pgqueuer WHERE entrypoint = 'measure_activity'")
        await connection.execute("DELETE FROM pgqueuer")
    assert [job["priority"] for job in queued] == [-1]
    await queue_outdated(database, limit=10)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer") == 0
