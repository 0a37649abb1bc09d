"""The embedded PostgreSQL: whole or absent, private, and back on its feet after the worst."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess

import asyncpg
import pytest

from deploy.local.account import postgres_account
from deploy.local.failure import CannotRun
from deploy.local.ports import free_ports
from deploy.local.postgres import Postgres, ensure_databases, is_ready, wait_until_ready

NAMES = {"pace42_auth": "secret-a", "pace42_coach_agent": "secret-b"}


@pytest.fixture
def closed_folder(tmp_path):
    """A folder that nobody else can enter, with a space and more letters than the path of a socket may have."""
    folder = tmp_path / ("a folder " + "x" * 120)
    folder.mkdir(mode=0o700)
    return folder


def _server(folder) -> Postgres:
    return Postgres(data=folder / "postgres", port=free_ports(1)[0], password="super", account=postgres_account())


@contextlib.contextmanager
def _running(server: Postgres):
    server.initialise()
    launch = server.launch()
    process = launch.start(output=subprocess.DEVNULL)
    try:
        asyncio.run(wait_until_ready(server))
        yield process
    finally:
        process.send_signal(launch.stop_signal)
        process.wait(timeout=20)


async def _run(url: str, *statements: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def test_each_role_owns_its_database_and_enters_no_other(closed_folder):
    server = _server(closed_folder)
    with _running(server):
        for _ in range(2):  # the second time changes nothing
            asyncio.run(ensure_databases(server, NAMES))
        own = server.url("pace42_auth", role="pace42_auth", password="secret-a")
        assert asyncio.run(_run(own, "CREATE TABLE IF NOT EXISTS t (i int)", "SELECT count(*) FROM t")) == 0
        for database in ("pace42_coach_agent", "postgres"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                asyncio.run(_run(server.url(database, role="pace42_auth", password="secret-a"), "SELECT 1"))
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(_run(server.url("pace42_auth", role="pace42_auth", password="guess"), "SELECT 1"))


def test_a_committed_row_survives_kill_9_and_the_next_start_finds_it(closed_folder):
    server = _server(closed_folder)
    with _running(server) as process:
        asyncio.run(_run(server.url(), "CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (42)", "SELECT 1"))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with _running(server):
        assert asyncio.run(_run(server.url(), "SELECT i FROM kept")) == 42


def test_the_server_keeps_what_it_acknowledged_on_disk(closed_folder):
    server = _server(closed_folder)
    with _running(server):
        assert asyncio.run(_run(server.url(), "SHOW fsync")) == "on"
        assert asyncio.run(_run(server.url(), "SHOW synchronous_commit")) == "on"
        assert asyncio.run(_run(server.url(), "SHOW data_checksums")) == "on"


def test_a_mark_left_by_a_crash_does_not_stop_the_next_start(closed_folder):
    server = _server(closed_folder)
    server.initialise()
    mark = server.data / "postmaster.pid"
    mark.write_text(f"{os.getppid()}\n")  # a process that lives and is no PostgreSQL
    server.initialise()
    assert not mark.exists()


def test_a_folder_with_half_a_database_is_refused_and_unchanged(closed_folder):
    server = _server(closed_folder)
    server.data.mkdir()
    (server.data / "base").mkdir()
    with pytest.raises(CannotRun, match="no database"):
        server.initialise()
    assert [entry.name for entry in server.data.iterdir()] == ["base"]


def test_what_an_interrupted_creation_left_is_cleared_away(closed_folder):
    server = _server(closed_folder)
    (closed_folder / "postgres.new").mkdir()
    (closed_folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    server.initialise()
    assert (server.data / "base").is_dir()
    assert not (closed_folder / "postgres.new").exists()


@pytest.mark.parametrize(("version", "reason"), [("19", "which is not installed"), ("junk", "damaged")])
def test_a_database_of_another_version_is_named(closed_folder, version, reason):
    server = _server(closed_folder)
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text(version)
    with pytest.raises(CannotRun, match=reason):
        server.launch()


def test_credentials_of_another_database_are_refused_in_one_line(closed_folder):
    server = _server(closed_folder)
    with _running(server):
        stranger = Postgres(data=server.data, port=server.port, password="other", account=server.account)
        assert asyncio.run(is_ready(stranger))
        with pytest.raises(CannotRun, match="other credentials"):
            asyncio.run(ensure_databases(stranger, NAMES))


def test_the_log_repeats_nothing_that_a_runner_wrote(closed_folder):
    server = _server(closed_folder)
    server.initialise()
    launch = server.launch()
    with (closed_folder / "log").open("wb") as log:
        process = launch.start(output=log)
    asyncio.run(wait_until_ready(server))
    insert = "INSERT INTO u VALUES ('ann@example.com')"
    with pytest.raises(asyncpg.UniqueViolationError):
        asyncio.run(_run(server.url(), "CREATE TABLE u (email text UNIQUE)", insert, insert, "SELECT 1"))
    process.send_signal(launch.stop_signal)
    process.wait(timeout=20)
    text = (closed_folder / "log").read_text()
    assert "duplicate key" in text
    assert "ann@example.com" not in text
