"""A real Redis for the tests: one server a session, emptied for each test."""

from __future__ import annotations

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import redis

from deploy.local.ports import free_ports
from deploy.local.redis import Redis, wait_until_ready


class RedisForTests:
    """One running server that a test may also kill (``stop``) and bring back (``start``) on the same port."""

    def __init__(self, folder: Path) -> None:
        self._log_path = folder / "redis.log"
        self._server = Redis(folder=folder / "redis", port=free_ports(1)[0], password="test")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        """Does nothing when it runs already."""
        if self._process and self._process.poll() is None:
            return
        with self._log_path.open("ab") as log:
            self._process = self._server.launch().start(output=log)
        # In a thread of its own, so that a test may call this inside its running loop.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, wait_until_ready(self._server)).result()

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
