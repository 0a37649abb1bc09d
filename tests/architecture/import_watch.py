"""Imports every module named on standard input and prints, as JSON, what each did besides defining names.

Run in a process of its own by ``test_imports_do_nothing.py``: Python's audit events tell of sockets, threads, children
and files opened for writing; a stand-in for ``os.environ`` tells of settings that are read; the rest is compared before
and after. What counts is done by the body of a module of ours, through however many calls; a library that does such
things when it is imported itself (urllib3 binds a socket to learn of IPv6) is beyond us.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_FORBIDDEN = {
    "socket.bind": "bound a socket",
    "socket.connect": "connected a socket",
    "socket.getaddrinfo": "resolved a name",
    "subprocess.Popen": "started a process",
    "os.fork": "forked",
    "os.mkdir": "made a folder",
    "os.remove": "removed a file",
    "os.rename": "renamed a file",
    "os.putenv": "changed the environment",
    "os.unsetenv": "changed the environment",
    "signal.signal": "set a signal handler",
}

# pydantic asks whether plugins are wanted each time that a model is defined.
_SWITCHES_OF_LIBRARIES = "PYDANTIC_"


class Watch:
    """Collects what happens while ``module`` is being imported."""

    def __init__(self, project: str) -> None:
        self._project = project + os.sep
        self._module: str | None = None
        self.seen: dict[str, set[str]] = {}

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and _writes(arguments):
            self.note(f"opened {arguments[0]} for writing")
        elif event in _FORBIDDEN:
            self.note(_FORBIDDEN[event])

    def note(self, deed: str) -> None:
        if self._module is not None and self._is_done_by_us():
            self.seen.setdefault(self._module, set()).add(deed)

    def _is_done_by_us(self) -> bool:
        """Whether the nearest module body around the current call is one of the project's."""
        frame: FrameType | None = sys._getframe(2)
        while frame and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        where = frame.f_code.co_filename if frame else ""
        return where.startswith(self._project) and "site-packages" not in where

    @contextmanager
    def importing(self, module: str) -> Iterator[None]:
        self._module = module
        before = _process_state()
        try:
            yield
            for name, value in _process_state().items():
                if before[name] != value:
                    self.seen.setdefault(module, set()).add(f"changed {name}")
        finally:
            self._module = None


class WatchedEnvironment(os._Environ):  # type: ignore[type-arg] # the class is private and generic only for the checker
    """``os.environ`` that reports each look."""

    watch: Watch

    def __getitem__(self, key: str) -> str:
        if not key.startswith(_SWITCHES_OF_LIBRARIES):
            self.watch.note(f"read the variable {key}")
        return str(super().__getitem__(key))


class WatchedThread(threading.Thread):
    """A thread whose start is reported; Python has no audit event for it before 3.12."""

    watch: Watch

    def start(self) -> None:
        self.watch.note("started a thread")
        super().start()


def _writes(arguments: tuple[Any, ...]) -> bool:
    path, mode, flags = arguments
    if path == os.devnull:
        return False
    return bool(set(mode or "") & set("wax+")) or bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _process_state() -> dict[str, object]:
    root = logging.getLogger()
    return {
        "the root logger": (root.level, len(root.handlers)),
        "the event loop policy": type(asyncio.get_event_loop_policy()).__name__,
        "the working directory": os.getcwd(),  # noqa: PTH109 - pathlib would be one more thing imported
        "the exception hook": sys.excepthook,
        "a signal handler": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
    }


def main() -> None:
    watch = Watch(os.getcwd())  # noqa: PTH109 - as above
    WatchedEnvironment.watch = WatchedThread.watch = watch
    os.environ.__class__ = WatchedEnvironment
    threading.Thread = WatchedThread  # type: ignore[misc] # the class is what is being watched
    sys.addaudithook(watch.audit)
    for module in sys.stdin.read().split():
        with watch.importing(module):
            importlib.import_module(module)
    print(json.dumps({module: sorted(deeds) for module, deeds in watch.seen.items()}))


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as above
    main()
