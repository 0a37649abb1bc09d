"""Whose turn it is: a lock of a user's syncs that lives as long as the connection of the process that took it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.errors import UpstreamUnavailable
from shared.postgres import Connection, Database

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended('garmin_sync:' || $1::uuid::text, 0))"
_GIVE_BACK = "SELECT pg_advisory_unlock(hashtextextended('garmin_sync:' || $1::uuid::text, 0))"


class PostgresTurns:
    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def take(self, user_id: uuid.UUID) -> AsyncIterator[HeldTurn | None]:
        async with self._database.session() as connection:
            if not await connection.fetchval(_TAKE, user_id):
                yield None
                return
            try:
                yield HeldTurn(connection)
            finally:
                # A connection that is lost has lost the lock with it.
                if not connection.is_closed():
                    await connection.execute(_GIVE_BACK, user_id)


class HeldTurn:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def require(self) -> None:
        if self._connection.is_closed():
            raise UpstreamUnavailable("Our database went away in the middle of a sync.", retry_after_s=1)
