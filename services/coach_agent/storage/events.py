"""What other services tell us: remembered in the transaction of its effect."""

from __future__ import annotations

import uuid

from services.coach_agent.storage import run_metrics
from shared.events import Event, EventInbox
from shared.jobs import enqueue
from shared.postgres import Database

MEASURE_ACTIVITY = "measure_activity"


class PostgresActivityEvents:
    """Turns events about activities into jobs and deletions; what is old, repeated or about erased users is ignored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inbox = EventInbox()

    async def receive(self, event: Event, *, request_id: str | None) -> None:
        async with self._database.transaction() as connection:
            if not event.kind.startswith("activity.") or not await self._inbox.accept(connection, event):
                return
            activity_id = uuid.UUID(event.payload["activityId"])
            version = int(event.payload["version"])
            if event.kind == "activity.deleted":
                await run_metrics.forget(connection, event.user_id, activity_id, version)
                return
            await enqueue(
                connection,
                MEASURE_ACTIVITY,
                {"userId": str(event.user_id), "activityId": str(activity_id)},
                dedupe_key=f"{MEASURE_ACTIVITY}:{activity_id}:{version}",
                request_id=request_id,
            )
