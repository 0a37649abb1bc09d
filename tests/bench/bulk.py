"""The import of a whole account export, as its runner and the machine see it: time, memory, and who else is served."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from tests.bench.memory import resident_bytes_of
from tests.support.stack import Stack

_API = "/api/v1"
_POLL_S = 0.5
_HEALTH_EVERY_S = 0.04


@dataclass
class BulkImport:
    """What was seen of one import; memory is that of the worker and its processes, in bytes at each poll."""

    runs: int
    upload_s: float = 0.0
    import_s: float = 0.0
    done: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    worker_bytes: list[int] = field(default_factory=list)
    health_s: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def progress_is_monotone(self) -> bool:
        return self.done == sorted(self.done)

    def as_json(self) -> dict[str, Any]:
        mebibytes = [round(size / 2**20) for size in self.worker_bytes]
        tenths = [mebibytes[at] for at in np.linspace(0, len(mebibytes) - 1, 11).astype(int)] if mebibytes else []
        return {
            "runs": self.runs,
            "uploadS": round(self.upload_s, 1),
            "importS": round(self.import_s, 1),
            "runsPerS": round(self.runs / self.import_s, 1),
            "statuses": self.statuses,
            "progressIsMonotone": self.progress_is_monotone,
            "workerMiB": tenths,
            "healthP50Ms": round(float(np.percentile(self.health_s, 50)) * 1000, 1),
            "healthP99Ms": round(float(np.percentile(self.health_s, 99)) * 1000, 1),
            "healthRequests": len(self.health_s),
        }


async def import_export(stack: Stack, session: aiohttp.ClientSession, export: Path, runs: int) -> BulkImport:
    """Upload ``export`` as the runner who is signed in on ``session``, and watch until its job is over."""
    seen = BulkImport(runs)
    began = time.monotonic()
    form = aiohttp.FormData()
    with export.open("rb") as content:
        form.add_field("file", content, filename="export.zip", content_type="application/zip")
        async with session.post(f"{_API}/activities/import", data=form) as answer:
            job_id = (await answer.json())["jobId"]
    seen.upload_s = time.monotonic() - began
    over = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_ask_for_health(session, seen, over))
        await _follow(stack, session, job_id, seen)
        over.set()
    return seen


async def _follow(stack: Stack, session: aiohttp.ClientSession, job_id: str, seen: BulkImport) -> None:
    worker = stack.process("-m services.garmin_ingest.worker")
    began = time.monotonic()
    while True:
        async with session.get(f"{_API}/jobs/{job_id}") as answer:
            job = await answer.json()
        seen.done.append(job["progress"]["done"])
        seen.totals.append(job["progress"]["total"])
        seen.worker_bytes.append(await asyncio.to_thread(resident_bytes_of, stack, worker))
        if job["state"] in {"succeeded", "failed", "dead"}:
            break
        await asyncio.sleep(_POLL_S)
    seen.import_s = time.monotonic() - began
    for item in job["items"]:
        seen.statuses[item["status"]] = seen.statuses.get(item["status"], 0) + 1


async def _ask_for_health(session: aiohttp.ClientSession, seen: BulkImport, over: asyncio.Event) -> None:
    """At fixed times, whether or not the one before was answered, so that a stall is counted in full."""

    async def ask(due: float) -> None:
        async with session.get("/health") as answer:
            assert answer.status == 200
            seen.health_s.append(time.monotonic() - due)

    async with asyncio.TaskGroup() as tasks:
        due = time.monotonic()
        while not over.is_set():
            tasks.create_task(ask(due))
            due += _HEALTH_EVERY_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
