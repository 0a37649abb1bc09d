"""The table ``wellness_day``: figures by local day, a row for each account that told of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from services.garmin_ingest.domain.garmin.models import Days, SourceKind, StoredDay, WellnessDay
from shared.postgres import Database

_FIGURES = tuple(field.name for field in dataclasses.fields(WellnessDay) if field.name != "local_date")
_COLUMNS = ", ".join(_FIGURES)
_PLACES = ", ".join(f"${number}" for number in range(5, 5 + len(_FIGURES)))
# The lock on the link lets a disconnection wait for this row, or this row see that it is too late.
_PUT = f"""
INSERT INTO wellness_day (user_id, local_date, account_hash, source, {_COLUMNS})
VALUES ($1, $2, $3, $4, {_PLACES})
ON CONFLICT (user_id, local_date, account_hash) DO UPDATE SET source = excluded.source, updated_at = now(),
{", ".join(f"{name} = coalesce(excluded.{name}, wellness_day.{name})" for name in _FIGURES)}
"""
_LINKED = "SELECT true FROM garmin_connection WHERE user_id = $1 AND source = $2 AND account_hash = $3 FOR KEY SHARE"
_PAGE = f"""
SELECT DISTINCT ON (local_date) local_date, wellness_day.source, {_COLUMNS}
FROM wellness_day LEFT JOIN garmin_connection USING (user_id, account_hash)
WHERE user_id = $1 AND local_date BETWEEN $2 AND $3 AND ($4::date IS NULL OR local_date > $4)
ORDER BY local_date, garmin_connection.user_id IS NULL, wellness_day.updated_at DESC LIMIT $5
"""


class PostgresWellnessStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, user_id: uuid.UUID, source: SourceKind, account_hash: bytes, days: Sequence[WellnessDay]
    ) -> None:
        rows = [
            (user_id, day.local_date, account_hash, source, *(getattr(day, name) for name in _FIGURES)) for day in days
        ]
        async with self._database.transaction() as connection:
            if await connection.fetchval(_LINKED, user_id, source, account_hash):
                await connection.executemany(_PUT, rows)

    async def page(self, user_id: uuid.UUID, days: Days, *, limit: int, after: dt.date | None) -> list[StoredDay]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PAGE, user_id, days.first, days.last, after, limit)
        return [
            StoredDay(WellnessDay(row["local_date"], **{name: row[name] for name in _FIGURES}), row["source"])
            for row in rows
        ]
