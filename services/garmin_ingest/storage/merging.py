"""Writing what an import decided: one transaction, one import of a user at a time, events beside the rows."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.identity import START_TOLERANCE_S
from services.garmin_ingest.domain.imports import Candidate, Decision, Known, Verdict
from services.garmin_ingest.domain.ports import Decide
from services.garmin_ingest.storage import activity_events
from services.garmin_ingest.storage.activity_rows import to_columns, to_known
from services.garmin_ingest.storage.stream_blocks import to_block
from shared.events import EventOutbox
from shared.ids import uuid7
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection, Database

_ONE_IMPORT_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"
_KNOWN = """
SELECT activity_id, sport, start_time, duration_s, richness, deleted_at,
       same.content IS TRUE AS same_content, same.source IS TRUE AS same_source, same.attempt IS TRUE AS same_attempt
FROM activity
LEFT JOIN LATERAL (
    SELECT bool_or(content_sha256 = $2 AND session_index = $3) AS content,
           bool_or(road = $4 AND source_id = $5) AS source,
           bool_or(content_sha256 = $2 AND session_index = $3 AND attempt = $6) AS attempt
    FROM activity_source WHERE activity_source.user_id = $1 AND activity_source.activity_id = activity.activity_id
) AS same ON true
WHERE user_id = $1 AND (start_time BETWEEN $7 AND $8 OR activity_id IN (
    SELECT activity_id FROM activity_source WHERE user_id = $1
    AND ((content_sha256 = $2 AND session_index = $3) OR (road = $4 AND source_id = $5))
))
"""


async def lock_user(connection: Connection, user_id: uuid.UUID) -> None:
    """Wait for the user's other imports and deletions; held until the transaction ends."""
    await connection.execute(_ONE_IMPORT_AT_A_TIME, str(user_id))


@dataclass(frozen=True, slots=True)
class Merger:
    database: Database
    cipher: FieldCipher
    outbox: EventOutbox

    async def merge(
        self, user_id: uuid.UUID, candidates: Sequence[Candidate], decide: Decide, keep: Callable[[], Awaitable[None]]
    ) -> list[Decision]:
        blocks = [await asyncio.to_thread(to_block, candidate.activity.streams) for candidate in candidates]
        async with self.database.transaction() as connection:
            await lock_user(connection, user_id)
            await keep()
            cipher = await self.cipher.for_user(connection, user_id)
            write = _Write(connection, user_id, cipher, self.outbox)
            return [
                await write.one(candidate, block, decide) for candidate, block in zip(candidates, blocks, strict=True)
            ]


@dataclass(frozen=True, slots=True)
class _Write:
    connection: Connection
    user_id: uuid.UUID
    cipher: UserCipher
    outbox: EventOutbox

    async def one(self, candidate: Candidate, block: bytes, decide: Decide) -> Decision:
        known = await self._known(candidate)
        decision = decide(candidate, known)
        if decision.verdict is Verdict.ADD:
            decision = replace(decision, activity_id=uuid7())
        activity_id = decision.activity_id
        assert activity_id is not None
        match decision.verdict:
            case Verdict.ADD:
                await self._insert(activity_id, candidate, block)
                await self._remember(activity_id, candidate, candidate.origin.arrival.attempt)
                await self._publish("activity.imported", activity_id)
            case Verdict.REPLACE:
                was_deleted = any(one.deleted for one in known if one.activity_id == activity_id)
                await self._update(activity_id, candidate, block)
                await self._remember(activity_id, candidate, candidate.origin.arrival.attempt)
                await self._publish("activity.imported" if was_deleted else "activity.updated", activity_id)
            case Verdict.REMEMBER:
                await self._remember(activity_id, candidate, None)
            case Verdict.NOTHING | Verdict.STAY_DELETED:
                pass
        return decision

    async def _known(self, candidate: Candidate) -> list[Known]:
        start, around = candidate.outline.start_time, dt.timedelta(seconds=START_TOLERANCE_S)
        origin = candidate.origin
        rows = await self.connection.fetch(
            _KNOWN, self.user_id, origin.content_sha256, candidate.activity.session_index, origin.arrival.road,
            origin.arrival.source_id, origin.arrival.attempt, start - around, start + around,
        )  # fmt: skip
        return [to_known(row) for row in rows]

    async def _insert(self, activity_id: uuid.UUID, candidate: Candidate, block: bytes) -> None:
        columns = to_columns(candidate, self.cipher)
        places = ", ".join(f"${number}" for number in range(3, len(columns) + 3))
        await self.connection.execute(
            f"INSERT INTO activity (user_id, activity_id, version, {', '.join(columns)}) VALUES ($1, $2, 1, {places})",
            self.user_id, activity_id, *columns.values(),
        )  # fmt: skip
        await self._store_block(activity_id, block)

    async def _update(self, activity_id: uuid.UUID, candidate: Candidate, block: bytes) -> None:
        columns = to_columns(candidate, self.cipher)
        assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=3))
        await self.connection.execute(
            f"UPDATE activity SET version = version + 1, deleted_at = NULL, updated_at = now(), {assignments}"
            " WHERE user_id = $1 AND activity_id = $2",
            self.user_id, activity_id, *columns.values(),
        )  # fmt: skip
        await self._store_block(activity_id, block)

    async def _store_block(self, activity_id: uuid.UUID, block: bytes) -> None:
        await self.connection.execute(
            "INSERT INTO activity_stream (user_id, activity_id, block) VALUES ($1, $2, $3)"
            " ON CONFLICT (user_id, activity_id) DO UPDATE SET block = excluded.block",
            self.user_id, activity_id, block,
        )  # fmt: skip

    async def _remember(self, activity_id: uuid.UUID, candidate: Candidate, attempt: str | None) -> None:
        origin = candidate.origin
        await self.connection.execute(
            "INSERT INTO activity_source"
            " (user_id, content_sha256, session_index, activity_id, road, source_id, attempt, account_hash)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id, content_sha256, session_index)"
            " DO UPDATE SET activity_id = excluded.activity_id, attempt = excluded.attempt",
            self.user_id, origin.content_sha256, candidate.activity.session_index, activity_id, origin.arrival.road,
            origin.arrival.source_id, attempt, origin.arrival.account_hash,
        )  # fmt: skip

    async def _publish(self, kind: str, activity_id: uuid.UUID) -> None:
        await activity_events.publish(self.outbox, self.connection, kind, user_id=self.user_id, activity_id=activity_id)
