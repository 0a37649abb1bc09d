from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from shared import logs, tables
from shared.postgres import Database
from shared.telemetry import Telemetry, configure
from tests.support.postgres import PostgresForTests


@pytest.fixture(autouse=True)
def _logs_as_in_a_process() -> None:
    """Without it structlog prints for a person, and looks source files up on the loop to do so."""
    logs.configure("test", "INFO")


@pytest.fixture(scope="session")
def database_url(postgres_server: PostgresForTests) -> Iterator[str]:
    """One database with the tables that every service has; ``database`` empties it, which is quicker than a new one."""
    url = postgres_server.create()
    schema = f"{tables.job_queue_v1()}{tables.EVENTS_V1}{tables.PERSONAL_V1}{tables.AUDIT_V1}{tables.IDEMPOTENCY_V1}"
    asyncio.run(_execute(url, f"{schema} CREATE TABLE ran (name text, what text)"))
    yield url
    postgres_server.drop(url)


async def _execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database of ``database_url``, empty."""
    opened = await Database.open(database_url)
    async with opened.connection() as connection:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        await connection.execute(";".join(f"DELETE FROM {row[0]}" for row in names))
    yield opened
    await opened.close()


@pytest.fixture
def telemetry() -> Telemetry:
    return configure("test", None)
