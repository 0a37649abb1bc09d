"""deploy/postgres/init.sh, run by a real shell and psql against a real server, as PostgreSQL's image runs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.local.account import postgres_account
from deploy.local.installation import find_installation
from tests.support.postgres import PostgresForTests

PROJECT = Path(__file__).parents[3]
SERVICES = ("auth", "garmin_ingest", "coach_agent", "subscription")


@pytest.fixture(scope="module")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresForTests]:
    """A server of its own: roles belong to the whole server, and those of the session's have other passwords."""
    server = PostgresForTests(tmp_path_factory.mktemp("init"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def initialised(fresh_server: PostgresForTests) -> str:
    """The superuser's URL, after the script has run."""
    superuser = fresh_server._server.url()
    where = urlsplit(superuser)
    programs = find_installation(fresh_server._server.data, postgres_account()).home / "bin"
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": where.hostname,
        "PGPORT": str(where.port),
        "PGPASSWORD": where.password,
        "POSTGRES_USER": where.username,
        **{f"PACE42_{service.upper()}_DB_PASSWORD": _password(service) for service in SERVICES},
    }
    done = subprocess.run(
        ["sh", PROJECT / "deploy" / "postgres" / "init.sh"],
        env=environment, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return superuser


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_owns_its_database(initialised: str, service: str):
    connection = await asyncpg.connect(_url(initialised, service, f"pace42_{service}"))
    try:
        await connection.execute("CREATE SCHEMA mine; CREATE TABLE mine.thing (id int); CREATE TABLE thing (id int)")
        role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
        assert (role["rolsuper"], role["rolcreatedb"], role["rolcreaterole"]) == (False, False, False)
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_enters_no_other_database(initialised: str, service: str):
    others = {f"pace42_{other}" for other in SERVICES} | {"postgres", "template1"}
    for database in others - {f"pace42_{service}"}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(_url(initialised, service, database))


async def test_passwords_are_stored_as_scram(initialised: str):
    connection = await asyncpg.connect(initialised)
    try:
        stored = await connection.fetch("SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'pace42%'")
    finally:
        await connection.close()

    assert len(stored) == len(SERVICES)
    assert all(row["rolpassword"].startswith("SCRAM-SHA-256$") for row in stored)


def _password(service: str) -> str:
    return f"it's-{service}"


def _url(superuser: str, service: str, database: str) -> str:
    where = urlsplit(superuser)
    return f"postgresql://pace42_{service}:it%27s-{service}@{where.hostname}:{where.port}/{database}"
