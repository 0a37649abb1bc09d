"""The table ``remote_activity``, and the items of the sync that works on it. Names are encrypted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import asyncpg

from services.garmin_ingest.domain.garmin.models import Connection as GarminConnection
from services.garmin_ingest.domain.garmin.models import Days, RemoteActivity
from services.garmin_ingest.domain.garmin.sync_ports import RemoteState, Seen
from services.garmin_ingest.domain.imports import FileResult, Job
from services.garmin_ingest.storage.activity_sources import keep_link
from shared.personal import FieldCipher
from shared.postgres import Database

_SEEN = (
    "SELECT source_id, digest, state, failures FROM remote_activity"
    " WHERE user_id = $1 AND account_hash = $2 AND source_id = ANY($3)"
)
_KEPT = (
    "SELECT source_id, start_time, local_date FROM remote_activity WHERE user_id = $1 AND account_hash = $2"
    " AND local_date BETWEEN $3 AND $4 AND state <> 'removed' ORDER BY start_time DESC"
)
_FAILED_DAYS = (
    "SELECT DISTINCT local_date FROM remote_activity WHERE user_id = $1 AND account_hash = $2"
    " AND state = 'failed' AND failures < $3"
)
_PUT = """
INSERT INTO remote_activity
    (user_id, account_hash, source_id, digest, start_time, local_date, state, failures, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 = 'failed' THEN 1 ELSE 0 END, now())
ON CONFLICT (user_id, account_hash, source_id) DO UPDATE SET digest = excluded.digest,
    start_time = excluded.start_time, local_date = excluded.local_date, state = excluded.state, seen_at = now(),
    failures = CASE WHEN excluded.state <> 'failed' THEN 0
        WHEN remote_activity.digest = excluded.digest THEN remote_activity.failures + 1 ELSE 1 END
"""
_REMOVED = (
    "UPDATE remote_activity SET state = 'removed', failures = 0, seen_at = now()"
    " WHERE user_id = $1 AND account_hash = $2 AND source_id = $3"
)
_PLAN = """
INSERT INTO job_item (user_id, job_id, position, is_zip, file_name_sealed, source_id)
SELECT $1, $2, place.last + new.at, false, new.name, new.source_id
FROM unnest($3::text[], $4::bytea[]) WITH ORDINALITY AS new (source_id, name, at),
    (SELECT coalesce(max(position), -1) AS last FROM job_item WHERE user_id = $1 AND job_id = $2) AS place
ON CONFLICT (user_id, job_id, source_id) WHERE source_id IS NOT NULL DO NOTHING
"""
_FINISH = (
    "UPDATE job_item SET status = $4, activity_ids = $5, kind = $6, error_code = $7, error_message = $8"
    " WHERE user_id = $1 AND job_id = $2 AND source_id = $3"
)


class PostgresRemoteActivities:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    async def seen(self, connection: GarminConnection, source_ids: Sequence[str]) -> Mapping[str, Seen]:
        async with self._database.connection() as database:
            rows = await database.fetch(_SEEN, connection.user_id, connection.account_hash, source_ids)
        return {row["source_id"]: Seen(row["digest"], row["state"], row["failures"]) for row in rows}

    async def kept(self, connection: GarminConnection, days: Days) -> list[RemoteActivity]:
        async with self._database.connection() as database:
            rows = await database.fetch(_KEPT, connection.user_id, connection.account_hash, days.first, days.last)
        return [_kept(row) for row in rows]

    async def failed_days(self, connection: GarminConnection, *, fewer_than: int) -> list[Days]:
        async with self._database.connection() as database:
            rows = await database.fetch(_FAILED_DAYS, connection.user_id, connection.account_hash, fewer_than)
        return [Days(row["local_date"], row["local_date"]) for row in rows]

    async def plan(self, job: Job, activities: Sequence[RemoteActivity]) -> None:
        async with self._database.transaction() as database:
            if job.connection_id is not None:
                await keep_link(database, job.user_id, job.connection_id)
            cipher = await self._cipher.for_user(database, job.user_id)
            names = [cipher.encrypt(activity.name or activity.source_id) for activity in activities]
            ids = [activity.source_id for activity in activities]
            await database.execute(_PLAN, job.user_id, job.job_id, ids, names)

    async def settle(
        self,
        job: Job,
        connection: GarminConnection,
        activity: RemoteActivity,
        result: FileResult,
        *,
        state: RemoteState,
    ) -> None:
        account = (connection.user_id, connection.account_hash, activity.source_id)
        async with self._database.transaction() as database:
            await keep_link(database, connection.user_id, connection.connection_id)
            if state == "removed":
                await database.execute(_REMOVED, *account)
            else:
                await database.execute(_PUT, *account, activity.digest, activity.start_time, activity.local_date, state)
            code, message = (None, None) if result.failure is None else (result.failure.code, result.failure.message)
            await database.execute(
                _FINISH, job.user_id, job.job_id, activity.source_id, result.status, list(result.activity_ids),
                result.kind, code, message,
            )  # fmt: skip


def _kept(row: asyncpg.Record) -> RemoteActivity:
    """Its day stands for the name, which is not kept: an id would tell its runner nothing."""
    return RemoteActivity(row["source_id"], row["start_time"], None, row["local_date"].isoformat(), *[None] * 4)
