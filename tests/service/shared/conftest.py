from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared import logs, tables
from shared.postgres import Database
from shared.telemetry import Telemetry, configure


@pytest.fixture(autouse=True)
def _logs_as_in_a_process() -> None:
    """Without it structlog prints for a person, and looks source files up on the loop to do so."""
    logs.configure("test", "INFO")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with the tables that every service has."""
    opened = await Database.open(database_url)
    async with opened.connection() as connection:
        for script in (
            tables.job_queue_v1(),
            tables.EVENTS_V1,
            tables.PERSONAL_V1,
            tables.AUDIT_V1,
            tables.IDEMPOTENCY_V1,
        ):
            await connection.execute(script)
    yield opened
    await opened.close()


@pytest.fixture
def telemetry() -> Telemetry:
    return configure("test", None)
