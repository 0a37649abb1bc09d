from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.routes import TABLE
from tests.service.gateway.conftest import GatewayUnderTest
from tests.support.raw_http import exchange, parse
from tests.support.service import eventually

ACTIVITIES = "/api/v1/activities"


async def test_a_caller_token_goes_on_and_the_users_own_credentials_do_not(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    answer = await gateway.call(
        "GET",
        f"{ACTIVITIES}?limit=2",
        token=token,
        headers={"Cookie": "a=b", "X-Caller": "forged", "X-Service": "forged"},
    )
    assert answer.status == 200
    headers = {name.lower(): value for name, value in answer.json["headers"].items()}
    assert answer.json["path"] == f"{ACTIVITIES}?limit=2"
    assert not {"authorization", "cookie", "x-service"} & headers.keys()
    assert headers["x-caller"] not in ("forged", token)
    assert headers["x-request-id"] == answer.headers["X-Request-Id"]
    assert int(headers["x-deadline-ms"]) <= 10_000


async def test_onward_tokens_are_those_of_the_row_and_no_more(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    chat = await gateway.call("POST", "/api/v1/chat", token=token, json={})
    assert {part.split("=")[0].strip() for part in chat.json["headers"]["X-Caller-For"].split(",")} == {
        "garmin_ingest",
        "subscription",
    }
    plain = await gateway.call("GET", ACTIVITIES, token=token)
    assert plain.json["headers"]["X-Caller-For"] == ""


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "AUTH_MISSING_TOKEN"),
        ("Bearer nonsense", "AUTH_INVALID_TOKEN"),
        ("Bearer a.b.c", "AUTH_INVALID_TOKEN"),
        ("Basic YTpi", "AUTH_INVALID_TOKEN"),
        ("Bearer " + "x" * 6000, "AUTH_INVALID_TOKEN"),
    ],
)
async def test_without_a_good_token_the_answer_is_a_clean_401(gateway: GatewayUnderTest, authorization, code):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await gateway.call("GET", ACTIVITIES, headers=headers)
    assert (answer.status, answer.code) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not gateway.echo.seen


async def test_unknown_paths_and_methods_have_the_envelope(gateway: GatewayUnderTest):
    missing = await gateway.call("GET", "/api/v1/nothing")
    assert (missing.status, missing.code) == (404, "NOT_FOUND")
    method = await gateway.call("PUT", ACTIVITIES)
    assert (method.status, method.code) == (405, "METHOD_NOT_ALLOWED")
    internal = await gateway.call("GET", "/internal/revocations")
    assert internal.status == 404
    assert (await gateway.call("GET", "/metrics")).status == 404


async def test_a_well_formed_request_id_is_kept_and_another_replaced(gateway: GatewayUnderTest):
    kept = await gateway.call("GET", "/health", headers={"X-Request-Id": "my-request-1"})
    assert kept.headers["X-Request-Id"] == "my-request-1"
    replaced = await gateway.call("GET", "/health", headers={"X-Request-Id": "no spaces!"})
    assert replaced.headers["X-Request-Id"] != "no spaces!"


