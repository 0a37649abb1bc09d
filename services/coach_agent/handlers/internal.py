"""What other services tell the coach."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from shared.events import Event
from shared.http.context import current
from shared.http.rendering import no_content


class EventReceiver(Protocol):
    def receive(self, event: Event, *, request_id: str | None) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class InternalHandlers:
    events: EventReceiver

    async def receive_event(self, _: web.Request, event: Event) -> web.Response:
        """An event about an activity; one that is old or was seen before changes nothing."""
        context = current()
        await self.events.receive(event, request_id=context.request_id if context else None)
        return no_content()
