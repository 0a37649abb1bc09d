"""A question on its way: its answer as events, sentence by sentence, and last as the piece of page that stays."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from gateway.web.events import KEEP_ALIVE, Event, EventTooLong, read_events
from gateway.web.visit import Visit
from shared.http.context import REQUEST_ID_HEADER
from shared.http.event_stream import EVENT_STREAM

CHAT = "/api/v1/chat"
# As long as the route of the question may take, and a little for what is rendered of it.
_TOLD_S = 45.0

ShowAnswer = Callable[[Mapping[str, Any]], Awaitable[str]]


async def tell(
    visit: Visit, body: Mapping[str, Any], headers: Mapping[str, str], show: ShowAnswer
) -> web.StreamResponse:
    """Events ``sentence`` (plain text) and ``answer`` (what ``show`` makes of the whole), or ``problem`` (an envelope).

    Raises what the coach refuses before its first word.
    """
    async with visit.follow("coach_agent", CHAT, method="POST", body=body, headers=headers) as chunks:
        response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"})
        response.headers[REQUEST_ID_HEADER] = visit.request_id
        visit.finish(response)
        await response.prepare(visit.request)
        # Whoever has gone away hears no more, and the end of this block ends the call of the coach.
        with contextlib.suppress(TimeoutError, EventTooLong, ConnectionResetError):
            async with asyncio.timeout(_TOLD_S):
                await _pass_on(response, chunks, show)
    return response


async def _pass_on(response: web.StreamResponse, chunks: AsyncIterator[bytes], show: ShowAnswer) -> None:
    async for event in read_events(chunks):
        match event.name:
            case "token":
                # As JSON, since the white space before a sentence is part of it.
                await response.write(Event("sentence", event.data).encode())
            case "done":
                await response.write(Event("answer", await show(orjson.loads(event.data))).encode())
            case "error":
                await response.write(Event("problem", event.data).encode())
            case _:
                await response.write(KEEP_ALIVE)
