"""The days of a runner in PostgreSQL: pieces add up, accounts stay apart."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Callable

import pytest

from services.garmin_ingest.domain.garmin.models import Days, StoredDay, WellnessDay
from services.garmin_ingest.storage.wellness import PostgresWellnessStore
from shared.ids import uuid7
from shared.postgres import Database

MONDAY = dt.date(2026, 3, 2)
ALL_DAYS = Days(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
async def database(migrated: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = await Database.open(migrated("garmin_ingest"))
    yield opened
    await opened.close()


async def _link(database: Database, user_id: uuid.UUID, account: bytes) -> None:
    """Link a runner to this account instead of any other."""
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM garmin_connection WHERE user_id = $1", user_id)
        await connection.execute(
            "INSERT INTO garmin_connection (user_id, connection_id, source, account_hash, account_name_sealed, state,"
            " zone, import_from, connected_at)"
            " VALUES ($1, $2, 'connect_credentials', $3, '', 'connected', 'UTC', '2026-01-01', now())",
            user_id, uuid7(), account,
        )  # fmt: skip


async def _put(database: Database, user_id: uuid.UUID, account: bytes, *days: WellnessDay) -> None:
    await PostgresWellnessStore(database).put(user_id, "connect_credentials", account, days)


async def _days(database: Database, user_id: uuid.UUID, **options) -> list[StoredDay]:
    page = {"limit": 50, "after": None, **options}
    return await PostgresWellnessStore(database).page(user_id, ALL_DAYS, **page)


async def test_a_day_told_in_pieces_adds_up_and_nothing_erases_a_figure(database: Database):
    user_id = uuid7()
    await _link(database, user_id, b"one")
    night = dt.datetime(2026, 3, 1, 22, 10, tzinfo=dt.UTC)
    await _put(database, user_id, b"one", WellnessDay(MONDAY, sleep_start=night, sleep_s=27_000, sleep_score=81))
    await _put(database, user_id, b"one", WellnessDay(MONDAY, hrv_rmssd_ms=48.0, sleep_score=83))
    whole = WellnessDay(MONDAY, sleep_start=night, sleep_s=27_000, sleep_score=83, hrv_rmssd_ms=48.0)
    assert await _days(database, user_id) == [StoredDay(whole, "connect_credentials")]


async def test_a_day_shows_one_account_whole_the_linked_one_first(database: Database):
    user_id, tuesday = uuid7(), MONDAY + dt.timedelta(days=1)
    await _link(database, user_id, b"one")
    old = [WellnessDay(day, sleep_s=27_000, weight_kg=70.0) for day in (MONDAY, tuesday)]
    await _put(database, user_id, b"one", *old)
    await _link(database, user_id, b"two")
    await _put(database, user_id, b"two", WellnessDay(tuesday, sleep_s=25_000))
    assert [found.day for found in await _days(database, user_id)] == [old[0], WellnessDay(tuesday, sleep_s=25_000)]
    await _link(database, user_id, b"one")
    assert [found.day for found in await _days(database, user_id)] == old


async def test_an_account_that_is_not_linked_any_more_adds_nothing(database: Database):
    user_id = uuid7()
    await _link(database, user_id, b"two")
    await _put(database, user_id, b"one", WellnessDay(MONDAY, sleep_s=27_000))
    assert await _days(database, user_id) == []


async def test_pages_are_the_runners_own_and_go_on_after_the_last_day(database: Database):
    user_id, other = uuid7(), uuid7()
    week = [WellnessDay(MONDAY + dt.timedelta(days=n), weight_kg=70.0 + n) for n in range(7)]
    for owner, account in ((user_id, b"one"), (other, b"two")):
        await _link(database, owner, account)
    await _put(database, user_id, b"one", *week)
    await _put(database, other, b"two", WellnessDay(MONDAY, weight_kg=90.0))
    first = await _days(database, user_id, limit=3)
    rest = await _days(database, user_id, after=first[-1].day.local_date)
    assert [found.day for found in [*first, *rest]] == week
