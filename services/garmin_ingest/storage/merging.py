"""What a runner has, held while imports are decided and written: one import of a user at a time, all or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import asyncpg

from services.garmin_ingest.domain.identity import START_TOLERANCE_S, Outline
from services.garmin_ingest.domain.import_plan import Change, Plan
from services.garmin_ingest.domain.imports import Arrival
from services.garmin_ingest.domain.intake import Intake
from services.garmin_ingest.domain.roster import Held, Mark, Roster
from services.garmin_ingest.storage import activity_events, job_items, ledger
from services.garmin_ingest.storage.activity_rows import to_columns
from services.garmin_ingest.storage.activity_sources import remember, rename, require_link
from shared.events import EventOutbox
from shared.personal import FieldCipher, UserCipher
from shared.postgres import Connection

_ONE_IMPORT_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"
_HELD = """
WITH wanted AS (
    SELECT activity_id FROM unnest($2::timestamptz[]) AS candidate (start)
    JOIN activity ON user_id = $1 AND start_time BETWEEN start - $5::interval AND start + $5::interval
    UNION SELECT activity_id FROM activity_source WHERE user_id = $1 AND content_sha256 = ANY($3)
    UNION SELECT activity_id FROM activity_source WHERE user_id = $1 AND source_id = ANY($4)
)
SELECT activity_id, version, sport, start_time, duration_s, richness, road, source_id,
       name_sealed IS NOT NULL AS has_name,
       CASE WHEN deleted_at IS NOT NULL THEN coalesce(deleted_by, 'runner') END AS deleted_by
FROM activity JOIN wanted USING (activity_id) WHERE user_id = $1
"""
_MARKS = (
    "SELECT activity_id, content_sha256, session_index, road, source_id, attempt, account_hash FROM activity_source"
    " WHERE user_id = $1 AND activity_id = ANY($2)"
)
_LIVING = (
    "SELECT DISTINCT ON (session_index) session_index, activity_id"
    " FROM activity_source JOIN activity USING (user_id, activity_id)"
    " WHERE user_id = $1 AND activity_source.content_sha256 = $2 AND deleted_at IS NULL ORDER BY session_index"
)
_STREAMS = ("user_id", "activity_id", "block")


async def lock_user(connection: Connection, user_id: uuid.UUID) -> None:
    """Wait for the user's other imports and deletions; held until the transaction ends."""
    await connection.execute(_ONE_IMPORT_AT_A_TIME, str(user_id))


