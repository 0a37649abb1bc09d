"""Which file an activity at Garmin gave, in ``activity_source``."""

from __future__ import annotations

import uuid

from shared.postgres import Database


class PostgresKnownFiles:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def content(self, user_id: uuid.UUID, account_hash: bytes, source_id: str) -> bytes | None:
        async with self._database.connection() as connection:
            found: bytes | None = await connection.fetchval(
                "SELECT source.content_sha256 FROM activity_source AS source JOIN activity USING (user_id, activity_id)"
                " WHERE user_id = $1 AND source.road = 'sync' AND source.source_id = $2 AND source.account_hash = $3"
                " AND deleted_at IS NULL LIMIT 1",
                user_id, source_id, account_hash,
            )  # fmt: skip
        return found
