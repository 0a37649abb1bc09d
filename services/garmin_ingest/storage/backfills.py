"""The table ``backfill_request``: what Garmin was asked to send, or is going to be."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from services.garmin_ingest.domain.garmin.models import Days
from services.garmin_ingest.domain.garmin.partner_ports import SummaryKind
from services.garmin_ingest.domain.garmin.webhook_ports import BackfillRequest
from shared.postgres import Database

_THIS = "user_id = $1 AND connection_id = $2 AND summary_kind = $3 AND first_day = $4"


class PostgresBackfillStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(
        self, user_id: uuid.UUID, connection_id: uuid.UUID, requests: Sequence[BackfillRequest], *, again: bool
    ) -> None:
        rows = [(*_key(user_id, connection_id, one), one.days.last, again) for one in requests]
        async with self._database.transaction() as connection:
            await connection.executemany(
                "INSERT INTO backfill_request (user_id, connection_id, summary_kind, first_day, last_day, state)"
                " VALUES ($1, $2, $3, $4, $5, 'waiting') ON CONFLICT (user_id, connection_id, summary_kind, first_day)"
                " DO UPDATE SET state = 'waiting', last_day = excluded.last_day, error_code = NULL, updated_at = now()"
                " WHERE $6 OR backfill_request.state = 'failed' OR backfill_request.last_day < excluded.last_day",
                rows,
            )

    async def waiting(self, user_id: uuid.UUID, connection_id: uuid.UUID) -> Sequence[BackfillRequest]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT summary_kind, first_day, last_day FROM backfill_request"
                " WHERE user_id = $1 AND connection_id = $2 AND state = 'waiting'"
                " ORDER BY first_day DESC, summary_kind",
                user_id, connection_id,
            )  # fmt: skip
        return [BackfillRequest(row["summary_kind"], Days(row["first_day"], row["last_day"])) for row in rows]

    async def taken(self, user_id: uuid.UUID, connection_id: uuid.UUID, request: BackfillRequest) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE backfill_request SET state = 'requested', requested_at = now(), updated_at = now()"
                f" WHERE {_THIS} AND state = 'waiting'",
                *_key(user_id, connection_id, request),
            )

    async def failed(self, user_id: uuid.UUID, connection_id: uuid.UUID, request: BackfillRequest, code: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                f"UPDATE backfill_request SET state = 'failed', error_code = $5, updated_at = now() WHERE {_THIS}",
                *_key(user_id, connection_id, request), code,
            )  # fmt: skip

    async def arrived(self, user_id: uuid.UUID, connection_id: uuid.UUID, kind: SummaryKind, day: dt.date) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE backfill_request SET state = 'arrived', updated_at = now() WHERE user_id = $1"
                " AND connection_id = $2 AND summary_kind = $3 AND $4 BETWEEN first_day AND last_day"
                " AND state = 'requested'",
                user_id, connection_id, kind, day,
            )  # fmt: skip


def _key(
    user_id: uuid.UUID, connection_id: uuid.UUID, request: BackfillRequest
) -> tuple[uuid.UUID, uuid.UUID, str, dt.date]:
    return user_id, connection_id, request.kind, request.days.first
