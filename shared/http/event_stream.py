"""Server-sent events: an answer that goes on while there is something to tell, and ends in good order."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from shared.errors import ServiceError
from shared.http.context import REQUEST_ID_HEADER, current
from shared.http.envelope import error_response
from shared.http.server import HealthKey

EVENT_STREAM = "text/event-stream"
# Proxies and phones drop a connection that is silent for longer.
_HEARTBEAT_S = 15.0
# Ends before the budget does, so that the last event arrives and the connection stays usable.
_MARGIN_S = 2.0


def accepts_events(request: web.Request) -> bool:
    return EVENT_STREAM in request.headers.get("Accept", "")


class EventStream:
    """An answer that has begun."""

    def __init__(self, request: web.Request, response: web.StreamResponse) -> None:
        self.response = response
        self._request = request
        self._wrote_at_s = time.monotonic()

    async def send(self, name: str, data: bytes) -> None:
        """One event; ``data`` is one line."""
        await self._write(b"event: " + name.encode() + b"\ndata: " + data + b"\n\n")

    async def keep_alive(self) -> bool:
        """Whether to go on: not once the time is up or the process is stopping. The client will come back then.

        A comment is sent where nothing else was for a while, which also finds a client that has gone.
        """
        if time.monotonic() - self._wrote_at_s >= _HEARTBEAT_S:
            await self._write(b": still here\n\n")
        context = current()
        is_time_up = context is not None and context.deadline.remaining_s() <= _MARGIN_S
        return not is_time_up and not _is_stopping(self._request.app)

    async def retry_after(self, seconds: float) -> None:
        """Tell the client how long to wait before it comes back."""
        await self._write(b"retry: %d\n\n" % round(seconds * 1000))

    async def _write(self, data: bytes) -> None:
        self._wrote_at_s = time.monotonic()
        await self.response.write(data)


@asynccontextmanager
async def event_stream(request: web.Request, headers: Mapping[str, str] | None = None) -> AsyncIterator[EventStream]:
    """Begin an answer of events, and end it; a ServiceError inside becomes its last event, ``error``."""
    context = current()
    request_id = "" if context is None else context.request_id
    response = web.StreamResponse(
        headers={
            "Content-Type": EVENT_STREAM, "Cache-Control": "no-store", REQUEST_ID_HEADER: request_id,
            # nginx and its like would hold events back until they had a buffer full of them.
            "X-Accel-Buffering": "no", **(headers or {}),
        }
    )  # fmt: skip
    await response.prepare(request)
    events = EventStream(request, response)
    try:
        yield events
    except ServiceError as error:
        envelope = error_response(error, request_id).body
        assert isinstance(envelope, bytes)
        await events.send("error", envelope)
    await response.write_eof()


def _is_stopping(app: web.Application) -> bool:
    return HealthKey in app and app[HealthKey].draining
