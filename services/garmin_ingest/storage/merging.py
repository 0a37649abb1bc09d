"""Writing what an import decided: one transaction, one import of a user at a time, events beside the rows."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.identity import START_TOLERANCE_S
from services.garmin_ingest.domain.imports import Arrival, Candidate, Decision, Known, Verdict
from services.garmin_ingest.domain.ports import Decide
from services.garmin_ingest.storage import activity_events
from services.garmin_ingest.storage.activity_rows import to_columns, to_known
from services.garmin_ingest.storage.activity_sources import named_by_garmin, remember, rename, require_link
from services.garmin_ingest.storage.stream_blocks import to_block
from shared.events import EventOutbox
from shared.ids import uuid7
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection, Database

_ONE_IMPORT_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"
_KNOWN = """
SELECT activity_id, sport, start_time, duration_s, richness, deleted_at, deleted_by,
       (same.source AND road = $4 AND source_id = $5) IS TRUE AS shows_source,
       same.content IS TRUE AS same_content, same.source IS TRUE AS same_source, same.attempt IS TRUE AS same_attempt
FROM activity
LEFT JOIN LATERAL (
    SELECT bool_or(content_sha256 = $2 AND session_index = $3) AS content,
           bool_or(road = $4 AND source_id = $5 AND session_index = $3) AS source,
           bool_or(content_sha256 = $2 AND session_index = $3 AND attempt = $6) AS attempt
    FROM activity_source WHERE activity_source.user_id = $1 AND activity_source.activity_id = activity.activity_id
) AS same ON true
WHERE user_id = $1 AND (start_time BETWEEN $7 AND $8 OR activity_id IN (
    SELECT activity_id FROM activity_source WHERE user_id = $1
    AND session_index = $3 AND (content_sha256 = $2 OR (road = $4 AND source_id = $5))
))
"""


_LIVING = (
    "SELECT DISTINCT ON (session_index) session_index, activity_id"
    " FROM activity_source JOIN activity USING (user_id, activity_id)"
    " WHERE user_id = $1 AND activity_source.content_sha256 = $2 AND deleted_at IS NULL ORDER BY session_index"
)


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
            await require_link(connection, user_id, candidates[0].origin.arrival if candidates else None)
            await keep()
            cipher = await self.cipher.for_user(connection, user_id)
            write = _Write(connection, user_id, cipher, self.outbox)
            return [
                await write.one(candidate, block, decide) for candidate, block in zip(candidates, blocks, strict=True)
            ]

    async def recognise(self, user_id: uuid.UUID, sha256: bytes, arrival: Arrival) -> bool:
        async with self.database.transaction() as connection:
            await lock_user(connection, user_id)
            await require_link(connection, user_id, arrival)
            rows = await connection.fetch(_LIVING, user_id, sha256)
            if len(rows) > 1:
                arrival = replace(arrival, sport=None)  # what Garmin lists is the type of the whole
            arrival = replace(arrival, attempt=None)  # this attempt made nothing
            cipher = await self.cipher.for_user(connection, user_id)
            changed = False
            for row in rows:
                activity_id = row["activity_id"]
                await remember(connection, user_id, activity_id, (sha256, row["session_index"]), arrival)
                if await rename(connection, cipher, activity_id, arrival):
                    changed = True
                    await activity_events.publish(
                        self.outbox, connection, "activity.updated", user_id=user_id, activity_id=activity_id
                    )
            return changed


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
                was_deleted = any(one.deleted_by for one in known if one.activity_id == activity_id)
                await self._update(activity_id, candidate, block)
                await self._remember(activity_id, candidate, candidate.origin.arrival.attempt)
                await self._publish("activity.imported" if was_deleted else "activity.updated", activity_id)
            case Verdict.REMEMBER:
                await self._remember(activity_id, candidate, None)
                await self._rename(activity_id, candidate)
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
        if candidate.origin.arrival.road == "upload" and await named_by_garmin(
            self.connection, self.user_id, activity_id
        ):
            del columns["name_sealed"]
        assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=3))
        await self.connection.execute(
            f"UPDATE activity SET version = version + 1, deleted_at = NULL, deleted_by = NULL, updated_at = now(),"
            f" {assignments} WHERE user_id = $1 AND activity_id = $2",
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
        arrival = replace(origin.arrival, attempt=attempt)
        recording = (origin.content_sha256, candidate.activity.session_index)
        await remember(self.connection, self.user_id, activity_id, recording, arrival)

    async def _rename(self, activity_id: uuid.UUID, candidate: Candidate) -> None:
        if candidate.origin.arrival.road == "sync" and await rename(
            self.connection, self.cipher, activity_id, candidate.origin.arrival
        ):
            await self._publish("activity.updated", activity_id)

    async def _publish(self, kind: str, activity_id: uuid.UUID) -> None:
        await activity_events.publish(self.outbox, self.connection, kind, user_id=self.user_id, activity_id=activity_id)
