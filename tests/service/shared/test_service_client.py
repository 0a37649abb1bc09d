from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from shared.caller import Caller
from shared.clock import SystemClock
from shared.errors import (
    InvalidToken,
    Kind,
    NotFound,
    RateLimited,
    ServiceError,
    UpstreamTimeout,
    UpstreamUnavailable,
)  # fmt: skip
from shared.http import context as ctx
from shared.http.rendering import json_response
from shared.http.routing import Access, Route
from shared.resilience import Deadline
from shared.telemetry import current_trace_id
from tests.service.shared.house import client, serve_routes, signer
from tests.support.service import NOWHERE, a_runner


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def enter(caller: Caller, *onward: str, budget_s: float = 10.0) -> ctx.RequestContext:
    """Be inside a request of ``caller`` that coach_agent serves and may pass on to ``onward``."""
    tokens = {service: signer("gateway").caller_token(caller, service) for service in onward}
    deadline = Deadline.after(budget_s, SystemClock())
    context = ctx.RequestContext("request-1234", deadline, caller, onward_tokens=tokens)
    ctx.enter(context)
    return context


async def show_context(_: web.Request) -> web.Response:
    context = ctx.current()
    assert context is not None
    user_id = str(context.caller.user_id) if context.caller else None
    remaining_ms = context.deadline.remaining_s() * 1000
    return json_response([context.request_id, user_id, context.service, remaining_ms, current_trace_id()])


def route(handler, path: str = "/internal/thing", access: Access = Access.USER, method: str = "GET") -> Route:
    issuers = frozenset({"coach_agent"}) if access is Access.SERVICE else frozenset[str]()
    return Route(method=method, path=path, handler=handler, access=access, issuers=issuers, replayable=False)


async def test_the_callers_token_request_id_deadline_and_trace_go_along(session: aiohttp.ClientSession):
    caller = a_runner()
    enter(caller, "garmin_ingest", budget_s=5.0)
    async with serve_routes("garmin_ingest", [route(show_context)]) as served:
        call = client(session, "garmin_ingest", served.base_url)
        request_id, user_id, service, remaining_ms, trace_id = await call.get("/internal/thing")
    assert (request_id, user_id, service) == ("request-1234", str(caller.user_id), None)
    assert 4000 < remaining_ms <= 5000
    assert len(trace_id) == 32


async def test_work_without_a_user_is_signed_with_the_services_own_key(session: aiohttp.ClientSession):
    async with serve_routes("garmin_ingest", [route(show_context, access=Access.SERVICE)]) as served:
        call = client(session, "garmin_ingest", served.base_url)
        _, user_id, service, *_ = await call.get("/internal/thing", on_behalf=False)
        assert (user_id, service) == (None, "coach_agent")
        other = client(session, "garmin_ingest", served.base_url, own="auth")
        with pytest.raises(ServiceError) as refused:
            await other.get("/internal/thing", on_behalf=False)
    assert refused.value.code == "AUTH_INVALID_TOKEN"


async def test_a_request_that_may_not_be_passed_on_is_not(session: aiohttp.ClientSession):
    enter(a_runner(), "subscription")
    with pytest.raises(InvalidToken):
        await client(session, "garmin_ingest", NOWHERE).get("/internal/thing")


@pytest.mark.parametrize(
    "error",
    [NotFound("No such run."), RateLimited("Slow down.", retry_after_s=7),
     UpstreamUnavailable("Away.", retry_after_s=2), NotFound("No such run.", details=[{"field": "a", "issue": "b"}])],
)  # fmt: skip
async def test_an_error_comes_back_as_it_was_meant(session: aiohttp.ClientSession, error: ServiceError):
    async def handler(_: web.Request) -> web.Response:
        raise error

    enter(a_runner(), "garmin_ingest")
    async with serve_routes("garmin_ingest", [route(handler)]) as served:
        with pytest.raises(ServiceError) as caught:
            await client(session, "garmin_ingest", served.base_url).get("/internal/thing")
    got = caught.value
    assert (got.code, got.kind, got.message, got.retry_after_s) == (
        error.code, error.kind, error.message, error.retry_after_s,
    )  # fmt: skip
    assert [dict(detail) for detail in got.details] == [dict(detail) for detail in error.details]


GARBAGE = [
    web.Response(status=200, body=b"<html>"), web.Response(status=200, body=b'{"a": '), web.Response(status=502),
    web.Response(status=404, text="not found"), web.Response(status=503, body=b"[]"),
    web.Response(status=418, body=b'{"error": {"code": "A", "message": "b"}}'),
    web.Response(status=404, body=b'{"error": "text"}'), web.Response(status=404, body=b'{"error": null}'),
    web.Response(status=404, body=b'{"error": {"code": "A", "message": "b", "details": "abc"}}'),
    web.Response(status=404, body=b'{"error": {"code": "A", "message": "b", "details": [1]}}'),
    web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(GARBAGE)))
async def test_garbage_means_that_the_service_is_unwell(session: aiohttp.ClientSession, number: int):
    async def handler(_: web.Request) -> web.Response:
        return GARBAGE[number]

    enter(a_runner(), "garmin_ingest")
    async with serve_routes("garmin_ingest", [route(handler)]) as served:
        with pytest.raises(UpstreamUnavailable):
            await client(session, "garmin_ingest", served.base_url).send("GET", "/internal/thing")


async def test_a_silent_service_is_a_time_out_before_the_budget_is_over(session: aiohttp.ClientSession):
    async def handler(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    context = enter(a_runner(), "garmin_ingest", budget_s=0.4)
    async with serve_routes("garmin_ingest", [route(handler)]) as served:
        call = client(session, "garmin_ingest", served.base_url)
        with pytest.raises(ServiceError) as caught:
            await call.get("/internal/thing")
        assert caught.value.kind is Kind.TIMEOUT
        assert context.deadline.remaining_s() > 0
        enter(a_runner(), "garmin_ingest", budget_s=0)
        with pytest.raises(UpstreamTimeout):
            await call.get("/internal/thing")


async def test_a_read_is_tried_twice_and_a_write_once(session: aiohttp.ClientSession):
    tried: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        tried.append(request.method)
        assert request.transport is not None
        if len(tried) == 1:
            request.transport.abort()
        return json_response("at last")

    enter(a_runner(), "garmin_ingest")
    routes = [route(handler), route(handler, method="POST")]
    async with serve_routes("garmin_ingest", routes) as served:
        call = client(session, "garmin_ingest", served.base_url)
        assert await call.get("/internal/thing") == "at last"
        assert tried == ["GET", "GET"]
        tried.clear()
        with pytest.raises(UpstreamUnavailable):
            await call.send("POST", "/internal/thing", body={"a": 1})
        assert tried == ["POST"]


async def test_a_dead_service_is_called_at_most_twice_a_read_and_then_left_alone(session: aiohttp.ClientSession):
    enter(a_runner(), "garmin_ingest")
    call = client(session, "garmin_ingest", NOWHERE)
    for _ in range(5):
        with pytest.raises(UpstreamUnavailable) as caught:
            await call.get("/internal/thing")
        assert caught.value.retry_after_s is None
    with pytest.raises(UpstreamUnavailable) as caught:
        await call.get("/internal/thing")
    assert caught.value.retry_after_s is not None
