"""Deleting activities: what they would be recognised by stays, everything else goes."""

from __future__ import annotations

import uuid

from services.garmin_ingest.domain.imports import DeletedBy
from services.garmin_ingest.storage import activity_events
from services.garmin_ingest.storage.activity_rows import TOTALS
from shared.events import EventOutbox
from shared.jobs import enqueue
from shared.postgres import Connection

REMOVE_ORIGINAL = "remove_original"

_FORGET = (
    "UPDATE activity SET deleted_at = now(), deleted_by = $3, updated_at = now(), version = version + 1,"
    " name_sealed = NULL, device = NULL, device_serial_sealed = NULL, details = '{}',"
    f" {', '.join(f'{figure} = NULL' for figure in TOTALS)}"
    " WHERE user_id = $1 AND activity_id = $2 AND deleted_at IS NULL RETURNING true"
)


async def forget(
    connection: Connection, outbox: EventOutbox, user_id: uuid.UUID, activity_id: uuid.UUID, *, by: DeletedBy
) -> bool:
    """Forget an activity and queue the removal of its originals; whether there was a living one.

    The caller holds the user's lock.
    """
    if not await connection.fetchval(_FORGET, user_id, activity_id, by):
        return False
    await connection.execute(
        "DELETE FROM activity_stream WHERE user_id = $1 AND activity_id = $2", user_id, activity_id
    )
    sources = await connection.fetch(
        "SELECT DISTINCT content_sha256 FROM activity_source WHERE user_id = $1 AND activity_id = $2",
        user_id, activity_id,
    )  # fmt: skip
    for source in sources:
        data = {"userId": str(user_id), "sha256": source["content_sha256"].hex()}
        await enqueue(connection, REMOVE_ORIGINAL, data)
    await activity_events.publish(connection, outbox, user_id, {activity_id: "activity.deleted"})
    return True
