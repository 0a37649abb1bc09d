"""Where answers to requests with an ``Idempotency-Key`` are kept: a table of the service's own database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.postgres import Database, from_jsonb, to_jsonb

KEPT_FOR = timedelta(hours=24)
# A claim outlives every deadline; one that is older belongs to a process that died.
_CLAIM_LIFETIME = timedelta(minutes=5)


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
    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def slot(user_id: uuid.UUID, route: str, key: str) -> Slot:
        return Slot(user_id, route, key)

    async def claim(self, slot: Slot, fingerprint: bytes) -> Claimed | InProgress | Conflicting | KeptAnswer:
        """Take the slot, or say why not. One statement decides, so that two racing requests cannot both have it."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "DELETE FROM idempotency_key WHERE user_id = $1 AND route = $2 AND key = $3"
                " AND (created_at < now() - $4::interval OR (status IS NULL AND created_at < now() - $5::interval))",
                slot.user_id, slot.route, slot.key, KEPT_FOR, _CLAIM_LIFETIME,
            )  # fmt: skip
            inserted = await connection.fetchval(
                "INSERT INTO idempotency_key (user_id, route, key, fingerprint) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT DO NOTHING RETURNING true",
                slot.user_id, slot.route, slot.key, fingerprint,
            )  # fmt: skip
            if inserted:
                return Claimed()
            row = await connection.fetchrow(
                "SELECT fingerprint, status, headers, body FROM idempotency_key"
                " WHERE user_id = $1 AND route = $2 AND key = $3",
                slot.user_id, slot.route, slot.key,
            )  # fmt: skip
        if row is None:
            return InProgress()
        if row["fingerprint"] != fingerprint:
            return Conflicting()
        if row["status"] is None:
            return InProgress()
        return KeptAnswer(row["status"], from_jsonb(row["headers"]), row["body"])

    async def keep(self, slot: Slot, answer: KeptAnswer) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE idempotency_key SET status = $4, headers = $5, body = $6"
                " WHERE user_id = $1 AND route = $2 AND key = $3",
                slot.user_id, slot.route, slot.key, answer.status, to_jsonb(dict(answer.headers)), answer.body,
            )  # fmt: skip

    async def release(self, slot: Slot) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "DELETE FROM idempotency_key WHERE user_id = $1 AND route = $2 AND key = $3 AND status IS NULL",
                slot.user_id, slot.route, slot.key,
            )  # fmt: skip

    async def sweep(self) -> None:
        """Delete what is past its day."""
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM idempotency_key WHERE created_at < now() - $1::interval", KEPT_FOR)
