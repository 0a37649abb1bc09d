"""What other services hear of an activity, in the transaction of the change."""

from __future__ import annotations

import datetime as dt
import uuid

from shared.events import Event, EventOutbox
from shared.ids import uuid7
from shared.postgres import Connection


async def publish(
    outbox: EventOutbox, connection: Connection, kind: str, *, user_id: uuid.UUID, activity_id: uuid.UUID
) -> None:
    """Tell the subscribers of ``kind`` about the activity as it now is in this transaction."""
    row = await connection.fetchrow(
        "SELECT version, sport, start_time FROM activity WHERE user_id = $1 AND activity_id = $2", user_id, activity_id
    )
    assert row is not None
    payload = {
        "userId": str(user_id),
        "activityId": str(activity_id),
        "version": row["version"],
        "sport": row["sport"],
        "startTime": row["start_time"].astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    event = Event(
        id=uuid7(),
        kind=kind,
        user_id=user_id,
        aggregate=str(activity_id),
        version=row["version"],
        occurred_at=dt.datetime.now(dt.UTC),
        payload=payload,
    )
    await outbox.publish(connection, event)
