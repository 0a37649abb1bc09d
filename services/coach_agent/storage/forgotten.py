"""The table ``forgotten_memory``: ids of what runners had the coach forget."""

from __future__ import annotations

import uuid

from shared.postgres import Database


class PostgresForgottenStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ids(self, user_id: uuid.UUID) -> frozenset[uuid.UUID]:
        async with self._database.connection() as connection:
            rows = await connection.fetch("SELECT memory_id FROM forgotten_memory WHERE user_id = $1", user_id)
        return frozenset(row["memory_id"] for row in rows)

    async def add(self, user_id: uuid.UUID, memory_id: uuid.UUID) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO forgotten_memory (user_id, memory_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                user_id, memory_id,
            )  # fmt: skip
