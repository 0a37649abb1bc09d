"""Syncs as jobs: asked for by the runner, or due by the schedule."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from services.garmin_ingest.domain.garmin.models import Connection as GarminConnection
from services.garmin_ingest.domain.garmin.models import Days
from services.garmin_ingest.domain.imports import Job
from services.garmin_ingest.storage.connection_rows import COLUMNS, to_connection
from services.garmin_ingest.storage.garmin_jobs import queue_sync
from shared.errors import RateLimited
from shared.personal import FieldCipher
from shared.postgres import Connection, Database

_ONE_REQUEST_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('garmin_sync_request:' || $1::uuid::text, 0))"
_OF_LINK = "SELECT job_id FROM job WHERE user_id = $1 AND connection_id = $2 AND kind = 'sync'"
_RECENT = (
    f"{_OF_LINK} AND first_day IS NULL AND (state IN ('queued', 'running') OR created_at > $3)"
    " ORDER BY created_at DESC LIMIT 1"
)
_SAME_DAYS = f"{_OF_LINK} AND first_day = $3 AND last_day = $4 AND state IN ('queued', 'running') LIMIT 1"
_WAITING = f"SELECT count(*) FROM ({_OF_LINK} AND state IN ('queued', 'running')) AS waiting"
# Each row goes to one caller; the others take the next ones. Garmin's partner interface sends by itself.
_DUE = (
    f"SELECT {COLUMNS} FROM garmin_connection WHERE state = 'connected' AND next_sync_at <= $1"
    " AND source <> 'official_partner' ORDER BY next_sync_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
)
_FORGET_OLD = (
    "DELETE FROM job WHERE user_id = $1 AND kind = 'sync' AND state IN ('succeeded', 'failed') AND created_at < $2"
)


class PostgresSyncJobs:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def request(
        self, connection: GarminConnection, days: Days | None, *, quiet_since: dt.datetime, most_waiting: int
    ) -> uuid.UUID:
        async with self._database.transaction() as database:
            await database.execute(_ONE_REQUEST_AT_A_TIME, connection.user_id)
            known = await _known(database, connection, days, quiet_since)
            if known is not None:
                return known
            if await database.fetchval(_WAITING, connection.user_id, connection.connection_id) >= most_waiting:
                raise RateLimited("Several syncs are waiting already. Please let them end first.", retry_after_s=60)
            return await queue_sync(database, connection, days)

    async def queue_due(self, now: dt.datetime, *, limit: int, next_sync_at: Callable[[], dt.datetime]) -> int:
        async with self._database.transaction() as database:
            rows = await database.fetch(_DUE, now, limit)
            for row in rows:
                link = to_connection(row, await self._cipher.for_user(database, row["user_id"]))
                await queue_sync(database, link)
                await database.execute(
                    "UPDATE garmin_connection SET next_sync_at = $2 WHERE user_id = $1", link.user_id, next_sync_at()
                )
            return len(rows)

    async def reached(self, job: Job, day: dt.date) -> None:
        async with self._database.connection() as database:
            await database.execute(
                "UPDATE job SET reached_day = $3, updated_at = now() WHERE user_id = $1 AND job_id = $2",
                job.user_id, job.job_id, day,
            )  # fmt: skip

    async def where(self, job: Job) -> dt.date | None:
        async with self._database.connection() as database:
            day: dt.date | None = await database.fetchval(
                "SELECT reached_day FROM job WHERE user_id = $1 AND job_id = $2", job.user_id, job.job_id
            )
        return day

    async def forget_old(self, user_id: uuid.UUID, *, before: dt.datetime) -> None:
        async with self._database.connection() as database:
            await database.execute(_FORGET_OLD, user_id, before)


async def _known(
    database: Connection, link: GarminConnection, days: Days | None, quiet_since: dt.datetime
) -> uuid.UUID | None:
    if days is None:
        found: uuid.UUID | None = await database.fetchval(_RECENT, link.user_id, link.connection_id, quiet_since)
    else:
        found = await database.fetchval(_SAME_DAYS, link.user_id, link.connection_id, days.first, days.last)
    return found