@dataclass(frozen=True, slots=True)
class HeldByTransaction:
    """``connection`` is in a transaction; it has the user's lock as soon as there is something to decide."""

    connection: Connection
    user_id: uuid.UUID
    cipher: FieldCipher
    outbox: EventOutbox

    async def roster(self, intakes: Sequence[Intake]) -> Roster:
        if not any(intake.needs_turn for intake in intakes):
            return Roster.of([], [])
        await lock_user(self.connection, self.user_id)
        for arrival in {intake.file.arrival.connection_id: intake.file.arrival for intake in intakes}.values():
            await require_link(self.connection, self.user_id, arrival)
        candidates = [candidate for intake in intakes for candidate in intake.candidates]
        names = {candidate.origin.arrival.source_id for candidate in candidates} - {None}
        held = await self.connection.fetch(
            _HELD, self.user_id, [candidate.outline.start_time for candidate in candidates],
            list({candidate.origin.content_sha256 for candidate in candidates}), list(names),
            dt.timedelta(seconds=START_TOLERANCE_S),
        )  # fmt: skip
        marks = await self.connection.fetch(_MARKS, self.user_id, [row["activity_id"] for row in held])
        return Roster.of([_held(row) for row in held], [Mark(**row) for row in marks])

    async def write(self, plan: Plan) -> None:
        changes = list(plan.changes.values())
        events: dict[uuid.UUID, str] = {change.activity_id: change.event for change in changes}
        if changes or plan.renamed:
            cipher = await self.cipher.for_user(self.connection, self.user_id)
            await self._insert([change for change in changes if change.is_new], cipher)
            await self._update([change for change in changes if not change.is_new], cipher)
            for activity_id, arrival in plan.renamed.items():
                if await rename(self.connection, cipher, activity_id, arrival):
                    events.setdefault(activity_id, "activity.updated")
        await remember(self.connection, self.user_id, list(plan.marks.values()))
        if not (changes or plan.marks or plan.keep or plan.finished):
            # That a file came once more need not be on disk before its sender is told.
            await self.connection.execute("SET LOCAL synchronous_commit = off")
        await ledger.enter(self.connection, self.user_id, plan.ledger.values())
        await job_items.finish(self.connection, self.user_id, plan.finished)
        job_id = plan.finished[0][0].job_id if plan.finished else None
        await activity_events.publish(self.connection, self.outbox, self.user_id, events, job_id=job_id)

    async def recognise(self, sha256: bytes, arrival: Arrival) -> bool:
        rows = await self.connection.fetch(_LIVING, self.user_id, sha256)
        if len(rows) > 1:
            arrival = replace(arrival, sport=None)  # what Garmin lists is the type of the whole
        marks = [
            # This attempt made nothing.
            Mark(row["activity_id"], sha256, row["session_index"], arrival.road, arrival.source_id, None,
                 arrival.account_hash)
            for row in rows
        ]  # fmt: skip
        await remember(self.connection, self.user_id, marks)
        cipher = await self.cipher.for_user(self.connection, self.user_id)
        renamed = {
            mark.activity_id for mark in marks if await rename(self.connection, cipher, mark.activity_id, arrival)
        }
        await activity_events.publish(
            self.connection, self.outbox, self.user_id, dict.fromkeys(renamed, "activity.updated")
        )
        return bool(renamed)

    async def _insert(self, changes: Sequence[Change], cipher: UserCipher) -> None:
        if not changes:
            return
        rows = [to_columns(change.candidate, cipher) for change in changes]
        await self.connection.copy_records_to_table(
            "activity",
            columns=("user_id", "activity_id", "version", *rows[0]),
            records=[
                (self.user_id, change.activity_id, change.version, *row.values())
                for change, row in zip(changes, rows, strict=True)
            ],
        )
        await self.connection.copy_records_to_table("activity_stream", columns=_STREAMS, records=self._blocks(changes))

    async def _update(self, changes: Sequence[Change], cipher: UserCipher) -> None:
        if not changes:
            return
        for change in changes:
            columns = to_columns(change.candidate, cipher)
            if change.keeps_name:
                del columns["name_sealed"]
            assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=4))
            await self.connection.execute(
                "UPDATE activity SET version = $3, deleted_at = NULL, deleted_by = NULL, updated_at = now(),"
                f" {assignments} WHERE user_id = $1 AND activity_id = $2",
                self.user_id, change.activity_id, change.version, *columns.values(),
            )  # fmt: skip
        await self.connection.executemany(
            "INSERT INTO activity_stream (user_id, activity_id, block) VALUES ($1, $2, $3)"
            " ON CONFLICT (user_id, activity_id) DO UPDATE SET block = excluded.block",
            self._blocks(changes),
        )

    def _blocks(self, changes: Sequence[Change]) -> list[tuple[uuid.UUID, uuid.UUID, bytes]]:
        return [(self.user_id, change.activity_id, change.candidate.activity.block) for change in changes]


def _held(row: asyncpg.Record) -> Held:
    return Held(
        activity_id=row["activity_id"],
        version=row["version"],
        outline=Outline(row["sport"], row["start_time"], row["duration_s"]),
        richness=tuple(row["richness"]),
        deleted_by=row["deleted_by"],
        road=row["road"],
        source_id=row["source_id"],
        has_name=row["has_name"],
    )
