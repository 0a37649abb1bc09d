"""The process groups of the stack: each child leads one, and nothing of it may stay behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

_GUARDIAN = str(Path(__file__).with_name("guardian.py"))


class ProcessGroups:
    """Knows the groups that live, and has a guardian that ends them should this process be killed."""

    def __init__(self) -> None:
        # The pipe is its only tie to us; a session of its own keeps Ctrl-C at the terminal away from it.
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", _GUARDIAN], stdin=subprocess.PIPE, cwd="/", start_new_session=True
        )

    def add(self, leader_pid: int) -> None:
        self._tell(f"+{leader_pid}\n")

    def end(self, leader_pid: int) -> None:
        """Kill what is left of a group, at once after its leader has ended: later its number may be another's."""
        with suppress(ProcessLookupError):
            os.killpg(leader_pid, signal.SIGKILL)
        self._tell(f"-{leader_pid}\n")

    def close(self) -> None:
        """Let the guardian go, with nothing left to guard."""
        assert self._guardian.stdin
        with suppress(BrokenPipeError):
            self._guardian.stdin.close()
        self._guardian.wait()

    def _tell(self, line: str) -> None:
        assert self._guardian.stdin
        with suppress(BrokenPipeError):
            self._guardian.stdin.write(line.encode())
            self._guardian.stdin.flush()
