"""Jobs that remove what came over one Garmin account: an item is an activity, named by its day."""

from __future__ import annotations

from services.garmin_ingest.domain.garmin.models import Days
from services.garmin_ingest.domain.garmin.removal import RemovalJob
from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.storage import garmin_jobs
from services.garmin_ingest.storage.connection_rows import COLUMNS, to_connection
from services.garmin_ingest.storage.forgetting import REMOVE_ORIGINAL, forget
from services.garmin_ingest.storage.merging import lock_user
from shared.events import EventOutbox
from shared.jobs import NewJob, enqueue_many
from shared.personal import FieldCipher
from shared.postgres import Connection, Database

# Imports of the same runner wait for one batch at most.
_BATCH = 25

# The ledger knows of a file that came by hand when its recording was here already.
_ALONE = """
    deleted_at IS NULL AND EXISTS (
        SELECT FROM activity_source AS came WHERE came.user_id = activity.user_id
        AND came.activity_id = activity.activity_id AND came.account_hash = {account})
    AND NOT EXISTS (
        SELECT FROM activity_source AS came WHERE came.user_id = activity.user_id
        AND came.activity_id = activity.activity_id AND came.account_hash IS DISTINCT FROM {account})
    AND NOT EXISTS (
        SELECT FROM activity_source AS came JOIN ingest_ledger USING (user_id, content_sha256)
        WHERE came.user_id = activity.user_id AND came.activity_id = activity.activity_id
        AND ingest_ledger.source = 'upload')
"""
_PLANNED = "SELECT activity_id, local_date FROM activity WHERE user_id = $1 AND" + _ALONE.format(account="$2")
_STILL_ALONE = "SELECT true FROM activity WHERE user_id = $1 AND activity_id = $3 AND" + _ALONE.format(account="$2")
_ITEM = (
    "INSERT INTO job_item (user_id, job_id, position, is_zip, file_name_sealed, activity_ids)"
    " VALUES ($1, $2, $3, false, $4, $5)"
)
_WAITING = (
    "SELECT position, activity_ids FROM job_item WHERE user_id = $1 AND job_id = $2 AND status IS NULL"
    " ORDER BY position LIMIT $3"
)
_DONE = "UPDATE job_item SET status = $4 WHERE user_id = $1 AND job_id = $2 AND position = $3"
_STATE = (
    "UPDATE job SET state = $3, error_code = $4, error_message = $5, updated_at = now()"
    " WHERE user_id = $1 AND job_id = $2"
)
# Notices that wait are let go by their own job.
_FORGET_OF_ACCOUNT = (
    "DELETE FROM remote_activity WHERE user_id = $1 AND account_hash = $2",
    "DELETE FROM wellness_day WHERE user_id = $1 AND account_hash = $2",
    "DELETE FROM webhook_notice WHERE user_id = $1 AND account_hash = $2 AND state <> 'waiting'",
)
# What could not be read became no activity, and its original would wait for a better decoder. A partner has no list of
# what an account holds.
_LET_GO_OF_FAILED = """
UPDATE ingest_ledger SET original_kept = false
WHERE user_id = $1 AND source = $2 AND kind = 'file' AND outcome = 'failed' AND original_kept
  AND (source = 'official_partner' OR source_id IN (
      SELECT source_id FROM remote_activity WHERE user_id = $1 AND account_hash = $3))
RETURNING content_sha256
"""
# Their items have the names of what they brought. One that still runs finds itself gone, and its link.
_FORGET_SYNCS = """
DELETE FROM job WHERE user_id = $1 AND kind = 'sync' AND NOT EXISTS (
    SELECT FROM garmin_connection AS link WHERE link.user_id = job.user_id AND link.connection_id = job.connection_id)
"""
_LINKED_AGAIN = (
    f"SELECT {COLUMNS} FROM garmin_connection WHERE user_id = $1 AND source = $2 AND account_hash = $3 FOR KEY SHARE"
)


class PostgresRemovals:
    def __init__(self, database: Database, cipher: FieldCipher, outbox: EventOutbox) -> None:
        self._database = database
        self._cipher = cipher
        self._outbox = outbox

    async def plan(self, job: RemovalJob, *, attempts: int) -> None:
        async with self._database.transaction() as connection:
            await lock_user(connection, job.user_id)
            await connection.execute(
                "UPDATE job SET state = 'running', attempts = $3, updated_at = now()"
                " WHERE user_id = $1 AND job_id = $2",
                job.user_id, job.job_id, attempts,
            )  # fmt: skip
            if await connection.fetchval(
                "SELECT true FROM job_item WHERE user_id = $1 AND job_id = $2 LIMIT 1", job.user_id, job.job_id
            ):
                return
            cipher = await self._cipher.for_user(connection, job.user_id)
            rows = await connection.fetch(f"{_PLANNED} ORDER BY start_time", job.user_id, job.account_hash)
            items = [
                (job.user_id, job.job_id, at, cipher.encrypt(row["local_date"].isoformat()), [row["activity_id"]])
                for at, row in enumerate(rows)
            ]
            await connection.executemany(_ITEM, items)

    async def remove_some(self, job: RemovalJob) -> bool:
        async with self._database.transaction() as connection:
            await lock_user(connection, job.user_id)
            waiting = await connection.fetch(_WAITING, job.user_id, job.job_id, _BATCH)
            for item in waiting:
                (activity_id,) = item["activity_ids"]
                alone = await connection.fetchval(_STILL_ALONE, job.user_id, job.account_hash, activity_id)
                if alone:
                    await forget(connection, self._outbox, job.user_id, activity_id, by="disconnection")
                status = "removed" if alone else "unchanged"
                await connection.execute(_DONE, job.user_id, job.job_id, item["position"], status)
        return len(waiting) == _BATCH

    async def finish(self, job: RemovalJob) -> None:
        async with self._database.transaction() as connection:
            failed = await connection.fetch(_LET_GO_OF_FAILED, job.user_id, job.source, job.account_hash)
            letting_go = [NewJob({"userId": str(job.user_id), "sha256": row["content_sha256"].hex()}) for row in failed]
            await enqueue_many(connection, REMOVE_ORIGINAL, letting_go)
            for statement in _FORGET_OF_ACCOUNT:
                await connection.execute(statement, job.user_id, job.account_hash)
            await connection.execute(_FORGET_SYNCS, job.user_id)
            await self._bring_back(connection, job)
            await connection.execute(_STATE, job.user_id, job.job_id, "succeeded", None, None)

    async def bury(self, job: RemovalJob, failure: Failure) -> None:
        async with self._database.connection() as connection:
            await connection.execute(_STATE, job.user_id, job.job_id, "dead", failure.code, failure.message)

    async def _bring_back(self, connection: Connection, job: RemovalJob) -> None:
        """All its days anew: what a sync has covered since the runner connected again may just have been removed."""
        row = await connection.fetchrow(_LINKED_AGAIN, job.user_id, job.source, job.account_hash)
        if row is None:
            return
        link = to_connection(row, await self._cipher.for_user(connection, job.user_id))
        today = await connection.fetchval("SELECT (now() AT TIME ZONE $1)::date", link.zone)
        await garmin_jobs.queue_sync(connection, link, Days(link.import_from, max(today, link.import_from)))
