"""Jobs that gave up and wait for a person: why they did, and another go."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from shared.errors import Conflict
from shared.postgres import Connection

# The newest line of the log that has an error is the one of giving up, whose text is the error's code.
_FAILED = """
SELECT id, entrypoint, attempts, payload, created, updated,
       (SELECT traceback ->> 'exception_message' FROM pgqueuer_log
        WHERE job_id = pgqueuer.id AND status = 'failed' AND traceback ->> 'exception_type' = 'GaveUp'
        ORDER BY created DESC, pgqueuer_log.id DESC LIMIT 1) AS code
FROM pgqueuer
WHERE status = 'failed' AND ($2::timestamptz IS NULL OR (updated, id) < ($2, $3))
ORDER BY updated DESC, id DESC LIMIT $1
"""
_REQUEUE = """
WITH again AS (
    UPDATE pgqueuer SET status = 'queued', attempts = 0, created = now(), updated = now(), execute_after = now(),
        queue_manager_id = NULL
    WHERE id = $1 AND status = 'failed' RETURNING id, entrypoint, priority, payload
), logged AS (
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority) SELECT id, 'queued', entrypoint, priority FROM again
), forgiven AS (
    DELETE FROM job_delivery WHERE job_id IN (SELECT id FROM again)
)
SELECT entrypoint, payload FROM again
"""

LetterMark = tuple[dt.datetime, int]
"""When a job gave up, and its id: its place in the list of dead letters."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """``code`` is that of the last error, None where the queue itself gave up. ``data`` may hold personal data."""

    letter_id: int
    entrypoint: str
    attempts: int
    created_at: dt.datetime
    failed_at: dt.datetime
    code: str | None
    data: Mapping[str, Any]

    @property
    def user_id(self) -> uuid.UUID | None:
        """The user that the work is for, where it says so, also by the event that it delivers."""
        return user_of(self.data)

    @property
    def job_id(self) -> uuid.UUID | None:
        return _uuid(self.data.get("jobId"))


class Standing(enum.Enum):
    """What became of a wish to try a dead letter again."""

    QUEUED = "queued"
    ALREADY_QUEUED = "already queued"
    ABSENT = "absent"
    """Never there, or done since."""


async def dead_letters(connection: Connection, limit: int, after: LetterMark | None) -> list[DeadLetter]:
    """Those that gave up before ``after``, the last first."""
    rows = await connection.fetch(_FAILED, limit, *(after or (None, None)))
    return [
        DeadLetter(
            row["id"], row["entrypoint"], row["attempts"], row["created"], row["updated"], row["code"],
            _data(row["payload"]),
        )
        for row in rows
    ]  # fmt: skip


async def requeue(connection: Connection, letter_id: int) -> tuple[Standing, str, Mapping[str, Any]]:
    """Queue a dead letter as if it was new: what came of it, its entrypoint, and its data.

    Of several at once one does it. Raises Conflict where a newer job does the same work.
    """
    try:
        async with connection.transaction():
            row = await connection.fetchrow(_REQUEUE, letter_id)
    except asyncpg.UniqueViolationError:
        raise Conflict("The same work has been queued anew since; this entry is not needed any more.") from None
    if row is not None:
        return Standing.QUEUED, row["entrypoint"], _data(row["payload"])
    there = await connection.fetchrow("SELECT entrypoint, payload FROM pgqueuer WHERE id = $1", letter_id)
    if there is None:
        return Standing.ABSENT, "", {}
    return Standing.ALREADY_QUEUED, there["entrypoint"], _data(there["payload"])


def user_of(data: Mapping[str, Any]) -> uuid.UUID | None:
    event = data.get("event")
    return _uuid(data.get("userId") or (event.get("userId") if isinstance(event, Mapping) else None))


def _data(payload: bytes | None) -> Mapping[str, Any]:
    data = orjson.loads(payload or b"{}").get("data")
    return data if isinstance(data, Mapping) else {}


def _uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
