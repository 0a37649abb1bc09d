"""One process of the stack: started, watched, started again when it dies, and ended in good order."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.local.failure import CannotRun
from deploy.local.groups import ProcessGroups
from deploy.local.launch import Launch

# A process that dies is back within a second while its trouble is short. One that has never worked is given up after
# five runs; one that has is given a minute, since what it stands on (a database replaying its log) may need it.
_PAUSES_S = (0.1, 0.3, 0.8, 1.6, 3.2)
_PATIENCE_S = 60.0

# A process without a probe is taken for sound once it has run this long.
_SOUND_AFTER_S = 5.0

# sysexits.h EX_CONFIG: the process says itself that its settings are wrong, so trying again is pointless.
_EXIT_BAD_SETTINGS = 78

# A database replaying its log, or seven interpreters starting on one slow core, take a while.
_READY_WITHIN_S = 90.0
_PROBE_EVERY_S = 0.1

Probe = Callable[[], Awaitable[bool]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a child is made of; ``probe`` tells whether it does its work.

    With ``to_terminal`` what it prints is for the person there, and only its complaints go to the log.
    """

    name: str
    launch: Launch
    log: Path
    stop_within_s: float
    probe: Probe | None = None
    to_terminal: bool = False


class Child:
    """The current run of a recipe."""

    def __init__(self, recipe: Recipe, groups: ProcessGroups) -> None:
        self.name = recipe.name
        self.ready = asyncio.Event()
        self._recipe = recipe
        self._groups = groups
        self._process: Process | None = None
        self._stopping = False
        self._starting = asyncio.Lock()  # so that ``stop`` cannot miss a process that is just being born

    async def keep_running(self) -> None:
        """Run until ``stop``, again after each death. Raises ``CannotRun`` when it will not stay up."""
        fruitless = 0
        patient_until = time.monotonic()
        while process := await self._start():
            sound = await self._watch_over(process)
            if self._stopping:
                return
            fruitless = 0 if sound else fruitless + 1
            if sound:
                patient_until = time.monotonic() + _PATIENCE_S
            given_up = fruitless >= len(_PAUSES_S) and time.monotonic() > patient_until
            if given_up or process.returncode == _EXIT_BAD_SETTINGS:
                raise CannotRun(f"{self.name} does not run (exit status {process.returncode}): see {self._recipe.log}")
            await asyncio.sleep(_PAUSES_S[min(fruitless, len(_PAUSES_S) - 1)])

    async def run_to_end(self) -> None:
        """Run once, for a task rather than a service. Raises ``CannotRun`` when it fails."""
        process = await self._start()
        if process and await self._end_of(process) != 0 and not self._stopping:
            raise CannotRun(f"{self.name} failed (exit status {process.returncode}): see {self._recipe.log}")

    async def stop(self) -> None:
        """Ask it to end, wait, insist, and leave nothing that it started."""
        self._stopping = True
        async with self._starting:
            process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self._recipe.launch.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self._recipe.stop_within_s)
        except TimeoutError:
            process.kill()
        await self._end_of(process)

    async def _watch_over(self, process: Process) -> bool:
        """Wait for the process to end; whether the run was of use."""
        if self._recipe.probe is None:
            started = time.monotonic()
            self.ready.set()
            await self._end_of(process)
            return time.monotonic() - started > _SOUND_AFTER_S
        probing = asyncio.create_task(self._announce(self._recipe.probe))
        try:
            await self._end_of(process)
        finally:
            probing.cancel()
        sound = self.ready.is_set()
        self.ready.clear()
        return sound

    async def _end_of(self, process: Process) -> int:
        """Wait for the end of a process and of all that it has started; its exit status."""
        status = await process.wait()
        self._groups.end(process.pid)
        return status

    async def _announce(self, probe: Probe) -> None:
        while not await probe():
            await asyncio.sleep(_PROBE_EVERY_S)
        self.ready.set()

    async def _start(self) -> Process | None:
        """A new process, or none once the child has been told to stop."""
        async with self._starting:
            if self._stopping:
                return None
            with self._recipe.log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *self._recipe.launch.command(),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=None if self._recipe.to_terminal else log,
                    stderr=log,
                    **self._recipe.launch.options(),
                )
            # PostgreSQL is left to close its files by itself when this process is killed.
            if self._recipe.launch.death_signal is signal.SIGKILL:
                self._groups.add(self._process.pid)
            return self._process


async def all_ready(children: list[Child], logs: Path) -> None:
    """Return when every child's probe has succeeded. Raises ``CannotRun`` naming those that are late."""
    try:
        async with asyncio.timeout(_READY_WITHIN_S):
            await asyncio.gather(*(child.ready.wait() for child in children))
    except TimeoutError:
        late = ", ".join(child.name for child in children if not child.ready.is_set())
        raise CannotRun(f"Not ready after {_READY_WITHIN_S:.0f} s: {late}; see the logs in {logs}") from None
