"""What other services tell us: remembered in the transaction of its effect."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from services.coach_agent.storage import run_metrics
from shared.events import Event, EventInbox
from shared.jobs import NewJob, enqueue_many
from shared.postgres import Connection, Database

MEASURE_ACTIVITY = "measure_activity"
_IN_BULK = -1


class PostgresActivityEvents:
    """Turns events about activities into jobs and deletions; what is old, repeated or about erased users is ignored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inbox = EventInbox()

    async def receive(self, events: Sequence[Event], *, request_id: str | None) -> None:
        async with self._database.transaction() as connection:
            # In one order, so that two groups about the same activities wait for each other and not both.
            to_measure = [
                _measuring(event)
                for event in sorted(events, key=lambda event: event.aggregate)
                if await self._is_to_be_measured(connection, event)
            ]
            # Of many, none is waited for as the one that has just been uploaded is.
            priority = 0 if len(events) == 1 else _IN_BULK
            await enqueue_many(connection, MEASURE_ACTIVITY, to_measure, request_id=request_id, priority=priority)

    async def _is_to_be_measured(self, connection: Connection, event: Event) -> bool:
        if not event.kind.startswith("activity.") or not await self._inbox.accept(connection, event):
            return False
        if event.kind != "activity.deleted":
            return True
        activity_id, version = uuid.UUID(event.payload["activityId"]), int(event.payload["version"])
        await run_metrics.forget(connection, event.user_id, activity_id, version)
        return False


def _measuring(event: Event) -> NewJob:
    activity_id, version = event.payload["activityId"], event.payload["version"]
    data = {"userId": str(event.user_id), "activityId": activity_id}
    return NewJob(data, f"{MEASURE_ACTIVITY}:{activity_id}:{version}")
