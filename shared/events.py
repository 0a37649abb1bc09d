"""Events between services: a job per subscriber that POSTs to its ``/internal/events``, and the receiver's memory.

Delivery is at least once and in no order. The receiver remembers ids, ignores versions of an aggregate older than one
it has seen, and ignores users who were erased.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.jobs import JobPolicy, NewJob, enqueue_many
from shared.postgres import Connection
from shared.resilience import Backoff

DELIVER = "deliver_event"
DELIVERY_PATH = "/internal/events"
GROUP_PATH = "/internal/events/groups"
# A subscriber may be down for a night; after a day its silence is a matter for a person.
DELIVERY_POLICY = JobPolicy(give_up_after=timedelta(hours=24), backoff=Backoff(base_s=1.0, cap_s=600.0))


class Event(BaseModel):
    """Something that happened to ``aggregate`` of ``user_id``; ``version`` grows with each event of one aggregate."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    id: uuid.UUID
    kind: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=64)
    user_id: uuid.UUID
    aggregate: str = Field(max_length=128)
    version: int = Field(ge=0, lt=2**63)
    occurred_at: AwareDatetime
    payload: dict[str, Any]


class EventGroup(BaseModel):
    """Events of one change of many things, delivered with one request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: list[Event] = Field(min_length=1, max_length=1000)


class Sender(Protocol):
    async def __call__(self, subscriber: str, path: str, body: Mapping[str, Any]) -> None:
        """Deliver an event, or a group of them, to one subscriber's ``path``. Raises the subscriber's error."""
        ...


class EventOutbox:
    """Publishes to the subscribers of each kind, in the transaction of the change itself."""

    def __init__(self, subscribers: Mapping[str, Sequence[str]]) -> None:
        self._subscribers = subscribers

    async def publish(self, connection: Connection, event: Event, *, request_id: str | None = None) -> None:
        await self.publish_many(connection, [event], request_id=request_id)

    async def publish_many(
        self, connection: Connection, events: Sequence[Event], *, request_id: str | None = None
    ) -> None:
        """Publish with one statement, whatever their kinds."""
        jobs = [
            NewJob(
                {"subscriber": subscriber, "event": event.model_dump(by_alias=True, mode="json")},
                f"{DELIVER}:{subscriber}:{event.id}",
            )
            for event in events
            for subscriber in self._subscribers.get(event.kind, ())
        ]
        await enqueue_many(connection, DELIVER, jobs, request_id=request_id)

    async def publish_group(
        self, connection: Connection, events: Sequence[Event], *, held_for: str, at_most: timedelta
    ) -> None:
        """Publish to each subscriber with one job, to be delivered after ``release(held_for)``, or then in any case."""
        for subscriber in dict.fromkeys(name for event in events for name in self._subscribers.get(event.kind, ())):
            heard = [event for event in events if subscriber in self._subscribers.get(event.kind, ())]
            group = EventGroup(events=heard).model_dump(by_alias=True, mode="json")
            job = NewJob({"subscriber": subscriber, "group": group}, f"{_held(held_for)}{subscriber}:{heard[0].id}")
            await enqueue_many(connection, DELIVER, [job], delay=at_most)


async def release(connection: Connection, held_for: str) -> None:
    """Let what was held be delivered once the transaction of ``connection`` ends."""
    await connection.execute(
        "UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = $1 AND status = 'queued'"
        " AND starts_with(dedupe_key, $2)",
        DELIVER, _held(held_for),
    )  # fmt: skip


def _held(held_for: str) -> str:
    return f"{DELIVER}:held:{held_for}:"


def delivery_handler(send: Sender) -> Callable[[Mapping[str, Any], int], Awaitable[None]]:
    """The job handler that delivers what the outbox enqueued."""

    async def deliver(data: Mapping[str, Any], _: int) -> None:
        if "group" in data:
            await send(data["subscriber"], GROUP_PATH, data["group"])
        else:
            await send(data["subscriber"], DELIVERY_PATH, data["event"])

    return deliver


class EventInbox:
    async def accept(self, connection: Connection, event: Event) -> bool:
        """Whether ``event`` is news. Call it in the transaction of its effect: both are remembered or neither."""
        is_new = await connection.fetchval(
            "INSERT INTO event_seen (event_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING true", event.id
        )
        if not is_new or await connection.fetchval("SELECT true FROM erased_user WHERE user_id = $1", event.user_id):
            return False
        is_newest = await connection.fetchval(
            "INSERT INTO aggregate_version (user_id, aggregate, version) VALUES ($1, $2, $3)"
            " ON CONFLICT (user_id, aggregate) DO UPDATE SET version = excluded.version"
            " WHERE aggregate_version.version < excluded.version RETURNING true",
            event.user_id, event.aggregate, event.version,
        )  # fmt: skip
        return bool(is_newest)
