"""Jobs that a Garmin account causes, queued in the transaction of their cause."""

from __future__ import annotations

import datetime as dt
import uuid

from services.garmin_ingest.domain.garmin.models import Connection as GarminConnection
from services.garmin_ingest.domain.garmin.models import Days, OpenSync
from services.garmin_ingest.domain.imports import JobKind
from shared.ids import uuid7
from shared.jobs import enqueue
from shared.postgres import Connection

SYNC_GARMIN = "sync_garmin"
REMOVE_GARMIN_DATA = "remove_garmin_data"
RECONCILE_GARMIN = "reconcile_garmin"

_OPEN_SYNC = (
    "SELECT job_id, state = 'running' AS is_running,"
    " (SELECT execute_after FROM pgqueuer"
    " WHERE dedupe_key = 'job:' || job_id AND status = 'queued') AS next_try_at"
    " FROM job WHERE user_id = $1 AND connection_id = $2 AND kind = 'sync' AND state IN ('queued', 'running')"
    " ORDER BY is_running DESC, created_at DESC LIMIT 1"
)


async def open_sync(connection: Connection, link: GarminConnection) -> OpenSync | None:
    """The sync of this link that runs, or else the newest that is queued."""
    row = await connection.fetchrow(_OPEN_SYNC, link.user_id, link.connection_id)
    return None if row is None else OpenSync(**dict(row))


async def queue_sync(connection: Connection, link: GarminConnection, days: Days | None = None) -> uuid.UUID:
    """Queue a sync of these days (None for what is missing); one that is queued or running absorbs it where no days
    are named. The job that will do it.
    """
    if days is None and (waiting := await open_sync(connection, link)) is not None:
        return waiting.job_id
    return await _queue(connection, "sync", SYNC_GARMIN, link, days=days)


async def queue_removal(connection: Connection, link: GarminConnection) -> uuid.UUID:
    """Queue the removal of what came over the account of this link alone."""
    account = {"source": link.source, "accountHash": link.account_hash.hex()}
    return await _queue(connection, "removal", REMOVE_GARMIN_DATA, link, data=account)


async def queue_reconciliation(connection: Connection, user_id: uuid.UUID, delay: dt.timedelta) -> None:
    # Without a key to be absorbed by: a look that is under way may have seen the world before this change.
    await enqueue(connection, RECONCILE_GARMIN, {"userId": str(user_id)}, delay=delay)


async def _queue(
    connection: Connection,
    kind: JobKind,
    entrypoint: str,
    link: GarminConnection,
    *,
    days: Days | None = None,
    data: dict[str, str] | None = None,
) -> uuid.UUID:
    job_id = uuid7()
    first, last = (None, None) if days is None else (days.first, days.last)
    await connection.execute(
        "INSERT INTO job (user_id, job_id, kind, connection_id, first_day, last_day, state, zone, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, now())",
        link.user_id, job_id, kind, link.connection_id, first, last, link.zone,
    )  # fmt: skip
    named = {"userId": str(link.user_id), "jobId": str(job_id)} | (data or {})
    await enqueue(connection, entrypoint, named, dedupe_key=f"job:{job_id}")
    return job_id
