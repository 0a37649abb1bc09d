from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog
from opentelemetry.trace import SpanKind

from shared.errors import NotFound, ServiceError, UpstreamUnavailable
from shared.jobs import JobPolicy, JobWorker, enqueue
from shared.logs import bound_request_id
from shared.postgres import Database
from shared.resilience import Backoff
from shared.telemetry import Telemetry, configure, current_trace_id
from tests.support.service import eventually

QUICK = JobPolicy(max_attempts=3, backoff=Backoff(base_s=0.01, cap_s=0.02))


def a_worker(database: Database, **options: Any) -> JobWorker:
    return JobWorker(database, configure("test", None), poll_interval=timedelta(seconds=0.05), **options)


class Handled:
    """A handler that remembers its runs and fails with the given errors first."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs: list[tuple[Mapping[str, Any], int]] = []
        self.dead: list[tuple[Mapping[str, Any], ServiceError]] = []

    async def run(self, data: Mapping[str, Any], attempts: int) -> None:
        self.runs.append((dict(data), attempts))
        if self.failures:
            raise self.failures.pop(0)

    async def on_dead(self, data: Mapping[str, Any], error: ServiceError) -> None:
        self.dead.append((dict(data), error))


@asynccontextmanager
async def working(worker: JobWorker) -> AsyncIterator[asyncio.Event]:
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(20):
        tasks.create_task(worker.run(stopping))
        yield stopping
        stopping.set()


async def queue(database: Database) -> list[tuple[str, int]]:
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT status::text, attempts FROM pgqueuer ORDER BY id")
    return [(row[0], row[1]) for row in rows]


async def put(database: Database, *datas: Mapping[str, Any], **options: Any) -> None:
    async with database.transaction() as connection:
        for data in datas:
            await enqueue(connection, "work", data, **options)


async def is_empty(database: Database) -> bool:
    return await queue(database) == []


async def is_parked(database: Database) -> bool:
    return [status for status, _ in await queue(database)] == ["failed"]


async def test_a_job_of_a_transaction_that_was_rolled_back_never_was(database: Database):
    async def put_and_fail() -> None:
        async with database.transaction() as connection:
            await enqueue(connection, "work", {"n": 1})
            raise NotFound("gone")

    with pytest.raises(NotFound):
        await put_and_fail()
    assert await is_empty(database)


async def test_a_job_runs_once_with_its_data_and_leaves_nothing(database: Database):
    handled = Handled()
    worker = a_worker(database)
    worker.register("work", handled.run)
    await put(database, {"n": 1, "text": "ü"})
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert handled.runs == [({"n": 1, "text": "ü"}, 0)]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM job_delivery") == 0


async def test_a_queued_job_absorbs_another_with_its_key(database: Database):
    await put(database, {"n": 1}, {"n": 2}, dedupe_key="same")
    assert len(await queue(database)) == 1


async def test_failing_tries_are_repeated_and_the_last_one_becomes_a_dead_letter(database: Database):
    handled = Handled(UpstreamUnavailable("away"), RuntimeError("find-me-in-no-table"), ValueError("find-me"))
    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_parked(database))
    assert [attempts for _, attempts in handled.runs] == [0, 1, 2]
    assert [(data, error.code) for data, error in handled.dead] == [({"n": 1}, "INTERNAL_ERROR")]
    async with database.connection() as connection:
        kept = await connection.fetch("SELECT traceback::text FROM pgqueuer_log WHERE traceback IS NOT NULL")
    assert len(kept) == 3
    assert not any("find-me" in row[0] for row in kept)


async def test_a_job_that_fails_once_is_done_at_the_second_try(database: Database):
    handled = Handled(UpstreamUnavailable("away"))
    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert len(handled.runs) == 2
    assert handled.dead == []


async def test_a_refusal_that_stands_is_final_at_once(database: Database):
    handled = Handled(NotFound("There is no such activity."))
    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_parked(database))
    assert len(handled.runs) == 1
    assert handled.dead[0][1].code == "NOT_FOUND"


async def test_a_job_older_than_its_policy_allows_is_given_up(database: Database):
    handled = Handled(UpstreamUnavailable("away"), UpstreamUnavailable("away"))
    worker = a_worker(database)
    policy = JobPolicy(give_up_after=timedelta(hours=24), backoff=QUICK.backoff)
    worker.register("work", handled.run, policy=policy, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with database.connection() as connection:
        await connection.execute("UPDATE pgqueuer SET created = now() - interval '25 hours'")
    async with working(worker):
        await eventually(lambda: is_parked(database))
    assert len(handled.runs) == 1
    assert len(handled.dead) == 1


async def test_telling_the_user_of_a_dead_letter_is_tried_until_it_succeeds(database: Database):
    handled = Handled(NotFound("gone"), NotFound("gone"))
    told: list[str] = []

    async def tell(_: Mapping[str, Any], error: ServiceError) -> None:
        told.append(error.code)
        if len(told) == 1:
            raise UpstreamUnavailable("away")

    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK, on_dead=tell)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_parked(database))
    assert told == ["NOT_FOUND", "NOT_FOUND"]


async def test_the_request_id_and_the_trace_travel_into_the_job(database: Database, telemetry: Telemetry):
    seen: list[tuple[str | None, str | None]] = []

    async def look(_: Mapping[str, Any], __: int) -> None:
        seen.append((bound_request_id(), current_trace_id()))

    worker = a_worker(database)
    worker.register("work", look)
    with telemetry.span("request", SpanKind.SERVER):
        trace_id = current_trace_id()
        await put(database, {"n": 1}, request_id="request-1")
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert seen == [("request-1", trace_id)]
    assert "requestId" not in structlog.contextvars.get_contextvars()


async def test_a_stop_lets_the_job_in_hand_finish_and_begins_no_other(database: Database):
    began, go_on = asyncio.Event(), asyncio.Event()
    done: list[int] = []

    async def work(data: Mapping[str, Any], _: int) -> None:
        began.set()
        await go_on.wait()
        done.append(data["n"])

    worker = a_worker(database)
    worker.register("work", work)
    await put(database, {"n": 1})
    async with working(worker) as stopping:
        await began.wait()
        stopping.set()
        await put(database, {"n": 2})
        go_on.set()
    assert done == [1]
    assert await queue(database) == [("queued", 0)]


async def test_a_worker_that_is_torn_down_gives_its_job_back(database: Database):
    began = asyncio.Event()

    async def work(_: Mapping[str, Any], __: int) -> None:
        began.set()
        await asyncio.Event().wait()

    worker = a_worker(database)
    worker.register("work", work)
    await put(database, {"n": 1})
    running = asyncio.create_task(worker.run(asyncio.Event()))
    await began.wait()
    while not running.done():
        running.cancel()
        await asyncio.sleep(0.01)
    assert [status for status, _ in await queue(database)] in (["queued"], ["picked"])
