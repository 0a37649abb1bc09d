"""A worker of its own process for the tests that kill one: ``python -m tests.service.shared.worker_process``.

Each run of a job is written down before it does what its data says: ``die`` kills the process, ``wait`` works until a
file appears, anything else ends at once. Of a job in ``parts`` each run does one more and kills the process, until all
are done.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.http.server import stop_event
from shared.jobs import JobPolicy, JobWorker
from shared.postgres import Database
from shared.resilience import Backoff
from shared.telemetry import configure

HEARTBEAT_TIMEOUT = timedelta(seconds=0.6)
POLL = timedelta(seconds=0.05)


async def main(url: str) -> None:
    database = await Database.open(url, max_size=4)
    worker = JobWorker(database, configure("test", None), heartbeat_timeout=HEARTBEAT_TIMEOUT, poll_interval=POLL)

    async def record(what: str, data: Mapping[str, Any]) -> None:
        async with database.connection() as connection:
            await connection.execute("INSERT INTO ran (name, what) VALUES ($1, $2)", data["name"], what)

    async def parts_of(name: str) -> int:
        async with database.connection() as connection:
            query = "SELECT count(*) FROM ran WHERE name = $1 AND what = 'part'"
            return int(await connection.fetchval(query, name))

    async def run(data: Mapping[str, Any], _: int) -> None:
        await record("began", data)
        if await parts_of(data["name"]) < data.get("parts", 0):
            await record("part", data)
            await worker.note_progress()
            os.kill(os.getpid(), signal.SIGKILL)
        if data.get("do") == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        while data.get("do") == "wait" and not Path(data["until"]).exists():
            await asyncio.sleep(0.02)
        await record("done", data)

    async def bury(data: Mapping[str, Any], error: Exception) -> None:
        await record("dead", data)

    worker.register("work", run, policy=JobPolicy(backoff=Backoff(0.01, 0.01)), on_dead=bury)
    await worker.run(stop_event())
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
