"""Whoever asked, while the answer is on its way: hears sentences as they come, or goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack

from aiohttp import web

from shared.errors import ServiceError
from shared.http.context import current
from shared.http.envelope import error_response
from shared.http.event_stream import EventStream, accepts_events, event_stream
from shared.http.rendering import dumps

# aiohttp tells the task of a handler that its client has gone, but not a task that keeps an answer under a key.
_LOOK_EVERY_S = 0.25
# What is kept of the request's time for storing the answer and sending the rest of it.
_RESERVE_S = 2.0


class Listener:
    """The asker of one request. Where events are accepted they begin with the first sentence that is heard."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._stack = AsyncExitStack()
        self._events: EventStream | None = None
        self._lost = asyncio.Event()
        self.heard = ""

    @property
    def has_begun(self) -> bool:
        return self._events is not None

    def left_s(self) -> float:
        context = current()
        return 0.0 if context is None else max(0.0, context.deadline.remaining_s() - _RESERVE_S)

    async def hear(self, sentence: str) -> None:
        if not accepts_events(self._request):
            return
        events = await self.events()
        self.heard += sentence
        await self._send(events, "token", dumps({"text": sentence}))

    async def gone(self) -> None:
        while not self._lost.is_set():
            transport = self._request.transport
            if transport is None or transport.is_closing():
                return
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._lost.wait()
            except TimeoutError:
                continue

    async def events(self, headers: Mapping[str, str] | None = None) -> EventStream:
        """The stream, begun now at the latest."""
        if self._events is None:
            self._events = await self._stack.enter_async_context(event_stream(self._request, headers))
        return self._events

    async def end(self, error: ServiceError | None = None) -> web.StreamResponse:
        """End the stream that has begun, with the envelope of ``error`` as its last event if there is one."""
        events = await self.events()
        if error is not None:
            context = current()
            envelope = error_response(error, "" if context is None else context.request_id).body
            assert isinstance(envelope, bytes)
            await self._send(events, "error", envelope)
        await self._stack.aclose()
        return events.response

    async def _send(self, events: EventStream, name: str, data: bytes) -> None:
        """A client that has gone is no failure of the answer, which is stored all the same."""
        try:
            await events.send(name, data)
        except OSError:
            self._lost.set()
