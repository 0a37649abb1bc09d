from __future__ import annotations

import asyncio
from contextlib import suppress

import aiohttp
import pytest
from aiohttp import web

from shared.caller import Caller
from shared.errors import NotFound, UpstreamUnavailable
from shared.http import context as ctx
from shared.http.rendering import json_response
from shared.http.routing import Access, Route
from tests.service.shared.house import headers_for, serve_routes, signer
from tests.support.raw_http import envelope_of
from tests.support.service import a_runner


def route(handler, access: Access = Access.OPEN, **fields) -> Route:
    return Route(method="GET", path="/thing", handler=handler, access=access, **fields)


@pytest.mark.parametrize(
    "error",
    [RuntimeError("planted"), KeyError("planted"), AssertionError("planted"), MemoryError("planted"),
     web.HTTPInternalServerError(text="planted"), web.HTTPFound("/planted"), aiohttp.ClientError("planted")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
async def test_a_bug_becomes_a_bare_internal_error(error: Exception):
    async def handler(_: web.Request) -> web.Response:
        raise error

    async with serve_routes("test", [route(handler)]) as served:
        answer = await served.call("GET", "/thing", allow_redirects=False)
    refused = envelope_of(answer)
    assert (answer.status, refused["code"], refused["retryable"]) == (500, "INTERNAL_ERROR", False)
    assert b"planted" not in answer.body
    assert "planted" not in str(answer.headers)


async def test_what_the_domain_refuses_arrives_as_it_was_meant():
    async def handler(_: web.Request) -> web.Response:
        raise UpstreamUnavailable("Our database rests.", retry_after_s=1.2, details=[{"field": "a", "issue": "b"}])

    async with serve_routes("test", [route(handler)]) as served:
        answer = await served.call("GET", "/thing")
    refused = envelope_of(answer)
    assert (answer.status, refused["code"], refused["retryable"]) == (503, "UPSTREAM_UNAVAILABLE", True)
    assert answer.headers["Retry-After"] == "2"
    assert refused["details"] == [{"field": "a", "issue": "b"}]


async def test_a_request_past_its_deadline_is_cancelled_and_answered():
    cancelled = asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    async with serve_routes("test", [route(handler)]) as served:
        for budget_ms in ("50", "0"):
            headers = headers_for(Caller(), "test", **{ctx.DEADLINE_HEADER: budget_ms})
            answer = await served.call("GET", "/thing", headers=headers)
            refused = envelope_of(answer)
            assert (answer.status, refused["code"], refused["retryable"]) == (504, "UPSTREAM_TIMEOUT", True)
    assert cancelled.is_set()


async def test_a_client_that_goes_away_cancels_the_handler():
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    async with serve_routes("test", [route(handler)]) as served:
        request = asyncio.create_task(served.call("GET", "/thing"))
        await began.wait()
        request.cancel()
        with suppress(asyncio.CancelledError):
            await request
        await asyncio.wait_for(cancelled.wait(), 5)


async def test_headers_about_the_request_are_believed_beside_a_valid_caller_only():
    async def handler(_: web.Request) -> web.Response:
        context = ctx.current()
        assert context is not None
        remaining = round(context.deadline.remaining_s())
        return json_response([context.request_id, remaining, context.client_address, dict(context.onward_tokens)])

    told = {"X-Request-Id": "a-request-id", ctx.DEADLINE_HEADER: "5000", ctx.CLIENT_ADDRESS_HEADER: "192.0.2.1"}
    async with serve_routes("test", [route(handler)]) as served:
        believed = await served.call("GET", "/thing", headers=headers_for(Caller(), "test", "other") | told)
        alone = await served.call("GET", "/thing", headers=told | {ctx.CALLER_FOR_HEADER: "other=planted"})
        odd = await served.call(
            "GET", "/thing", headers=headers_for(Caller(), "test") | {"X-Request-Id": "a b", ctx.DEADLINE_HEADER: "²"}
        )
    assert believed.json[:3] == ["a-request-id", 5, "192.0.2.1"]
    assert list(believed.json[3]) == ["other"]
    assert believed.headers["X-Request-Id"] == "a-request-id"
    assert alone.json[0] != "a-request-id"
    assert alone.json[1:] == [30, "", {}]
    assert odd.json[0] != "a b"
    assert odd.json[1] == 30


async def test_each_route_takes_those_whom_it_names_and_nobody_else():
    async def handler(_: web.Request) -> web.Response:
        return json_response("in")

    paths = {access: f"/{access.value}" for access in Access}
    issuers = frozenset({"coach_agent"})
    routes = [
        Route(
            method="GET", path=path, handler=handler, access=access,
            issuers=issuers if access is Access.SERVICE else frozenset(),
        )
        for access, path in paths.items()
    ]  # fmt: skip
    nobody: dict[str, str] = {}
    visitor, user = headers_for(Caller(), "test"), headers_for(a_runner(), "test")
    admin = headers_for(a_runner(roles=frozenset({"admin"})), "test")
    elsewhere = headers_for(a_runner(), "other")
    coach = {ctx.SERVICE_HEADER: signer("coach_agent").service_token("test")}
    ingest = {ctx.SERVICE_HEADER: signer("garmin_ingest").service_token("test")}
    expected = {
        "/open": [200, 200, 200, 200, 401, 200, 401],
        "/anyone": [401, 200, 200, 200, 401, 401, 401],
        "/user": [401, 401, 200, 200, 401, 401, 401],
        "/admin": [401, 401, 403, 200, 401, 401, 401],
        "/service": [401, 401, 401, 401, 401, 200, 401],
    }
    async with serve_routes("test", routes) as served:
        for path, statuses in expected.items():
            callers = (nobody, visitor, user, admin, elsewhere, coach, ingest)
            answers = [await served.call("GET", path, headers=headers) for headers in callers]
            assert [answer.status for answer in answers] == statuses, path


async def test_every_answer_has_a_request_id_of_its_own():
    async def handler(_: web.Request) -> web.Response:
        raise NotFound("There is nothing here.")

    async with serve_routes("test", [route(handler)]) as served:
        answers = [await served.call("GET", "/thing") for _ in range(20)]
    assert len({envelope_of(answer)["requestId"] for answer in answers}) == 20


async def test_an_answer_that_breaks_off_is_not_completed_with_an_envelope():
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"begun")
        raise RuntimeError("planted")

    async with serve_routes("test", [route(handler)]) as served, aiohttp.ClientSession() as session:
        response = await session.get(f"{served.base_url}/thing")
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_a_stream_is_cut_when_its_reader_leaves():
    ended = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"tick")
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async with serve_routes("test", [route(handler)]) as served, aiohttp.ClientSession() as session:
        response = await session.get(f"{served.base_url}/thing")
        assert await response.content.readexactly(4) == b"tick"
        response.close()
        await asyncio.wait_for(ended.wait(), 5)
