"""Outcomes of a job's items, written in the transaction of what they did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from services.garmin_ingest.domain.imports import FileResult
from services.garmin_ingest.domain.intake import ItemMark
from shared.postgres import Connection, to_jsonb

# The first outcome stands: two workers have one job in hand when one of them was taken for dead.
_FINISH = """
UPDATE job_item SET status = done.status, activity_ids = done.activity_ids, kind = done.kind,
    error_code = done.error_code, error_message = done.error_message
FROM jsonb_to_recordset($2::jsonb) AS done (
    job_id uuid, position integer, status text, activity_ids uuid[], kind text, error_code text, error_message text)
WHERE job_item.user_id = $1 AND job_item.job_id = done.job_id AND job_item.position = done.position
    AND job_item.status IS NULL
"""


async def finish(connection: Connection, user_id: uuid.UUID, done: Sequence[tuple[ItemMark, FileResult]]) -> None:
    if done:
        await connection.execute(_FINISH, user_id, to_jsonb([_outcome(item, result) for item, result in done]))


def _outcome(item: ItemMark, result: FileResult) -> dict[str, object]:
    failure = result.failure
    return {
        "job_id": str(item.job_id),
        "position": item.position,
        "status": result.status,
        "activity_ids": [str(one) for one in result.activity_ids],
        "kind": result.kind,
        "error_code": None if failure is None else failure.code,
        "error_message": None if failure is None else failure.message,
    }
