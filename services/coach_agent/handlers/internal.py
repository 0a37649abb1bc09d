"""What other services tell the coach."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from shared.events import Event, EventGroup
from shared.http.context import current
from shared.http.rendering import no_content


class EventReceiver(Protocol):
    def receive(self, events: Sequence[Event], *, request_id: str | None) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class InternalHandlers:
    events: EventReceiver

    async def receive_event(self, _: web.Request, event: Event) -> web.Response:
        """An event about an activity; one that is old or was seen before changes nothing."""
        return await self._receive([event])

    async def receive_event_group(self, _: web.Request, group: EventGroup) -> web.Response:
        """Events about many activities, taken in together or not at all."""
        return await self._receive(group.events)

    async def _receive(self, events: Sequence[Event]) -> web.Response:
        context = current()
        await self.events.receive(events, request_id=context.request_id if context else None)
        return no_content()
