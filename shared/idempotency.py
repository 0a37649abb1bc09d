"""Where answers to requests with an ``Idempotency-Key`` are kept: a table of the service's own database."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from shared.errors import ServiceError
from shared.personal import FieldCipher
from shared.postgres import Connection, Database, from_jsonb, to_jsonb

KEPT_FOR = timedelta(hours=24)
# Whoever holds a claim renews it; one that was not renewed for so long belongs to a process that died, and a client
# that comes again with its key need not wait longer than the process takes to be back.
_CLAIM_LIFETIME = timedelta(seconds=10)
_RENEWED_EVERY_S = 2.0
# Each claim sweeps more than it adds, so that the table stays a day long.
_SWEPT_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Slot:
    user_id: uuid.UUID
    route: str
    key: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Claimed:
    """The slot is ours: do the work, then ``keep`` or ``release``."""


class InProgress:
    """Another request holds the slot."""


class Conflicting:
    """The key was used with another body."""


class IdempotencyStore:
    """Bodies are encrypted with their user's key: an answer may hold what is personal."""

    def __init__(self, database: Database, cipher: FieldCipher) -> None:
        self._database = database
        self._cipher = cipher

    @staticmethod
    def slot(user_id: uuid.UUID, route: str, key: str) -> Slot:
        return Slot(user_id, route, key)

    async def claim(self, slot: Slot, fingerprint: bytes) -> Claimed | InProgress | Conflicting | KeptAnswer:
        """Take the slot, or say why not. One statement decides, so that two racing requests cannot both have it.

        ``fingerprint`` stands for the body; it is stored under our hash key, because a body may be guessable.
        """
        kept_fingerprint = self._cipher.keyed_hash(fingerprint.hex())
        async with self._database.transaction() as connection:
            await _forget_old(connection, slot)
            inserted = await connection.fetchval(
                "INSERT INTO idempotency_key (user_id, route, key, fingerprint) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT DO NOTHING RETURNING true",
                slot.user_id, slot.route, slot.key, kept_fingerprint,
            )  # fmt: skip
            if inserted:
                return Claimed()
            row = await connection.fetchrow(
                "SELECT fingerprint, status, headers, body FROM idempotency_key"
                " WHERE user_id = $1 AND route = $2 AND key = $3",
                slot.user_id, slot.route, slot.key,
            )  # fmt: skip
            cipher = await self._cipher.for_user(connection, slot.user_id)
        if row is not None and row["fingerprint"] != kept_fingerprint:
            return Conflicting()
        if row is None or row["status"] is None:
            return InProgress()
        return KeptAnswer(row["status"], from_jsonb(row["headers"]), cipher.decrypt_bytes(row["body"]))

    @asynccontextmanager
    async def holding(self, slot: Slot) -> AsyncIterator[None]:
        """Renew the claim on ``slot`` for as long as the block runs."""
        renewing = asyncio.create_task(self._renew(slot))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])

    async def _renew(self, slot: Slot) -> None:
        while True:
            await asyncio.sleep(_RENEWED_EVERY_S)
            # While the database is away nobody else can take the slot either.
            with contextlib.suppress(ServiceError):
                async with self._database.connection() as connection:
                    await connection.execute(
                        "UPDATE idempotency_key SET created_at = now()"
                        " WHERE user_id = $1 AND route = $2 AND key = $3 AND status IS NULL",
                        slot.user_id, slot.route, slot.key,
                    )  # fmt: skip

    async def keep(self, slot: Slot, answer: KeptAnswer) -> None:
        async with self._database.transaction() as connection:
            cipher = await self._cipher.for_user(connection, slot.user_id)
            await connection.execute(
                "UPDATE idempotency_key SET status = $4, headers = $5, body = $6"
                " WHERE user_id = $1 AND route = $2 AND key = $3",
                slot.user_id, slot.route, slot.key, answer.status, to_jsonb(dict(answer.headers)),
                cipher.encrypt_bytes(answer.body),
            )  # fmt: skip

    async def release(self, slot: Slot) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "DELETE FROM idempotency_key WHERE user_id = $1 AND route = $2 AND key = $3 AND status IS NULL",
                slot.user_id, slot.route, slot.key,
            )  # fmt: skip


async def _forget_old(connection: Connection, slot: Slot) -> None:
    """Delete a dead claim on this slot, and some answers of anybody that are past their day."""
    await connection.execute(
        "DELETE FROM idempotency_key WHERE user_id = $1 AND route = $2 AND key = $3"
        " AND (created_at < now() - $4::interval OR (status IS NULL AND created_at < now() - $5::interval))",
        slot.user_id, slot.route, slot.key, KEPT_FOR, _CLAIM_LIFETIME,
    )  # fmt: skip
    await connection.execute(
        "DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotency_key"
        " WHERE created_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED))",
        KEPT_FOR, _SWEPT_AT_ONCE,
    )  # fmt: skip
