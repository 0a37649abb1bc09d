"""The table ``plan_feed``: the hash of each runner's calendar address."""

from __future__ import annotations

import uuid

from shared.postgres import Database


class PostgresFeedStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, user_id: uuid.UUID, secret_hash: bytes) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO plan_feed (user_id, secret_hash) VALUES ($1, $2) ON CONFLICT (user_id)"
                " DO UPDATE SET secret_hash = excluded.secret_hash, made_at = now()",
                user_id, secret_hash,
            )  # fmt: skip

    async def close(self, user_id: uuid.UUID) -> bool:
        async with self._database.connection() as connection:
            closed = await connection.fetchval("DELETE FROM plan_feed WHERE user_id = $1 RETURNING true", user_id)
        return bool(closed)

    async def owner(self, secret_hash: bytes) -> uuid.UUID | None:
        async with self._database.connection() as connection:
            user_id: uuid.UUID | None = await connection.fetchval(
                "SELECT user_id FROM plan_feed WHERE secret_hash = $1", secret_hash
            )
        return user_id
