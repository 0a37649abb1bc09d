"""The table ``revocation``: a numbered feed of what changes the meaning of tokens already given out.

A sequence alone would number rows before they commit, and a reader past the larger number would never see the smaller
one. So writers take turns: the lock is held until commit, and numbers appear in order.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from services.auth.domain.models import Account, FeedEntry
from shared.postgres import Connection, Database

_WRITERS_LOCK = "SELECT pg_advisory_xact_lock(hashtext('revocation'))"
# Longer than any access token may live: what is older concerns tokens that have expired by themselves.
_RELEVANT_FOR = timedelta(hours=2)
_COLUMNS = "sequence, kind, user_id, session_id, roles, zone, recorded_at"


async def append_revoked(connection: Connection, user_id: uuid.UUID, session_id: uuid.UUID) -> None:
    await connection.execute(_WRITERS_LOCK)
    await connection.execute(
        "INSERT INTO revocation (kind, user_id, session_id, roles) VALUES ('session_revoked', $1, $2, '{}')",
        user_id, session_id,
    )  # fmt: skip


async def append_claims(connection: Connection, account: Account) -> None:
    await connection.execute(_WRITERS_LOCK)
    await connection.execute(
        "INSERT INTO revocation (kind, user_id, roles, zone) VALUES ('claims_changed', $1, $2, $3)",
        account.user_id, sorted(account.roles), account.zone,
    )  # fmt: skip


class PostgresRevocationFeed:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, sequence: int, *, limit: int) -> Sequence[FeedEntry]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {_COLUMNS} FROM revocation"
                " WHERE sequence > $1 AND recorded_at > now() - $3::interval ORDER BY sequence LIMIT $2",
                sequence, limit, _RELEVANT_FOR,
            )  # fmt: skip
        return [
            FeedEntry(
                sequence=row["sequence"],
                kind=row["kind"],
                user_id=row["user_id"],
                session_id=row["session_id"],
                roles=frozenset(row["roles"]),
                zone=row["zone"],
                recorded_at=row["recorded_at"],
            )
            for row in rows
        ]
