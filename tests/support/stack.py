"""The whole stack, started as ``make run`` starts it, on a free port and a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import free_ports
from tests.support.postgres import PROJECT

READY = "Pace42 is ready: "

# Generous: a cold file cache on a busy machine with two cores.
_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 60.0


class Stack:
    """One ``python -m deploy.local``. A second ``start`` after ``stop`` finds the same data on the same port."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        """``environment`` is added to this process's own; ``folder`` becomes PACE42_DATA."""
        self.folder = folder
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[str] | None = None
        self._stdout = folder.with_name(f"{folder.name}.stdout")
        self._stderr = folder.with_name(f"{folder.name}.stderr")

    @property
    def environment(self) -> dict[str, str]:
        """What the supervisor is started with."""
        return dict(os.environ) | self._environment | {"PACE42_DATA": str(self.folder), "PACE42_PORT": str(self.port)}

    @property
    def pid(self) -> int:
        assert self._process, "the stack has not been started"
        return self._process.pid

    def launch(self, *arguments: str) -> None:
        """Start it without waiting."""
        with self._stdout.open("w") as stdout, self._stderr.open("w") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local", *arguments],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )

    def start(self, *arguments: str) -> float:
        """Start it and wait for its one line; the seconds that took. AssertionError with the logs if it fails."""
        began = time.monotonic()
        self.launch(*arguments)
        assert self._process
        while READY not in self.printed:
            assert self._process.poll() is None, f"the stack ended:\n{self.complaint}{self.logs()}"
            assert time.monotonic() - began < _READY_WITHIN_S, f"the stack is not ready:\n{self.logs()}"
            time.sleep(0.05)
        return time.monotonic() - began

    def signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def wait(self) -> int:
        """The exit status, once it has ended."""
        assert self._process
        return self._process.wait(timeout=_STOP_WITHIN_S)

    def stop(self) -> int:
        """Stop it as a service manager does; the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """For the end of a test that may have left it in any state."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def printed(self) -> str:
        """What it has said on standard output."""
        return self._stdout.read_text()

    @property
    def complaint(self) -> str:
        """What it has said on standard error."""
        return self._stderr.read_text()

    def processes(self) -> dict[int, str]:
        """Number and command line of all that descends from the supervisor, which is not counted."""
        parents = {pid: parent for pid, parent in _parents().items() if pid != self.pid}
        ours = {self.pid}
        while grown := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= grown
        return {pid: _command(pid) for pid in ours - {self.pid}}

    def process(self, *words: str) -> int:
        """The number of the one direct child whose command line has all the words."""
        parents = _parents()
        found = [
            pid
            for pid, command in self.processes().items()
            if parents.get(pid) == self.pid and all(word in command for word in words)
        ]
        assert len(found) == 1, f"{len(found)} processes match {words}: {self.processes()}"
        return found[0]

    def settings(self) -> dict[str, str]:
        """The environment that every process of the running stack was given: ports, database URLs, keys."""
        raw = Path(f"/proc/{self.process('-m gateway')}/environ").read_bytes().decode()
        return dict(line.split("=", 1) for line in raw.split("\0") if "=" in line)

    def logs(self, *, lines: int = 15) -> str:
        """The end of every log, for the report of a failed test."""
        text = ""
        for path in sorted(self.folder.glob("logs/*.log")):
            tail = path.read_text(errors="replace").splitlines()[-lines:]
            text += f"--- {path.name}\n" + "".join(f"{line}\n" for line in tail)
        return text


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _parents() -> dict[int, int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and lives(int(entry.name)):
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
    return parents


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
