"""Decoding off the event loop, a few files at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.garmin_ingest.domain.reading import Reading, read_recording
from shared.clock import Clock


class ThreadedReader:
    """A bounded pool: what does not find a free thread waits, and the memory of one file is held per thread."""

    def __init__(self, clock: Clock, *, threads: int) -> None:
        self._clock = clock
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")

    async def read(self, file: Path, zone_name: str) -> Reading:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, file, zone_name)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, file: Path, zone_name: str) -> Reading:
        return read_recording(file.read_bytes(), zone_name, self._clock.now())
