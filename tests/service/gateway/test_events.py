"""Answers that go on for minutes, through the gateway."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from gateway import proxy
from tests.service.gateway.conftest import GatewayUnderTest

JOB = "/api/v1/jobs/0199aaaa-0000-7000-8000-000000000001"
EVENTS = {"Accept": "text/event-stream"}


async def follow(gateway: GatewayUnderTest, token: str) -> aiohttp.ClientResponse:
    headers = {**EVENTS, "Authorization": f"Bearer {token}"}
    return await gateway.served.session.get(f"{gateway.served.base_url}{JOB}?do=tick", headers=headers)


async def test_only_a_stream_of_events_has_minutes(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    plain = (await gateway.call("GET", JOB, token=token)).json["headers"]
    events = (await gateway.call("GET", JOB, token=token, headers=EVENTS)).json["headers"]
    assert int(plain["X-Deadline-Ms"]) <= 10_000
    assert 290_000 < int(events["X-Deadline-Ms"]) <= 300_000
    elsewhere = (await gateway.call("GET", "/api/v1/jobs", token=token, headers=EVENTS)).json["headers"]
    assert int(elsewhere["X-Deadline-Ms"]) <= 10_000


async def test_events_arrive_as_they_happen_and_nobody_may_keep_them(gateway: GatewayUnderTest):
    response = await follow(gateway, await gateway.access_token())
    for _ in range(3):
        assert await response.content.readuntil(b"\n\n") == b"data: tick\n\n"
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["X-Request-Id"]
    response.close()


async def test_a_stream_ends_with_the_session(gateway: GatewayUnderTest):
    signed_up = await gateway.sign_up()
    response = await follow(gateway, signed_up["tokens"]["accessToken"])
    await response.content.readuntil(b"\n\n")
    await gateway.call("POST", "/api/v1/auth/logout", token=signed_up["tokens"]["accessToken"])
    async with asyncio.timeout(5):
        await response.content.read()
    assert response.content.is_eof()


async def test_a_service_that_does_not_begin_to_tell_is_given_up_as_soon_as_any_other(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
):
    token = await gateway.access_token()
    monkeypatch.setattr(proxy, "_RESERVE_S", 9.7)
    async with asyncio.timeout(5):
        answer = await gateway.call("GET", f"{JOB}?do=hang", token=token, headers=EVENTS)
    assert (answer.status, answer.code) == (504, "UPSTREAM_TIMEOUT")
