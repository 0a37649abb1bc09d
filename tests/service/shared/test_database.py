from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.postgres import Database


@pytest.fixture
async def single(database_url: str, database: Database) -> AsyncIterator[Database]:
    """A database with one connection, so that whoever comes next has the one that was given back."""
    opened = await Database.open(database_url, max_size=1)
    yield opened
    await opened.close()


async def test_a_connection_costs_no_statement_beside_those_of_its_user(single: Database):
    statements: list[str] = []
    async with single.connection() as connection:
        connection.add_query_logger(lambda logged: statements.append(logged.query))
        await connection.fetchval("SELECT 1")
    async with single.connection() as connection:
        await connection.fetchval("SELECT 2")
    assert statements == ["SELECT 1", "SELECT 2"]


async def test_what_a_transaction_left_open_did_is_undone_before_the_next_one_comes(single: Database):
    async with single.connection() as connection:
        await connection.execute(
            "BEGIN; SET LOCAL TimeZone = 'Asia/Tokyo'; INSERT INTO ran (name) VALUES ('left open')"
        )
    async with single.connection() as connection:
        assert not connection.is_in_transaction()
        assert await connection.fetchval("SHOW TimeZone") == "UTC"
        assert await connection.fetchval("SELECT count(*) FROM ran") == 0


@pytest.mark.parametrize("cancelled", [False, True])
async def test_locks_and_settings_of_a_session_end_with_it(single: Database, database: Database, *, cancelled: bool):
    taken = asyncio.Event()

    async def hold() -> None:
        async with single.session() as connection:
            await connection.execute("SELECT pg_advisory_lock(42)")
            await connection.execute("SET TimeZone = 'Asia/Tokyo'")
            taken.set()
            if cancelled:
                await connection.execute("SELECT pg_sleep(60)")

    holder = asyncio.create_task(hold())
    await taken.wait()
    if cancelled:
        holder.cancel()
    await asyncio.wait([holder])
    assert holder.cancelled() is cancelled
    async with single.connection() as connection, database.connection() as other:
        assert await connection.fetchval("SHOW TimeZone") == "UTC"
        assert await other.fetchval("SELECT pg_try_advisory_lock(42)")
        await other.execute("SELECT pg_advisory_unlock(42)")
