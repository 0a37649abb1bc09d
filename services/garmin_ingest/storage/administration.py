"""Everybody's jobs, dead letters and connections, for administrators; what is sealed stays sealed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from services.garmin_ingest.domain.administration import Deed, JobFilter, JobOfSomebody, Letter, LinkOfSomebody
from services.garmin_ingest.domain.garmin.models import ConnectionMark
from services.garmin_ingest.domain.imports import Failure, JobMark
from shared.audit import AuditEntry, AuditLog
from shared.dead_letters import LetterMark, Standing, dead_letters, requeue, user_of
from shared.postgres import Connection, Database

_JOBS = """
SELECT user_id, job_id, kind, state, job.attempts, created_at, job.updated_at, error_code, error_message, done, total,
       execute_after AS next_retry_at
FROM job LEFT JOIN pgqueuer ON dedupe_key = 'job:' || job_id AND status = 'queued' AND execute_after > now()
WHERE ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3)
  AND ($4::timestamptz IS NULL OR (created_at, job_id) < ($4, $5))
ORDER BY created_at DESC, job_id DESC LIMIT $1
"""
_LINKS = """
SELECT user_id, connection_id, source, state, connected_at, last_attempt_at, last_success_at, next_sync_at,
       nullif(greatest(cooldown_until, until, now()), now()) AS cooldown_until, error_code
FROM garmin_connection LEFT JOIN garmin_cooldown USING (login_hash)
WHERE $2::timestamptz IS NULL OR (connected_at, connection_id) < ($2, $3)
ORDER BY connected_at DESC, connection_id DESC LIMIT $1
"""
_REVIVE = """
UPDATE job SET state = 'queued', error_code = NULL, error_message = NULL, updated_at = now()
WHERE user_id = $1 AND job_id = $2 AND state = 'dead'
"""


class PostgresAdministrationStore:
    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    async def jobs(self, wanted: JobFilter, limit: int, after: JobMark | None) -> Sequence[JobOfSomebody]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_JOBS, limit, wanted.state, wanted.kind, *(after or (None, None)))
        return [_job(dict(row)) for row in rows]

    async def letters(self, limit: int, after: LetterMark | None) -> Sequence[Letter]:
        async with self._database.connection() as connection:
            found = await dead_letters(connection, limit, after)
            messages = await _messages(connection, [letter.job_id for letter in found if letter.job_id is not None])
        return [
            Letter(
                letter_id=letter.letter_id, entrypoint=letter.entrypoint, attempts=letter.attempts,
                created_at=letter.created_at, failed_at=letter.failed_at, code=letter.code or "INTERNAL_ERROR",
                message=messages.get(letter.job_id), user_id=letter.user_id, job_id=letter.job_id,
            )
            for letter in found
        ]  # fmt: skip

    async def links(self, limit: int, after: ConnectionMark | None) -> Sequence[LinkOfSomebody]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_LINKS, limit, *(after or (None, None)))
        return [LinkOfSomebody(**dict(row)) for row in rows]

    async def retry(self, letter_id: int, deed: Deed) -> Standing:
        async with self._database.transaction() as connection:
            standing, entrypoint, data = await requeue(connection, letter_id)
            if standing is Standing.QUEUED:
                user_id = user_of(data)
                if "jobId" in data:
                    await connection.execute(_REVIVE, user_id, uuid.UUID(data["jobId"]))
                entry = AuditEntry(
                    "dead_letter.retried", f"admin:{deed.administrator}", user_id, request_id=deed.request_id,
                    details={"deadLetter": letter_id, "entrypoint": entrypoint, "jobId": data.get("jobId")},
                )  # fmt: skip
                await self._audit.record(connection, entry)
        return standing


async def _messages(connection: Connection, job_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID | None, str]:
    rows = await connection.fetch(
        "SELECT job_id, error_message FROM job WHERE job_id = ANY($1) AND error_message IS NOT NULL", job_ids
    )
    return {row["job_id"]: row["error_message"] for row in rows}


def _job(row: dict[str, Any]) -> JobOfSomebody:
    code, message = row.pop("error_code"), row.pop("error_message")
    return JobOfSomebody(**row, failure=None if code is None else Failure(code, message))
