"""The table ``ingest_ledger``: a row for every file that ever came in, whatever became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from services.garmin_ingest.domain.imports import Arrival
from services.garmin_ingest.domain.intake import LedgerRow
from services.garmin_ingest.domain.reading import Reading
from services.garmin_ingest.domain.replay_ports import FirstComing
from shared.postgres import Connection, to_jsonb

_TOLD = (
    "source_id", "zone", "decoder", "outcome", "skipped_as", "error_code", "error_message", "activity_ids", "warnings",
    "original_kept", "decoded_at",
)  # fmt: skip
# A file that comes again is told by its first coming, unless that failed or this one did something.
_RETOLD = ", ".join(
    f"{column} = CASE WHEN earlier.outcome = 'failed' OR excluded.outcome <> 'duplicate'"
    f" THEN excluded.{column} ELSE earlier.{column} END"
    for column in _TOLD
)
_ENTER = f"""
INSERT INTO ingest_ledger AS earlier
    (user_id, source, content_sha256, kind, size_bytes, packed, {", ".join(_TOLD)})
SELECT $1, source, decode(content_sha256, 'hex'), 'file', size_bytes, packed, source_id, zone, decoder, outcome,
    skipped_as, error_code, error_message, activity_ids, warnings, original_kept,
    CASE WHEN decoder IS NOT NULL THEN now() END
FROM jsonb_to_recordset($2::jsonb) AS entry (
    source text, content_sha256 text, size_bytes bigint, packed boolean, source_id text, zone text, decoder text,
    outcome text, skipped_as text, error_code text, error_message text, activity_ids uuid[], warnings text[],
    original_kept boolean)
ON CONFLICT (user_id, source, content_sha256) DO UPDATE SET last_received_at = now(), {_RETOLD}
"""


async def enter(connection: Connection, user_id: uuid.UUID, rows: Iterable[LedgerRow]) -> None:
    """Enter files, in the transaction of their effect; no two of them may have the same source and content."""
    await connection.execute(_ENTER, user_id, to_jsonb([_entry(row) for row in rows]))


async def first_coming(connection: Connection, user_id: uuid.UUID, sha256: bytes) -> FirstComing | None:
    """How a kept original came in first; None where it is not kept."""
    row = await connection.fetchrow(
        "SELECT source, source_id, zone, packed FROM ingest_ledger"
        " WHERE user_id = $1 AND content_sha256 = $2 AND kind = 'file' AND original_kept"
        " ORDER BY first_received_at, source LIMIT 1",
        user_id, sha256,
    )  # fmt: skip
    if row is None:
        return None
    return FirstComing(Arrival(source=row["source"], source_id=row["source_id"]), row["zone"], row["packed"])


async def decoded(connection: Connection, user_id: uuid.UUID, sha256: bytes, reading: Reading) -> None:
    """Enter that today's decoder has read a kept original, whatever road it came by."""
    codes = list(dict.fromkeys(code for activity in reading.activities for code in activity.warnings))
    await connection.execute(
        "UPDATE ingest_ledger SET decoder = $3, warnings = $4, decoded_at = now()"
        " WHERE user_id = $1 AND content_sha256 = $2 AND kind = 'file'",
        user_id, sha256, reading.decoder, codes,
    )  # fmt: skip


async def original_removed(connection: Connection, user_id: uuid.UUID, sha256: bytes) -> None:
    await connection.execute(
        "UPDATE ingest_ledger SET original_kept = false WHERE user_id = $1 AND content_sha256 = $2", user_id, sha256
    )


def _entry(row: LedgerRow) -> dict[str, object]:
    return {
        "source": row.source,
        "content_sha256": row.content_sha256.hex(),
        "size_bytes": row.size_bytes,
        "packed": row.packed,
        "source_id": row.source_id,
        "zone": row.zone,
        "decoder": row.decoder,
        "outcome": row.outcome,
        "skipped_as": row.skipped_as,
        "error_code": None if row.failure is None else row.failure.code,
        "error_message": None if row.failure is None else row.failure.message,
        "activity_ids": [str(one) for one in row.activity_ids],
        "warnings": row.warnings,
        "original_kept": row.original_kept,
    }
