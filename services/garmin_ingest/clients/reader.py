"""Decoding in threads, a few files at a time: for the file or two of a request."""

from __future__ import annotations

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.domain.reading import Reading, read_recording
from shared.clock import Clock
from shared.errors import NotFound

_GONE = NotFound("The uploaded file is no longer here. Please upload it again.")


class ThreadedReader:
    """A bounded pool: what does not find a free thread waits, and the memory of one file is held per thread."""

    def __init__(self, clock: Clock, *, threads: int) -> None:
        self._clock = clock
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")

    async def read(self, file: Path, zone_name: str) -> Reading:
        return await asyncio.get_running_loop().run_in_executor(self._pool, read_path, file, zone_name, self._now())

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _now(self) -> dt.datetime:
        return self._clock.now()


def read_path(file: Path, zone_name: str, now: dt.datetime) -> Reading:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return Reading(None, failure=Failure(_GONE.code, _GONE.message))
    return read_recording(data, zone_name, now)
