"""The table ``garmin_connection``. The account's name is encrypted; account and log-in are keyed hashes."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from services.garmin_ingest.domain.garmin.models import Connection as GarminConnection
from services.garmin_ingest.domain.garmin.models import ConnectionMark, Days, OpenSync, SourceKind, Tokens
from services.garmin_ingest.domain.imports import Failure
from services.garmin_ingest.storage import garmin_jobs
from services.garmin_ingest.storage.connection_rows import COLUMNS, to_connection, to_range
from shared.audit import AuditEntry, AuditLog
from shared.errors import Conflict
from shared.personal import FieldCipher
from shared.postgres import Connection, Database

# A holder waits for the secret store with a connection of the pool in hand; the pool must not be used up by that.
_HELD_AT_ONCE = 3
# Whatever removes a connection looks at once; this look is for the process that dies on the way.
_AFTER_REMOVAL = dt.timedelta(seconds=10)

_ONE_HOLDER = "SELECT pg_advisory_xact_lock(hashtextextended('garmin_connection:' || $1::uuid::text, 0))"
_OF_USER = f"SELECT {COLUMNS} FROM garmin_connection WHERE user_id = $1"
_PUT = """
INSERT INTO garmin_connection (user_id, connection_id, source, account_hash, login_hash, account_name_sealed, state,
    zone, import_from, permissions, token_expires_at, key_expires_at, next_sync_at, connected_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (user_id) DO UPDATE SET login_hash = excluded.login_hash,
    account_name_sealed = excluded.account_name_sealed, state = excluded.state, zone = excluded.zone,
    import_from = excluded.import_from, permissions = excluded.permissions,
    token_expires_at = excluded.token_expires_at, key_expires_at = excluded.key_expires_at,
    next_sync_at = excluded.next_sync_at, cooldown_until = NULL, error_code = NULL, error_message = NULL,
    updated_at = now()
"""


class PostgresConnectionStore:
    def __init__(self, database: Database, cipher: FieldCipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._at_once = asyncio.Semaphore(_HELD_AT_ONCE)

    @asynccontextmanager
    async def hold(self, user_id: uuid.UUID) -> AsyncIterator[HeldRow]:
        async with self._at_once, self._database.transaction() as connection:
            await connection.execute(_ONE_HOLDER, user_id)
            yield HeldRow(connection, user_id, self._cipher, self._audit)

    async def get(self, user_id: uuid.UUID) -> GarminConnection | None:
        async with self._database.connection() as connection:
            return await _get(connection, user_id, self._cipher)

    async def find(self, source: SourceKind, account_hash: bytes) -> GarminConnection | None:
        async with self._database.connection() as connection:
            user_id = await connection.fetchval(
                "SELECT user_id FROM garmin_connection WHERE source = $1 AND account_hash = $2", source, account_hash
            )
            return None if user_id is None else await _get(connection, user_id, self._cipher)

    async def page(self, limit: int, after: ConnectionMark | None) -> list[GarminConnection]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {COLUMNS} FROM garmin_connection"
                " WHERE $2::timestamptz IS NULL OR (connected_at, connection_id) < ($2, $3)"
                " ORDER BY connected_at DESC, connection_id DESC LIMIT $1",
                limit, *(after or (None, None)),
            )  # fmt: skip
            return [to_connection(row, await self._cipher.for_user(connection, row["user_id"])) for row in rows]

    async def schedule_reconciliation(self, user_id: uuid.UUID, *, delay: dt.timedelta) -> None:
        async with self._database.transaction() as connection:
            await garmin_jobs.queue_reconciliation(connection, user_id, delay)

    def account_hash(self, source: SourceKind, garmin_id: str) -> bytes:
        return self._cipher.keyed_hash(f"garmin account {source} {garmin_id.strip()}")

    def login_hash(self, username: str) -> bytes:
        # Characters that nobody sees make another text of the same name.
        seen = "".join(char for char in username if char.isprintable())
        return self._cipher.keyed_hash(f"garmin log-in {seen.strip()}")

    async def gaps(self, connection: GarminConnection, *, today: dt.date) -> Sequence[Days]:
        if today < connection.import_from:
            return ()
        async with self._database.connection() as database:
            missing = await database.fetchval(
                "SELECT datemultirange(daterange(import_from, $3, '[]')) - covered FROM garmin_connection"
                " WHERE user_id = $1 AND connection_id = $2",
                connection.user_id, connection.connection_id, today,
            )  # fmt: skip
        return to_range(missing or ())

    async def newest_activity_at(self, connection: GarminConnection) -> dt.datetime | None:
        async with self._database.connection() as database:
            newest: dt.datetime | None = await database.fetchval(
                "SELECT max(start_time) FROM activity_source JOIN activity USING (user_id, activity_id)"
                " WHERE user_id = $1 AND account_hash = $2 AND deleted_at IS NULL",
                connection.user_id, connection.account_hash,
            )  # fmt: skip
        return newest

    async def open_sync(self, connection: GarminConnection) -> OpenSync | None:
        async with self._database.connection() as database:
            return await garmin_jobs.open_sync(database, connection)


class HeldRow:
    """One user's row in a transaction that no other holder of the user can overlap."""

    def __init__(self, connection: Connection, user_id: uuid.UUID, cipher: FieldCipher, audit: AuditLog) -> None:
        self._connection = connection
        self._user_id = user_id
        self._cipher = cipher
        self._audit = audit

    async def get(self) -> GarminConnection | None:
        return await _get(self._connection, self._user_id, self._cipher)

    async def put(self, connection: GarminConnection) -> None:
        cipher = await self._cipher.for_user(self._connection, self._user_id)
        try:
            await self._connection.execute(
                _PUT, self._user_id, connection.connection_id, connection.source, connection.account_hash,
                connection.login_hash, cipher.encrypt(connection.account_name), connection.state, connection.zone,
                connection.import_from, list(connection.permissions), connection.token_expires_at,
                connection.key_expires_at, connection.next_sync_at, connection.connected_at,
            )  # fmt: skip
        except asyncpg.UniqueViolationError:
            raise Conflict(
                "This Garmin account is connected to another Pace42 account. Disconnect it there first."
            ) from None
        await self._record("garmin.connected", connection)

    async def renewed(self, tokens: Tokens) -> None:
        await self._connection.execute(
            "UPDATE garmin_connection SET token_expires_at = $2, key_expires_at = $3, updated_at = now()"
            " WHERE user_id = $1",
            self._user_id, tokens.expires_at, tokens.key_expires_at,
        )  # fmt: skip

    async def permit(self, permissions: Sequence[str]) -> None:
        await self._connection.execute(
            "UPDATE garmin_connection SET permissions = $2, updated_at = now() WHERE user_id = $1",
            self._user_id, list(permissions),
        )  # fmt: skip

    async def mend(self) -> None:
        await self._connection.execute(
            "UPDATE garmin_connection SET state = 'connected', next_sync_at = now(), error_code = NULL,"
            " error_message = NULL, updated_at = now() WHERE user_id = $1 AND state = 'broken'",
            self._user_id,
        )  # fmt: skip

    async def break_(self, failure: Failure) -> None:
        await self._connection.execute(
            "UPDATE garmin_connection SET state = 'broken', next_sync_at = NULL, error_code = $2, error_message = $3,"
            " updated_at = now() WHERE user_id = $1",
            self._user_id, failure.code, failure.message,
        )  # fmt: skip

    async def remove(self, connection: GarminConnection, *, with_data: bool) -> None:
        await self._connection.execute(
            "DELETE FROM garmin_connection WHERE user_id = $1 AND connection_id = $2",
            self._user_id, connection.connection_id,
        )  # fmt: skip
        await garmin_jobs.queue_reconciliation(self._connection, self._user_id, _AFTER_REMOVAL)
        if with_data:
            await garmin_jobs.queue_removal(self._connection, connection)
        await self._record("garmin.disconnected", connection, withData=with_data)

    async def queue_sync(self, connection: GarminConnection, days: Days | None = None) -> uuid.UUID:
        return await garmin_jobs.queue_sync(self._connection, connection, days)

    async def _record(self, action: str, connection: GarminConnection, **details: bool) -> None:
        named = {"source": connection.source, "connectionId": str(connection.connection_id)}
        entry = AuditEntry(action, "user", self._user_id, details={**named, **details})
        await self._audit.record(self._connection, entry)


async def _get(connection: Connection, user_id: uuid.UUID, cipher: FieldCipher) -> GarminConnection | None:
    row = await connection.fetchrow(_OF_USER, user_id)
    return None if row is None else to_connection(row, await cipher.for_user(connection, user_id))
