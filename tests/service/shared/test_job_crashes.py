"""A worker that is killed loses no job, and a job that kills its workers stops only itself."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from shared.jobs import enqueue
from shared.postgres import Database
from tests.support.postgres import PROJECT
from tests.support.service import eventually


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.service.shared.worker_process", url, cwd=PROJECT,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def put(database: Database, *jobs: Mapping[str, Any]) -> None:
    async with database.transaction() as connection:
        for job in jobs:
            await enqueue(connection, "work", job)


async def ran(database: Database, what: str) -> list[str]:
    async with database.connection() as connection:
        return [row[0] for row in await connection.fetch("SELECT name FROM ran WHERE what = $1 ORDER BY name", what)]


async def test_the_job_of_a_killed_worker_is_done_by_the_next(database_url: str, database: Database, tmp_path: Path):
    gate = tmp_path / "go-on"
    await put(database, {"name": "long", "do": "wait", "until": str(gate)})

    async def began() -> bool:
        return await ran(database, "began") != []

    async with worker(database_url) as first:
        await eventually(began)
        first.kill()
        await first.wait()
    gate.touch()

    async def done() -> bool:
        return await ran(database, "done") == ["long"]

    async with worker(database_url):
        await eventually(done)
    assert await ran(database, "began") == ["long", "long"]


async def test_a_terminated_worker_finishes_the_job_in_hand(database_url: str, database: Database, tmp_path: Path):
    gate = tmp_path / "go-on"
    await put(database, {"name": "long", "do": "wait", "until": str(gate)})

    async def began() -> bool:
        return await ran(database, "began") != []

    async with worker(database_url) as process:
        await eventually(began)
        process.send_signal(signal.SIGTERM)
        await put(database, {"name": "later"})
        gate.touch()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    assert await ran(database, "done") == ["long"]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'queued'") == 1


async def test_a_job_that_kills_its_workers_is_parked_after_three_and_its_neighbours_are_done(
    database_url: str, database: Database
):
    neighbours = [f"n{number}" for number in range(4)]
    await put(database, {"name": "n0"}, {"name": "poison", "do": "die"}, *({"name": name} for name in neighbours[1:]))
    assert await _deaths_until_all_is_over(database_url, database) == 3
    assert await ran(database, "dead") == ["poison"]
    assert (await ran(database, "began")).count("poison") == 3
    assert sorted(set(await ran(database, "done"))) == neighbours
    async with database.connection() as connection:
        assert await connection.fetch("SELECT status::text FROM pgqueuer") == [("failed",)]


async def test_a_job_that_gets_on_is_done_however_often_its_worker_is_killed(database_url: str, database: Database):
    await put(database, {"name": "long", "parts": 5})
    assert await _deaths_until_all_is_over(database_url, database) == 5
    assert await ran(database, "done") == ["long"]
    assert await ran(database, "dead") == []


async def test_a_job_that_gets_on_no_more_and_kills_its_workers_is_parked_after_three(
    database_url: str, database: Database
):
    await put(database, {"name": "poison", "parts": 1, "do": "die"}, {"name": "neighbour"})
    assert await _deaths_until_all_is_over(database_url, database) == 1 + 3
    assert await ran(database, "dead") == ["poison"]
    assert set(await ran(database, "done")) == {"neighbour"}


async def _deaths_until_all_is_over(database_url: str, database: Database) -> int:
    """How many workers were killed one after another, until the last of them had nothing left to do."""
    deaths = 0
    while not await _is_over(database):
        async with worker(database_url) as process:
            ended = asyncio.create_task(process.wait())
            over = asyncio.create_task(eventually(lambda: _is_over(database), within_s=20))
            await asyncio.wait({ended, over}, return_when=asyncio.FIRST_COMPLETED)
            deaths += ended.done()
            over.cancel()
            await asyncio.gather(over, return_exceptions=True)
    return deaths


async def _is_over(database: Database) -> bool:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status <> 'failed'") == 0
