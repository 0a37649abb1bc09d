"""What a runner has, held while one of their originals is read again: compared, written and told in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from services.garmin_ingest.domain.imports import Job
from services.garmin_ingest.domain.intake import Intake
from services.garmin_ingest.domain.models import Totals
from services.garmin_ingest.domain.reading import Reading
from services.garmin_ingest.domain.replay_ports import FirstComing, ReplayItem, ReplayResult, Revised, Session
from services.garmin_ingest.domain.revision import AsStored
from services.garmin_ingest.domain.roster import Roster
from services.garmin_ingest.storage import activity_events, ledger
from services.garmin_ingest.storage.activity_rows import TOTALS, to_columns
from services.garmin_ingest.storage.forgetting import REMOVE_ORIGINAL
from services.garmin_ingest.storage.merging import HeldByTransaction, lock_user
from shared.jobs import enqueue
from shared.personal import UserCipher

_SESSIONS = f"""
SELECT DISTINCT ON (session_index) session_index, activity_id, attempt, activity.content_sha256 = $2 AS is_shown,
       EXISTS (SELECT FROM activity_source AS other WHERE other.user_id = $1
               AND other.activity_id = activity.activity_id AND other.road = 'sync') AS named_by_garmin,
       richness, deleted_at, sport, sub_sport, start_time, utc_offset_s, {", ".join(TOTALS)}, name_sealed, device,
       device_serial_sealed, details, block
FROM activity_source AS source JOIN activity USING (user_id, activity_id)
LEFT JOIN activity_stream USING (user_id, activity_id)
WHERE user_id = $1 AND source.content_sha256 = $2
ORDER BY session_index, source.road
"""
# Where a recording came from is decided when it comes, and stays.
_OF_ORIGIN = ("road", "source_id", "content_sha256", "packed")


@dataclass(frozen=True, slots=True)
class HeldReplay(HeldByTransaction):
    async def roster(self, intakes: Sequence[Intake]) -> Roster:
        await lock_user(self.connection, self.user_id)
        return await HeldByTransaction.roster(self, intakes)

    async def coming(self, sha256: bytes) -> FirstComing | None:
        return await ledger.first_coming(self.connection, self.user_id, sha256)

    async def sessions(self, sha256: bytes) -> Sequence[Session]:
        rows = await self.connection.fetch(_SESSIONS, self.user_id, sha256)
        cipher = await self.cipher.for_user(self.connection, self.user_id)
        return [
            Session(
                session_index=row["session_index"],
                activity_id=row["activity_id"],
                attempt=row["attempt"],
                is_shown=row["is_shown"],
                named_by_garmin=row["named_by_garmin"],
                richness=tuple(row["richness"]),
                stored=_as_stored(row, cipher) if row["deleted_at"] is None else None,
            )
            for row in rows
        ]

    async def revise(self, revised: Sequence[Revised]) -> None:
        if not revised:
            return
        cipher = await self.cipher.for_user(self.connection, self.user_id)
        for one in revised:
            columns = to_columns(one.candidate, cipher)
            if not one.takes_over:
                columns = {name: value for name, value in columns.items() if name not in _OF_ORIGIN}
            assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=3))
            await self.connection.execute(
                f"UPDATE activity SET version = version + 1, updated_at = now(), {assignments}"
                " WHERE user_id = $1 AND activity_id = $2",
                self.user_id, one.activity_id, *columns.values(),
            )  # fmt: skip
            await self.connection.execute(
                "INSERT INTO activity_stream (user_id, activity_id, block) VALUES ($1, $2, $3)"
                " ON CONFLICT (user_id, activity_id) DO UPDATE SET block = excluded.block",
                self.user_id, one.activity_id, one.candidate.activity.block,
            )  # fmt: skip
        events = {one.activity_id: "activity.updated" for one in revised}
        await activity_events.publish(self.connection, self.outbox, self.user_id, events)

    async def decoded(self, sha256: bytes, reading: Reading) -> None:
        await ledger.decoded(self.connection, self.user_id, sha256, reading)

    async def let_go(self, sha256: bytes) -> None:
        await enqueue(self.connection, REMOVE_ORIGINAL, {"userId": str(self.user_id), "sha256": sha256.hex()})

    async def finish(self, job: Job, item: ReplayItem, result: ReplayResult) -> None:
        failure = result.failure
        await self.connection.execute(
            "UPDATE job_item SET status = $4, changes = $5, activity_ids = $6, error_code = $7, error_message = $8"
            " WHERE user_id = $1 AND job_id = $2 AND position = $3 AND status IS NULL",
            job.user_id, job.job_id, item.position, result.status, list(result.changes), list(result.activity_ids),
            None if failure is None else failure.code, None if failure is None else failure.message,
        )  # fmt: skip


def _as_stored(row: asyncpg.Record, cipher: UserCipher) -> AsStored:
    name, serial = row["name_sealed"], row["device_serial_sealed"]
    return AsStored(
        sport=row["sport"],
        sub_sport=row["sub_sport"],
        start_time=row["start_time"],
        utc_offset_s=row["utc_offset_s"],
        totals=Totals(**{figure: row[figure] for figure in TOTALS}),
        name=None if name is None else cipher.decrypt(name),
        device=row["device"],
        device_serial=None if serial is None else cipher.decrypt(serial),
        details=row["details"],
        block=row["block"],
    )
