"""What other services hear of activities, in the transaction of the change."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

import asyncpg

from shared.events import Event, EventOutbox
from shared.ids import uuid7
from shared.postgres import Connection

_LONGEST_SILENCE = dt.timedelta(minutes=5)


async def publish(
    connection: Connection,
    outbox: EventOutbox,
    user_id: uuid.UUID,
    kinds: Mapping[uuid.UUID, str],
    *,
    job_id: uuid.UUID | None = None,
) -> None:
    """Tell the subscribers of each kind about the activity with that id, as it now is in this transaction.

    What a job does is told when the job is done: whoever works on what they hear would only hold it up.
    """
    if not kinds:
        return
    rows = await connection.fetch(
        "SELECT activity_id, version, sport, start_time FROM activity WHERE user_id = $1 AND activity_id = ANY($2)"
        " ORDER BY start_time, activity_id",
        user_id, list(kinds),
    )  # fmt: skip
    events = [_event(user_id, kinds[row["activity_id"]], row) for row in rows]
    if job_id is None:
        await outbox.publish_many(connection, events)
    else:
        await outbox.publish_group(connection, events, held_for=str(job_id), at_most=_LONGEST_SILENCE)


def _event(user_id: uuid.UUID, kind: str, row: asyncpg.Record) -> Event:
    payload = {
        "userId": str(user_id),
        "activityId": str(row["activity_id"]),
        "version": row["version"],
        "sport": row["sport"],
        "startTime": row["start_time"].astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Event(
        id=uuid7(),
        kind=kind,
        user_id=user_id,
        aggregate=str(row["activity_id"]),
        version=row["version"],
        occurred_at=dt.datetime.now(dt.UTC),
        payload=payload,
    )
