"""What syncs write about themselves into ``garmin_connection``."""

from __future__ import annotations

import datetime as dt

from services.garmin_ingest.domain.garmin.models import Connection, Days
from services.garmin_ingest.domain.imports import Failure
from shared.postgres import Database


class PostgresSyncLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def began(self, connection: Connection, at: dt.datetime) -> None:
        await self._set(connection, "last_attempt_at = $3", at)

    async def covered(self, connection: Connection, days: Days) -> None:
        span = "datemultirange(daterange($3, $4, '[]'))"
        await self._set(connection, f"covered = covered + {span}", days.first, days.last)

    async def succeeded(self, connection: Connection, at: dt.datetime, *, next_sync_at: dt.datetime) -> None:
        await self._set(
            connection,
            "last_success_at = $3, cooldown_until = NULL,"
            # What broke the link meanwhile, a word of Garmin's, is not undone by a sync that began before.
            " next_sync_at = CASE WHEN state = 'broken' THEN NULL ELSE $4::timestamptz END,"
            " error_code = CASE WHEN state = 'broken' THEN error_code END,"
            " error_message = CASE WHEN state = 'broken' THEN error_message END",
            at, next_sync_at,
        )  # fmt: skip

    async def failed(
        self,
        connection: Connection,
        failure: Failure,
        *,
        cooldown_until: dt.datetime | None = None,
        broken: bool = False,
    ) -> None:
        await self._set(
            connection,
            "error_code = $3, error_message = $4, cooldown_until = $5,"
            " state = CASE WHEN $6 THEN 'broken' ELSE state END,"
            " next_sync_at = CASE WHEN $6 THEN NULL ELSE greatest(next_sync_at, $5) END",
            failure.code, failure.message, cooldown_until, broken,
        )  # fmt: skip

    async def _set(self, link: Connection, assignments: str, *values: object) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                f"UPDATE garmin_connection SET {assignments}, updated_at = now()"
                " WHERE user_id = $1 AND connection_id = $2",
                link.user_id, link.connection_id, *values,
            )  # fmt: skip
