"""Syncs over time: due by the schedule, one of a runner at a time, stopped, killed, and going on."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import signal
from contextlib import AsyncExitStack

import pytest

from services.garmin_ingest.domain.garmin.sync import next_sync_after
from services.garmin_ingest.parts import open_parts
from shared.periodic import Periodic
from tests.service.garmin_ingest.syncing import Syncing, days_ago, worker_process
from tests.support.service import a_runner, eventually

DOWNLOAD = "/download-service/"
HOUR = dt.timedelta(hours=1)


async def test_due_syncs_are_queued_once_by_any_number_of_workers_and_come_again_in_six_hours(syncing: Syncing):
    runners = [a_runner() for _ in range(12)]
    for number, runner in enumerate(runners):
        await syncing.link(syncing.account(f"runner{number}@example.com"), caller=runner)
    await syncing.sql("UPDATE job SET state = 'succeeded'")
    await syncing.sql("UPDATE garmin_connection SET next_sync_at = now() - interval '1 minute'")
    await syncing.sql("UPDATE garmin_connection SET state = 'broken' WHERE user_id = $1", runners[0].user_id)
    async with AsyncExitStack() as stack:
        workers = [await open_parts(syncing.settings, stack, sources=syncing.sources) for _ in range(4)]
        await asyncio.gather(*(parts.sync.requests.queue_due() for parts in workers * 3))
    rows = await syncing.sql("SELECT user_id FROM job WHERE state = 'queued' ORDER BY user_id")
    assert [row["user_id"] for row in rows] == sorted(runner.user_id for runner in runners[1:])
    waits = await syncing.sql("SELECT next_sync_at - now() AS wait FROM garmin_connection WHERE state = 'connected'")
    assert all(5 * HOUR < row["wait"] < 7 * HOUR for row in waits)
    assert len({row["wait"] for row in waits}) == 11


def test_syncs_are_spread_by_a_tenth_of_their_distance():
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    random.seed(7)
    waits = [(next_sync_after(now) - now) / HOUR for _ in range(500)]
    assert 5.4 <= min(waits) < 5.5
    assert 6.5 < max(waits) <= 6.6


async def test_the_schedule_outlives_an_outage_of_the_database(syncing: Syncing):
    await syncing.link(syncing.account())
    async with syncing.worker():
        await syncing.over()
    stopping = asyncio.Event()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        parts = await open_parts(syncing.settings, stack, sources=syncing.sources)
        tasks.create_task(Periodic("due syncs", 0.05, parts.sync.requests.queue_due).run(stopping))
        await syncing.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        await syncing.sql("UPDATE garmin_connection SET next_sync_at = now()")

        async def is_queued() -> bool:
            return bool(await syncing.sql("SELECT FROM job WHERE state = 'queued'"))

        await eventually(is_queued)
        stopping.set()


async def test_two_syncs_of_a_runner_take_turns_and_the_one_that_waits_holds_no_place(syncing: Syncing):
    account, other = syncing.account(), a_runner()
    syncing.run(account, ago=1)
    await syncing.link(account)
    await syncing.link(syncing.account("other@example.com"), caller=other)
    await syncing.ask(days_ago(10).date(), days_ago(1).date())
    slow = syncing.world.misbehave(DOWNLOAD, "slow", seconds=2.0)
    async with syncing.worker():

        async def is_downloading() -> bool:
            return syncing.world.asked(DOWNLOAD) > 0

        async def others_is_over() -> bool:
            return (await syncing.jobs(caller=other))[0]["state"] == "succeeded"

        await eventually(is_downloading)
        await eventually(others_is_over)
        states = {job["state"] for job in await syncing.jobs()}
        assert states == {"queued", "running"}, "the other runner's sync did not wait for these"
        await syncing.over(in_haste=True)
    assert slow.times == 0
    assert syncing.world.asked(DOWNLOAD) == 1
    assert [job["state"] for job in await syncing.jobs()] == ["succeeded", "succeeded"]


async def _all_there_once(syncing: Syncing, runs: int) -> None:
    assert sorted(await syncing.names()) == sorted(f"Run {ago}" for ago in range(1, runs + 1))
    rows = await syncing.sql("SELECT count(*) AS number FROM activity_source GROUP BY activity_id")
    assert {row["number"] for row in rows} == {1}
    events = await syncing.events()
    assert events.count("activity.imported") + events.count("activity.updated") <= runs


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_a_worker_that_is_killed_or_stopped_leaves_a_sync_that_goes_on_and_does_nothing_twice(
    syncing: Syncing, end: signal.Signals
):
    account = syncing.account()
    for ago in range(1, 16):
        syncing.run(account, ago=ago, name=f"Run {ago}")
    slow = syncing.world.misbehave(DOWNLOAD, "slow", seconds=0.2, times=None)
    await syncing.link(account)

    async def some_are_here() -> bool:
        return len(await syncing.names()) >= 3

    with worker_process(syncing) as process:
        await eventually(some_are_here, within_s=40)
        process.send_signal(end)
        began_at_s = asyncio.get_running_loop().time()
        assert await asyncio.to_thread(process.wait) in {-signal.SIGKILL, 0}
        if end is signal.SIGTERM:
            assert asyncio.get_running_loop().time() - began_at_s < 10
    assert len(await syncing.names()) < 15
    slow.times = 0
    if end is signal.SIGKILL:
        # The heart-beat's time-out of 20 s passes: told to the queue instead of waited for.
        await syncing.sql("UPDATE pgqueuer SET heartbeat = heartbeat - interval '21 seconds'")
    async with syncing.worker():
        job = await syncing.over()
    assert job["state"] == "succeeded"
    assert job["progress"] == {"done": 15, "total": 15}
    assert {item["status"] for item in job["items"]} == {"imported"}
    await _all_there_once(syncing, 15)
    # One download each, but for the one that was under way when the worker died.
    assert syncing.world.asked(DOWNLOAD) <= 16


async def test_syncs_that_are_long_over_are_forgotten(syncing: Syncing):
    await syncing.link(syncing.account())
    async with syncing.worker():
        await syncing.over()
    await syncing.sql("UPDATE job SET created_at = now() - interval '31 days'")
    await syncing.sync_again()
    assert len(await syncing.jobs()) == 1
