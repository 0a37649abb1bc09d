"""Decoding in processes of its own: arithmetic on every core, and a file that kills its decoder costs itself alone."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from services.garmin_ingest.clients.decoding_process import LENGTH, question, to_reading
from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.domain.reading import OUR_FAULT, Reading, decoder_of
from shared.clock import Clock
from shared.logs import get_logger

_log = get_logger("decoding")
_PROCESS = "services.garmin_ingest.clients.decoding_process"
_HANDED_DOWN = ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH", "TZ")
# A process that has read this many files is replaced: what leaks a little never becomes much.
_FILES_OF_ONE_PROCESS = 1000
_IDLE_S = 60.0
# Far beyond the processor time that one file may take, for a machine that is busy with much else.
_PATIENCE_S = 120.0
# A process may have been ended by somebody else; a file that ends two is at fault.
_TRIES = 2


class ProcessReader:
    """A process is started when a file first needs it, and let go when it has waited in vain for a minute."""

    def __init__(self, clock: Clock, *, processes: int) -> None:
        self._clock = clock
        self._children = [_Child() for _ in range(processes)]
        # The one that worked last is asked first, so that a single file starts a single process.
        self._free: asyncio.LifoQueue[_Child] = asyncio.LifoQueue()
        for child in self._children:
            self._free.put_nowait(child)

    async def read(self, file: Path, zone_name: str) -> Reading:
        child = await self._free.get()
        try:
            asked = question(file, zone_name, self._clock.now())
            for _ in range(_TRIES):
                answer = await child.answer(asked)
                if answer is not None:
                    return to_reading(answer)
                _log.error("a file ended the process that decoded it", file=file.name)
        finally:
            self._free.put_nowait(child)
        decoder = await asyncio.to_thread(_decoder_of, file)
        return Reading(decoder, failure=Failure(OUR_FAULT.code, OUR_FAULT.message))

    async def close(self) -> None:
        for child in self._children:
            await child.let_go()


class _Child:
    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._files = 0
        self._idle: asyncio.TimerHandle | None = None

    async def answer(self, asked: bytes) -> bytes | None:
        """The answer, or None where the process ended over it."""
        if self._idle is not None:
            self._idle.cancel()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                answer = await self._exchange(asked)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            await self.let_go()
            return None
        except BaseException:
            # Whoever asked has gone; this answer would be taken for that to the next question.
            await self.let_go()
            raise
        self._files += 1
        self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self._end_input)
        return answer

    async def let_go(self) -> None:
        process, self._process = self._process, None
        if self._idle is not None:
            self._idle.cancel()
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def _exchange(self, asked: bytes) -> bytes:
        process = await self._living()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(LENGTH.pack(len(asked)) + asked)
        await process.stdin.drain()
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        return await process.stdout.readexactly(length)

    async def _living(self) -> asyncio.subprocess.Process:
        process = self._process
        leaving = process is not None and process.stdin is not None and process.stdin.is_closing()
        if process is None or process.returncode is not None or leaving or self._files >= _FILES_OF_ONE_PROCESS:
            await self.let_go()
            environment = {name: os.environ[name] for name in _HANDED_DOWN if name in os.environ}
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", _PROCESS,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                env=environment | {"OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
            self._files = 0
        return process

    def _end_input(self) -> None:
        """The process ends by itself when its input does."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()


def _decoder_of(file: Path) -> str | None:
    with file.open("rb") as opened:
        return decoder_of(opened.read(65536))
