"""How one child process is started: what to run, where, as whom, and how to end it."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TypedDict

_TETHER = str(Path(__file__).with_name("tether.py"))


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """The numeric user and group that a child gives up root for."""

    uid: int
    gid: int


class PopenOptions(TypedDict):
    """What ``subprocess.Popen`` and ``asyncio.create_subprocess_exec`` both take."""

    cwd: str
    env: dict[str, str]
    start_new_session: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One command, tethered to this process: it cannot outlive it, not even a ``kill -9``.

    ``stop_signal`` asks it to end in good order; ``death_signal`` is what the kernel sends when this process is gone.
    Each child leads a session of its own, so that Ctrl-C at the terminal reaches the supervisor alone, which then stops
    the children in order.
    """

    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL

    def command(self) -> list[str]:
        """The argument list to execute, the tether included. Must be started by the thread that calls it."""
        account = f"{self.account.uid}:{self.account.gid}" if self.account else "-"
        tether = [sys.executable, "-I", "-S", _TETHER, str(os.getpid()), str(int(self.death_signal)), account]
        return [*tether, *self.argv]

    def options(self) -> PopenOptions:
        return {"cwd": str(self.cwd), "env": dict(self.environment), "start_new_session": True}

    def start(self, *, output: IO[bytes] | int, stdin: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start it without an event loop (tests do); both output streams go to ``output``."""
        return subprocess.Popen(self.command(), stdin=stdin, stdout=output, stderr=subprocess.STDOUT, **self.options())
