"""The table ``session``: one row per sign-in, however often its token was rotated."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import asyncpg

from services.auth.domain.models import Session
from services.auth.storage import feed
from shared.audit import AuditEntry, AuditLog
from shared.clock import Clock
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection, Database

_COLUMNS = "session_id, user_id, salt, generation, created_at, rotated_at, expires_at, revoked_at, device_sealed"


class PostgresSessionStore:
    def __init__(self, database: Database, cipher: FieldCipher, audit: AuditLog, clock: Clock) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._clock = clock

    async def open(self, session: Session) -> None:
        async with self._database.transaction() as connection:
            await insert(connection, session, await self._cipher.for_user(connection, session.user_id))
            await self._audit.record(connection, AuditEntry("session.created", "user", session.user_id))

    async def rotate(self, session_id: uuid.UUID, decide: Callable[[Session], Session]) -> Session | None:
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(
                f"SELECT {_COLUMNS} FROM session WHERE session_id = $1 FOR UPDATE",
                session_id,
            )
            if row is None:
                return None
            before = _session(row, await self._cipher.for_user(connection, row["user_id"]))
            after = decide(before)
            if after == before:
                return before
            await connection.execute(
                "UPDATE session SET generation = $2, rotated_at = $3, expires_at = $4, revoked_at = $5"
                " WHERE session_id = $1",
                session_id, after.generation, after.rotated_at, after.expires_at, after.revoked_at,
            )  # fmt: skip
            if after.revoked_at is not None:
                await feed.append_revoked(connection, after.user_id, session_id)
                await self._audit.record(connection, AuditEntry("session.token_reused", "user", after.user_id))
            return after

    async def page(
        self, user_id: uuid.UUID, *, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Session], uuid.UUID | None]:
        # By id, which is that of the sign-in's time: a session that is used between two pages keeps its place.
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_COLUMNS} FROM session WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2"
                " AND ($3::uuid IS NULL OR session_id < $3) ORDER BY session_id DESC LIMIT $4",
                user_id, self._clock.now(), before, limit + 1,
            )  # fmt: skip
            if not rows:
                return [], None  # asking for a cipher would make a key for somebody who may not exist any more
            cipher = await self._cipher.for_user(connection, user_id)
        found = [_session(row, cipher) for row in rows[:limit]]
        return found, found[-1].session_id if len(rows) > limit else None

    async def revoke(self, user_id: uuid.UUID, session_id: uuid.UUID) -> bool:
        async with self._database.transaction() as connection:
            revoked = await connection.fetchval(
                "UPDATE session SET revoked_at = $3 WHERE session_id = $2 AND user_id = $1 AND revoked_at IS NULL"
                " RETURNING true",
                user_id, session_id, self._clock.now(),
            )  # fmt: skip
            if revoked:
                await feed.append_revoked(connection, user_id, session_id)
                await self._audit.record(connection, AuditEntry("session.revoked", "user", user_id))
            return bool(revoked)


async def insert(connection: Connection, session: Session, cipher: UserCipher) -> None:
    """Store a new session in the transaction of ``connection``."""
    await connection.execute(
        f"INSERT INTO session ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        session.session_id, session.user_id, session.salt, session.generation, session.created_at, session.rotated_at,
        session.expires_at, session.revoked_at, cipher.encrypt(session.device),
    )  # fmt: skip


def _session(row: asyncpg.Record, cipher: UserCipher) -> Session:
    return Session(
        session_id=row["session_id"],
        user_id=row["user_id"],
        salt=row["salt"],
        generation=row["generation"],
        created_at=row["created_at"],
        rotated_at=row["rotated_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        device=cipher.decrypt(row["device_sealed"]),
    )
