"""A real PostgreSQL for the tests: one server a session, a database of its own for each test.

The server is the one of ``make run`` (``deploy.local.postgres``) with durability switched off. Roles are those of
production: a service's role owns its database and nothing else, so a test that needs more rights fails here too.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from deploy.local.account import postgres_account
from deploy.local.ports import free_ports
from deploy.local.postgres import Postgres, ensure_databases, wait_until_ready

PROJECT = Path(__file__).parents[2]

_PASSWORD = "test"

T = TypeVar("T")


class PostgresForTests:
    """One running server. Its methods block for some tens of milliseconds and may be called inside a running loop."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is empty and may lie anywhere; as root the server's user only has to own its data folder."""
        self._log_path = folder / "postgres.log"
        self._server = Postgres(
            data=folder / "postgres",
            port=free_ports(1)[0],
            password=_PASSWORD,
            account=postgres_account(),
            durable=False,
        )
        self._numbers = itertools.count(1)
        self._spares: dict[str, Future[str]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test-postgres", daemon=True)

    def start(self) -> None:
        self._server.initialise()
        with self._log_path.open("ab") as log:
            self._process = self._server.launch().start(output=log)
        self._thread.start()
        self._run(wait_until_ready(self._server))
        self._run(ensure_databases(self._server, {}))
        self._admin = self._run(_open_pool(self._server.url()))

    def stop(self) -> None:
        for spare in self._spares.values():
            spare.result(timeout=60)
        self._run(self._admin.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._process.send_signal(self._server.launch().stop_signal)
        self._process.wait(timeout=20)

    def create(self) -> str:
        """The URL of a new empty database; its role owns it and is no superuser."""
        return self._run(self._create("pace42_test"))

    def create_migrated(self, service: str) -> str:
        """The URL of a new database with the schema of ``service`` (``auth``, ``garmin_ingest``, ...).

        The service's own ``migrate`` command runs once a session, and its result is copied, each time for the call
        after: a copy takes as long as many a test.
        """
        role, template = f"pace42_{service}", f"template_{service}"
        if template not in self._spares:
            self._run(self._ensure(template, role))
            self._migrate(service, self._server.url(template, role=role))
            self._spares[template] = self._begin(self._create(role, template=template))
        url = self._spares[template].result(timeout=60)
        self._spares[template] = self._begin(self._create(role, template=template))
        return url

    def drop(self, url: str) -> None:
        """Remove a database that ``create`` gave, whoever is still connected."""
        database = url.rpartition("/")[2]
        self._run(self._admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'))

    def log(self) -> str:
        return self._log_path.read_text(errors="replace")

    async def _create(self, role: str, *, template: str = "template1") -> str:
        database = f"test_{next(self._numbers)}"
        await self._ensure(database, role, template=template)
        return self._server.url(database, role=role)

    async def _ensure(self, database: str, role: str, *, template: str = "template1") -> None:
        if not await self._admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await self._admin.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{_PASSWORD}'")
        await self._admin.execute(
            f'CREATE DATABASE "{database}" OWNER "{role}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        )
        await self._admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')

    def _migrate(self, service: str, url: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", f"services.{service}", "migrate"],
            cwd=PROJECT,
            env=os.environ | _nowhere() | {f"{service.upper()}_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise AssertionError(f"`python -m services.{service} migrate` failed:\n{done.stdout}{done.stderr}")

    def _begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._begin(work).result(timeout=60)


async def _open_pool(url: str) -> asyncpg.Pool[asyncpg.Record]:
    return await asyncpg.create_pool(url, min_size=1, max_size=4)


def _nowhere() -> dict[str, str]:
    """Settings that each command line insists on; a migration talks to its database alone."""
    urls = {
        f"PACE42_{name}_URL": "http://127.0.0.1:9" for name in ("AUTH", "GARMIN_INGEST", "COACH_AGENT", "SUBSCRIPTION")
    }
    return urls | {"PACE42_REDIS_URL": "redis://127.0.0.1:9/0", "PACE42_SECRETS_KIND": "local"}
