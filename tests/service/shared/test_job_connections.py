"""Jobs while the database is scarce, drops its connections, or lets nobody in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import UpstreamUnavailable
from shared.jobs import JobPolicy, enqueue
from shared.postgres import Database
from tests.service.shared.test_jobs import QUICK, Handled, a_worker, is_empty, put, working
from tests.support.service import eventually


async def test_a_pool_of_two_connections_is_enough(database_url: str, database: Database):
    small = await Database.open(database_url, max_size=2)
    handled = Handled(UpstreamUnavailable("away"))
    worker = a_worker(small, concurrency=4)
    worker.register("work", handled.run, policy=QUICK)
    await put(database, *({"n": n} for n in range(10)))
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert sorted({data["n"] for data, _ in handled.runs}) == list(range(10))
    await small.close()


async def test_lost_connections_cost_no_job_and_no_worker(database_url: str, database: Database):
    worker_database = await Database.open(database_url, max_size=4)
    done: list[int] = []
    began, go_on = asyncio.Event(), asyncio.Event()

    async def work(data: Mapping[str, Any], _: int) -> None:
        began.set()
        await go_on.wait()
        async with worker_database.connection() as connection:
            await connection.execute("SELECT 1")
        done.append(data["n"])

    # A claim whose answer was lost with its connection is made again when its heartbeat is missed.
    worker = a_worker(worker_database, heartbeat_timeout=timedelta(seconds=0.5))
    worker.register("work", work, policy=JobPolicy(backoff=QUICK.backoff))
    await put(database, {"n": 1})
    async with working(worker):
        await began.wait()
        await put(database, {"n": 2}, {"n": 3})
        await _end_connections_but_ours(database)
        go_on.set()
        await eventually(lambda: is_empty(database))
        await _end_connections_but_ours(database)
        await put(database, {"n": 4})
        await eventually(lambda: is_empty(database))
    assert sorted(set(done)) == [1, 2, 3, 4]
    await worker_database.close()


async def test_a_database_that_refuses_connections_is_waited_for(
    database_url: str, database: Database, postgres_server
):
    worker_database = await Database.open(database_url, max_size=4)
    handled = Handled()
    worker = a_worker(worker_database)
    worker.register("work", handled.run, policy=QUICK)
    name = database_url.rpartition("/")[2]
    async with working(worker):
        async with database.connection() as connection:
            await connection.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            with pytest.raises(UpstreamUnavailable):
                await worker_database.ping()
            await enqueue(connection, "work", {"n": 1})
            await connection.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
        await eventually(lambda: is_empty(database))
    assert len(handled.runs) == 1
    await worker_database.close()


async def _end_connections_but_ours(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
