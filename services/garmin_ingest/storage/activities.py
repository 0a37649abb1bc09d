"""The tables ``activity``, ``activity_stream`` and ``activity_source``. Names and serial numbers are encrypted."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from services.garmin_ingest.domain.imports import Source
from services.garmin_ingest.domain.stored import ActivitySummary, ListFilter, StoredActivity
from services.garmin_ingest.domain.stream_blocks import from_block, is_short
from services.garmin_ingest.domain.streams import Streams
from services.garmin_ingest.storage import ledger
from services.garmin_ingest.storage.activity_rows import STORED, SUMMARY, to_stored, to_summary
from services.garmin_ingest.storage.forgetting import forget
from services.garmin_ingest.storage.merging import HeldByTransaction, lock_user
from shared.events import EventOutbox
from shared.personal import FieldCipher
from shared.postgres import Database

# A row of the same road without an id is what Garmin gave before an edit.
_BROUGHT_BY_NOTHING_ELSE = (
    "SELECT DISTINCT activity_id FROM activity_source AS gone WHERE user_id = $1 AND road = 'sync' AND source_id = $2"
    " AND NOT EXISTS (SELECT FROM activity_source AS other WHERE other.user_id = $1"
    " AND other.activity_id = gone.activity_id AND (other.road = 'upload' OR other.source_id <> $2))"
)
_STILL_USED = (
    "SELECT EXISTS (SELECT FROM activity_source JOIN activity USING (user_id, activity_id)"
    " WHERE user_id = $1 AND activity_source.content_sha256 = $2 AND deleted_at IS NULL)"
    # A recording that could not be read waits for a better decoder.
    " OR EXISTS (SELECT FROM ingest_ledger"
    " WHERE user_id = $1 AND content_sha256 = $2 AND outcome = 'failed' AND original_kept)"
)


class PostgresActivityStore:
    def __init__(self, database: Database, cipher: FieldCipher, outbox: EventOutbox) -> None:
        self._database = database
        self._cipher = cipher
        self._outbox = outbox
        self._turns = WeakValueDictionary[uuid.UUID, asyncio.Lock]()

    @asynccontextmanager
    async def hold(self, user_id: uuid.UUID) -> AsyncIterator[HeldByTransaction]:
        # Who waits here holds no connection, so that one runner's files never keep those of others waiting.
        turn = self._turns.setdefault(user_id, asyncio.Lock())
        async with turn, self._database.transaction() as connection:
            yield HeldByTransaction(connection, user_id, self._cipher, self._outbox)

    async def with_contents(self, user_id: uuid.UUID, sha256s: Sequence[bytes]) -> Mapping[bytes, Sequence[Source]]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT source.content_sha256, activity_id, attempt, deleted_at"
                " FROM activity_source AS source JOIN activity USING (user_id, activity_id)"
                " WHERE user_id = $1 AND source.content_sha256 = ANY($2) ORDER BY session_index, source.road",
                user_id, list(sha256s),
            )  # fmt: skip
        found: dict[bytes, list[Source]] = {}
        for row in rows:
            found.setdefault(row["content_sha256"], []).append(Source(row["activity_id"], row["attempt"]))
        gone = {row["content_sha256"] for row in rows if row["deleted_at"] is not None}
        return {sha256: sources for sha256, sources in found.items() if sha256 not in gone}

    async def page(self, user_id: uuid.UUID, wanted: ListFilter) -> list[ActivitySummary]:
        after_time, after_id = wanted.after or (None, None)
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"SELECT {SUMMARY} FROM activity WHERE user_id = $1 AND deleted_at IS NULL"
                " AND ($2::text IS NULL OR sport = $2) AND ($3::date IS NULL OR local_date >= $3)"
                " AND ($4::date IS NULL OR local_date <= $4)"
                " AND ($5::timestamptz IS NULL OR (start_time, activity_id) < ($5, $6::uuid))"
                " ORDER BY start_time DESC, activity_id DESC LIMIT $7",
                user_id, wanted.sport, wanted.first_day, wanted.last_day, after_time, after_id, wanted.limit,
            )  # fmt: skip
            cipher = await self._cipher.for_user(connection, user_id)
        return [to_summary(row, cipher) for row in rows]

    async def get(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> StoredActivity | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {STORED} FROM activity WHERE user_id = $1 AND activity_id = $2 AND deleted_at IS NULL",
                user_id, activity_id,
            )  # fmt: skip
            if row is None:
                return None
            return to_stored(row, await self._cipher.for_user(connection, user_id))

    async def streams(self, user_id: uuid.UUID, activity_id: uuid.UUID, names: Sequence[str] | None) -> Streams | None:
        async with self._database.connection() as connection:
            block = await connection.fetchval(
                "SELECT block FROM activity_stream WHERE user_id = $1 AND activity_id = $2", user_id, activity_id
            )
        if block is None:
            return None
        return from_block(block, names) if is_short(block) else await asyncio.to_thread(from_block, block, names)

    async def delete(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> bool:
        async with self._database.transaction() as connection:
            await lock_user(connection, user_id)
            return await forget(connection, self._outbox, user_id, activity_id, by="runner")

    async def follow_removal(self, user_id: uuid.UUID, source_id: str) -> list[uuid.UUID]:
        async with self._database.transaction() as connection:
            await lock_user(connection, user_id)
            rows = await connection.fetch(_BROUGHT_BY_NOTHING_ELSE, user_id, source_id)
            return [
                row["activity_id"]
                for row in rows
                if await forget(connection, self._outbox, user_id, row["activity_id"], by="source")
            ]

    async def remove_unused(self, user_id: uuid.UUID, sha256: bytes, remove: Callable[[], Awaitable[None]]) -> None:
        async with self._database.transaction() as connection:
            await lock_user(connection, user_id)
            if not await connection.fetchval(_STILL_USED, user_id, sha256):
                await remove()
                await ledger.original_removed(connection, user_id, sha256)