async def test_a_log_out_closes_the_door_within_five_seconds(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    assert (await gateway.call("POST", "/api/v1/auth/logout", token=token)).status == 204

    async def refused() -> bool:
        answer = await gateway.call("GET", ACTIVITIES, token=token)
        return answer.status == 401 and answer.code == "AUTH_INVALID_TOKEN"

    await eventually(refused, within_s=5)


async def test_a_new_zone_counts_for_tokens_already_given_out(gateway: GatewayUnderTest):

    token = await gateway.access_token()
    before = (await gateway.call("GET", ACTIVITIES, token=token)).json["headers"]["X-Caller"]
    await gateway.call("PATCH", "/api/v1/me", token=token, json={"timezone": "Asia/Tokyo"})

    async def changed() -> bool:
        return (await gateway.call("GET", ACTIVITIES, token=token)).json["headers"]["X-Caller"] != before

    await eventually(changed, within_s=5)


async def test_a_large_body_arrives_whole_and_an_oversized_one_is_refused(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    body = b"0123456789abcdef" * (200 * 1024)
    answer = await gateway.call("POST", f"{ACTIVITIES}/import", token=token, data=io.BytesIO(body))
    assert answer.json["size"] == len(body)
    assert answer.json["sha256"] == hashlib.sha256(body).hexdigest()
    refused = await gateway.call("POST", "/api/v1/chat", token=token, data=io.BytesIO(body))
    assert (refused.status, refused.code) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_body_that_grows_too_large_or_breaks_off_is_not_held_against_the_service(gateway: GatewayUnderTest):
    token = await gateway.access_token()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield bytes(65536)

    line = "PATCH /api/v1/athlete HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    broken = f"{line}Authorization: Bearer {token}\r\n\r\n1\r\n{{\r\nnonsense\r\n".encode()
    # More often than it takes to open a breaker.
    for _ in range(12):
        refused = await gateway.call("PATCH", "/api/v1/athlete", token=token, data=endless())
        assert (refused.status, refused.code) == (413, "PAYLOAD_TOO_LARGE")
        assert parse(await exchange(gateway.served.base_url, broken)).status == 400
    assert (await gateway.call("GET", "/api/v1/conversations", token=token)).status == 200


async def test_a_packed_body_goes_on_as_it_came(gateway: GatewayUnderTest):
    packed = gzip.compress(bytes(5_000_000))
    headers = {"Content-Encoding": "gzip"}
    token = await gateway.access_token()
    answer = await gateway.call("POST", "/api/v1/chat", token=token, data=packed, headers=headers)
    # The service unpacked it; unpacked, the gateway would have refused it.
    assert answer.json["size"] == 5_000_000


async def test_answers_are_streamed_and_large_ones_whole(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    stream = await gateway.call("GET", f"{ACTIVITIES}?do=drip", token=token)
    assert stream.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
    assert stream.headers["Content-Type"] == "text/event-stream"
    large = await gateway.call("GET", f"{ACTIVITIES}?do=large", token=token)
    assert len(large.body) == 3_000_000
    assert large.headers["X-Request-Id"]


async def test_a_services_error_crosses_intact(gateway: GatewayUnderTest):
    answer = await gateway.call("GET", f"{ACTIVITIES}?do=error", token=await gateway.access_token())
    assert (answer.status, answer.code) == (409, "COACH_NO_DATA")


async def test_a_dead_upstream_is_a_503_with_the_time_to_try_again(gateway: GatewayUnderTest):
    answer = await gateway.call("GET", f"{ACTIVITIES}?do=break", token=await gateway.access_token())
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_client_that_leaves_cancels_the_call_behind_it(gateway: GatewayUnderTest):
    token = await gateway.access_token()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await gateway.call("GET", f"{ACTIVITIES}?do=hang", token=token)
    async with asyncio.timeout(5):
        await gateway.echo.cancelled.wait()


async def test_security_headers_are_on_every_answer(gateway: GatewayUnderTest):
    for path in ("/health", "/nothing", ACTIVITIES):
        headers = (await gateway.call("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Server"] == "pace42"
        assert headers["X-Request-Id"]


async def test_only_listed_origins_may_read(open_gateway):
    gateway = await open_gateway(cors_origins="https://app.example.com")
    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    allowed = await gateway.call("OPTIONS", ACTIVITIES, headers=preflight)
    assert allowed.status == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    refused = await gateway.call("OPTIONS", ACTIVITIES, headers=preflight | {"Origin": "https://evil.example.com"})
    assert refused.status == 405
    assert "Access-Control-Allow-Origin" not in refused.headers


async def test_ready_says_each_dependency(gateway: GatewayUnderTest):
    answer = await gateway.call("GET", "/health/ready")
    assert answer.status == 200
    assert {item["name"]: item["state"] for item in answer.json["dependencies"]} == {
        "auth": "up", "garmin_ingest": "up", "coach_agent": "up", "subscription": "up", "redis": "up",
        "revocations": "up",
    }  # fmt: skip


async def test_not_ready_until_every_service_has_been(open_gateway):
    gateway = await open_gateway(coach_agent_url="http://127.0.0.1:9")
    answer = await gateway.call("GET", "/health/ready")
    assert (answer.status, answer.json["status"]) == (503, "starting")
    assert answer.code == "UPSTREAM_UNAVAILABLE"
    assert answer.headers["Retry-After"] == "1"


async def test_a_request_target_that_names_another_host_stays_with_the_service(gateway: GatewayUnderTest):
    """The path routes a request; joining the whole target to the service's address once led to any host it named."""
    host = gateway.auth.base_url.removeprefix("http://")
    raw = await exchange(
        gateway.served.base_url,
        f"GET http://{host}/api/v1/subscription/plans HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n".encode(),
    )
    assert parse(raw).json["path"] == "/api/v1/subscription/plans"


async def test_a_service_that_hangs_opens_the_breaker(open_gateway, monkeypatch):
    gateway = await open_gateway()
    token = await gateway.access_token()
    rows = {(row.method, row.path): replace(row, deadline_s=0.4) for row in TABLE}
    monkeypatch.setattr("gateway.door._ROWS", rows)
    slow = await asyncio.gather(*(gateway.call("GET", f"{ACTIVITIES}?do=hang", token=token) for _ in range(12)))
    assert {answer.code for answer in slow} == {"UPSTREAM_TIMEOUT"}
    refused = await gateway.call("GET", ACTIVITIES, token=token)
    assert (refused.status, refused.code) == (503, "UPSTREAM_UNAVAILABLE")


async def test_probes_may_use_head(gateway: GatewayUnderTest):
    assert (await gateway.call("HEAD", "/health")).status == 200
    assert (await gateway.call("HEAD", "/health/ready")).status == 200
