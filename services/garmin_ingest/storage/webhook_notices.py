"""The table ``webhook_notice``: what Garmin told of one runner and nobody has worked off yet, encrypted."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.garmin_ingest.domain.garmin.webhook_ports import NoticeMark
from services.garmin_ingest.domain.imports import Failure
from shared.errors import ServiceOverloaded
from shared.personal import FieldCipher
from shared.postgres import Connection, Database

_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('garmin_notices:' || $1::uuid::text, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('garmin_notices:' || $1::uuid::text, 0))"
# Payload ids rise with time.
_WAITING = """
SELECT payload_id, position, kind, subject, account_hash FROM webhook_notice
WHERE user_id = $1 AND (state = 'waiting' OR (state = 'given_up' AND payload_id = $2)) ORDER BY payload_id, position
"""
_THIS = "user_id = $1 AND payload_id = $2 AND position = $3"
_LEDGER = """
INSERT INTO ingest_ledger (user_id, source, content_sha256, kind, source_id, size_bytes, outcome, error_code,
    error_message)
VALUES ($1, 'official_partner', $2, 'payload', $3, $4, $5, $6, $7)
ON CONFLICT (user_id, source, content_sha256) DO UPDATE SET outcome = excluded.outcome,
    error_code = excluded.error_code, error_message = excluded.error_message, last_received_at = now()
"""
_SOON_S = 1.0


class PostgresNoticeStore:
    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    @asynccontextmanager
    async def alone(self, user_id: uuid.UUID) -> AsyncIterator[None]:
        async with self._database.session() as connection:
            if not await connection.fetchval(_LOCK, user_id):
                raise ServiceOverloaded("This runner's notices are being worked off already.", retry_after_s=_SOON_S)
            try:
                yield
            finally:
                await connection.execute(_UNLOCK, user_id)

    async def waiting(self, user_id: uuid.UUID, payload_id: uuid.UUID) -> Sequence[NoticeMark]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_WAITING, user_id, payload_id)
        return [NoticeMark(*row) for row in rows]

    async def content(self, user_id: uuid.UUID, mark: NoticeMark) -> bytes:
        async with self._database.connection() as connection:
            return await self._content(connection, user_id, mark)

    async def settle(self, user_id: uuid.UUID, mark: NoticeMark, outcome: str) -> None:
        async with self._database.transaction() as connection:
            await self._remember(connection, user_id, mark, outcome)
            await connection.execute(f"DELETE FROM webhook_notice WHERE {_THIS}", *_key(user_id, mark))

    async def fail(self, user_id: uuid.UUID, mark: NoticeMark, failure: Failure, *, final: bool) -> None:
        async with self._database.transaction() as connection:
            if final:
                await self._remember(connection, user_id, mark, "failed", failure)
            await connection.execute(
                "UPDATE webhook_notice SET failures = failures + 1, error_code = $4, error_message = $5,"
                f" state = CASE WHEN $6 THEN 'failed' ELSE 'waiting' END WHERE {_THIS}",
                *_key(user_id, mark), failure.code, failure.message, final,
            )  # fmt: skip

    async def give_up(self, user_id: uuid.UUID, payload_id: uuid.UUID, failure: Failure) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE webhook_notice SET state = 'given_up', error_code = coalesce(error_code, $3),"
                " error_message = coalesce(error_message, $4)"
                " WHERE user_id = $1 AND payload_id = $2 AND state = 'waiting'",
                user_id, payload_id, failure.code, failure.message,
            )  # fmt: skip

    async def _remember(
        self, connection: Connection, user_id: uuid.UUID, mark: NoticeMark, outcome: str, failure: Failure | None = None
    ) -> None:
        content = await self._content(connection, user_id, mark)
        code, message = (None, None) if failure is None else (failure.code, failure.message)
        await connection.execute(
            _LEDGER, user_id, hashlib.sha256(content).digest(), mark.subject, len(content), outcome, code, message
        )

    async def _content(self, connection: Connection, user_id: uuid.UUID, mark: NoticeMark) -> bytes:
        sealed = await connection.fetchval(
            f"SELECT content_sealed FROM webhook_notice WHERE {_THIS}", *_key(user_id, mark)
        )
        return (await self._cipher.for_user(connection, user_id)).decrypt_bytes(sealed)


def _key(user_id: uuid.UUID, mark: NoticeMark) -> tuple[uuid.UUID, uuid.UUID, int]:
    return user_id, mark.payload_id, mark.position
