"""Answers of server-sent events, from a service made of one route."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import pytest
from aiohttp import web

from shared.errors import UpstreamUnavailable
from shared.http import event_stream as module
from shared.http.event_stream import EVENT_STREAM, EventStream, event_stream
from shared.http.health import Health
from shared.http.routing import Access, Route
from shared.http.server import HealthKey
from tests.service.shared.house import headers_for, serve_routes
from tests.support.service import Answer, a_runner

Tell = Callable[[EventStream], Awaitable[None]]


async def answer_of(tell: Tell, **headers: str) -> Answer:
    async def handle(request: web.Request) -> web.StreamResponse:
        async with event_stream(request, {"X-More": "kept"}) as events:
            await tell(events)
        return events.response

    route = Route(method="GET", path="/events", handler=handle, access=Access.USER, media_types=(EVENT_STREAM,))
    async with serve_routes("garmin_ingest", [route]) as served:
        return await served.call("GET", "/events", headers=headers_for(a_runner(), "garmin_ingest", **headers))


async def test_events_come_in_order_with_headers_that_let_nobody_keep_or_hold_them():
    async def tell(events: EventStream) -> None:
        await events.retry_after(1.5)
        await events.send("progress", b'{"done":1}')
        await events.send("done", b'{"done":2}')

    answer = await answer_of(tell, **{"X-Request-Id": "request-1"})
    assert answer.body == b'retry: 1500\n\nevent: progress\ndata: {"done":1}\n\nevent: done\ndata: {"done":2}\n\n'
    assert (answer.status, answer.headers["Content-Type"]) == (200, EVENT_STREAM)
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert (answer.headers["X-Request-Id"], answer.headers["X-More"]) == ("request-1", "kept")


async def test_what_fails_on_the_way_is_the_last_event():
    async def tell(events: EventStream) -> None:
        await events.send("progress", b"{}")
        raise UpstreamUnavailable("The database is away.")

    answer = await answer_of(tell)
    first, last = answer.body.split(b"\n\n")[:2]
    assert first == b"event: progress\ndata: {}"
    assert last.startswith(b"event: error\ndata: ")
    error = orjson.loads(last.removeprefix(b"event: error\ndata: "))["error"]
    assert (error["code"], error["statusCode"], error["retryable"]) == ("UPSTREAM_UNAVAILABLE", 503, True)
    assert error["requestId"] == answer.headers["X-Request-Id"]


async def test_silence_is_broken_by_a_comment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_HEARTBEAT_S", 0.0)

    async def tell(events: EventStream) -> None:
        assert await events.keep_alive()

    assert (await answer_of(tell)).body == b": still here\n\n"


async def test_a_stream_ends_before_its_time_is_up():
    async def tell(events: EventStream) -> None:
        while await events.keep_alive():
            await asyncio.sleep(0.01)

    async with asyncio.timeout(2):
        answer = await answer_of(tell, **{"X-Deadline-Ms": "2300"})
    assert (answer.status, answer.body) == (200, b"")


async def test_a_stream_ends_when_its_process_stops():
    health = Health(required={})

    async def tell(events: EventStream) -> None:
        events._request.app._state[HealthKey] = health
        assert await events.keep_alive()
        health.draining = True
        assert not await events.keep_alive()

    assert (await answer_of(tell)).status == 200
