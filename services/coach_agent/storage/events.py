"""What other services tell us: remembered in the transaction of its effect."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from services.coach_agent.storage import run_metrics, unmeasured
from shared.events import Event, EventInbox
from shared.jobs import NewJob, enqueue_many
from shared.postgres import Connection, Database

MEASURE_ACTIVITY = "measure_activity"
REFRESH_FITNESS = "refresh_fitness"
_DELETED = "activity.deleted"
IN_BULK = -1
_WHEN_ALL_IS_MEASURED = -2


class PostgresActivityEvents:
    """Turns events about activities into jobs and deletions; what is old, repeated or about erased users is ignored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inbox = EventInbox()

    async def receive(self, events: Sequence[Event], *, request_id: str | None) -> None:
        async with self._database.transaction() as connection:
            # In one order, so that two groups about the same activities wait for each other and not both.
            in_order = sorted(events, key=lambda event: event.aggregate)
            accepted = [event for event in in_order if await self._accept(connection, event)]
            present = [event for event in accepted if event.kind != _DELETED]
            await unmeasured.note(connection, [(event.user_id, *_subject(event)) for event in present])
            # Of many, none is waited for as the one that has just been uploaded is.
            priority = 0 if len(events) == 1 else IN_BULK
            to_measure = [measuring(event.user_id, *_subject(event)) for event in present]
            await enqueue_many(connection, MEASURE_ACTIVITY, to_measure, request_id=request_id, priority=priority)
            await enqueue_many(
                connection, REFRESH_FITNESS, _refreshing(accepted), request_id=request_id,
                priority=_WHEN_ALL_IS_MEASURED,
            )  # fmt: skip

    async def _accept(self, connection: Connection, event: Event) -> bool:
        if not event.kind.startswith("activity.") or not await self._inbox.accept(connection, event):
            return False
        if event.kind == _DELETED:
            await run_metrics.forget(connection, event.user_id, *_subject(event))
        return True


def _subject(event: Event) -> tuple[uuid.UUID, int]:
    """The activity and its version."""
    return uuid.UUID(event.payload["activityId"]), int(event.payload["version"])


def measuring(user_id: uuid.UUID, activity_id: uuid.UUID, version: int) -> NewJob:
    """The job that measures one version of an activity."""
    data = {"userId": str(user_id), "activityId": str(activity_id), "version": version}
    return NewJob(data, f"{MEASURE_ACTIVITY}:{activity_id}:{version}")


def _refreshing(events: Sequence[Event]) -> list[NewJob]:
    """One job for each runner."""
    runners = sorted({str(event.user_id) for event in events})
    return [NewJob({"userId": user_id}, f"{REFRESH_FITNESS}:{user_id}") for user_id in runners]
