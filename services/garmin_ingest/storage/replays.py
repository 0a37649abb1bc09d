"""Jobs that read originals again: their items out of the ledger, and what they change, original by original."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.garmin_ingest.domain.decoders import current_versions
from services.garmin_ingest.domain.imports import Job
from services.garmin_ingest.domain.replay_ports import FirstComing, ReplayFilter, ReplayItem
from services.garmin_ingest.storage import ledger
from services.garmin_ingest.storage.held_replay import HeldReplay
from shared.audit import AuditEntry, AuditLog
from shared.events import EventOutbox
from shared.jobs import enqueue
from shared.personal import FieldCipher
from shared.postgres import Database

REPLAY_ORIGINALS = "replay_originals"
# Behind everything that somebody waits for.
_PRIORITY = -10

_ADD_ITEMS = """
INSERT INTO job_item (user_id, job_id, position, is_zip, file_name_sealed, subject_user_id, content_sha256)
SELECT $1, $2, row_number() OVER (ORDER BY user_id, content_sha256) - 1, false, $3, user_id, content_sha256
FROM (
    SELECT DISTINCT user_id, content_sha256 FROM ingest_ledger
    WHERE original_kept AND kind = 'file'
      AND ($4::uuid IS NULL OR user_id = $4)
      AND CASE WHEN $5::text IS NULL THEN decoder IS NULL OR decoder <> ALL ($7::text[]) ELSE decoder = $5 END
      AND ($6::text IS NULL OR outcome = $6)
) AS wanted
"""


class PostgresReplayStore:
    def __init__(self, database: Database, cipher: FieldCipher, outbox: EventOutbox, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._outbox = outbox
        self._audit = audit

    async def add(self, job: Job, wanted: ReplayFilter, *, request_id: str | None) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO job (user_id, job_id, kind, state, zone, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                job.user_id, job.job_id, job.kind, job.state, job.zone, job.created_at,
            )  # fmt: skip
            # An original has no name of its own: what it was called is its runner's.
            nameless = (await self._cipher.for_user(connection, job.user_id)).encrypt("")
            await connection.execute(
                _ADD_ITEMS, job.user_id, job.job_id, nameless, wanted.user_id, wanted.decoder, wanted.outcome,
                current_versions(),
            )  # fmt: skip
            entry = AuditEntry(
                "replay.started", f"admin:{job.user_id}", wanted.user_id, request_id=request_id,
                details={"jobId": str(job.job_id), "decoder": wanted.decoder, "outcome": wanted.outcome},
            )  # fmt: skip
            await self._audit.record(connection, entry)
            data = {"userId": str(job.user_id), "jobId": str(job.job_id)}
            await enqueue(connection, REPLAY_ORIGINALS, data, dedupe_key=f"job:{job.job_id}", priority=_PRIORITY)

    async def pending(self, job: Job, limit: int) -> Sequence[ReplayItem]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT position, subject_user_id, content_sha256 FROM job_item"
                " WHERE user_id = $1 AND job_id = $2 AND status IS NULL AND NOT is_zip ORDER BY position LIMIT $3",
                job.user_id, job.job_id, limit,
            )  # fmt: skip
        return [ReplayItem(row["position"], row["subject_user_id"], row["content_sha256"]) for row in rows]

    async def coming(self, user_id: uuid.UUID, sha256: bytes) -> FirstComing | None:
        async with self._database.connection() as connection:
            return await ledger.first_coming(connection, user_id, sha256)

    @asynccontextmanager
    async def hold(self, user_id: uuid.UUID) -> AsyncIterator[HeldReplay]:
        async with self._database.transaction() as connection:
            yield HeldReplay(connection, user_id, self._cipher, self._outbox)
