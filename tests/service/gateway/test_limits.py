from __future__ import annotations

import io

from tests.service.gateway.conftest import PASSWORD
from tests.support.raw_http import exchange, parse

ACTIVITIES = "/api/v1/activities"


async def test_the_limit_of_an_address_is_told_and_held(open_gateway):
    gateway = await open_gateway(sign_up_per_minute=2)
    body = {"email": "x", "password": PASSWORD}
    first = await gateway.call("POST", "/api/v1/auth/signup", json=body)
    assert first.headers["RateLimit"].startswith('"sign_up";r=1')
    await gateway.call("POST", "/api/v1/auth/signup", json=body)
    third = await gateway.call("POST", "/api/v1/auth/signup", json=body)
    assert (third.status, third.code) == (429, "RATE_LIMITED")
    assert 1 <= int(third.headers["Retry-After"]) <= 60


async def test_limits_hold_without_redis_and_sign_in_goes_on(open_gateway):
    gateway = await open_gateway(redis_url="redis://127.0.0.1:9/0", log_in_per_minute=3)
    assert await gateway.access_token()
    answers = [
        await gateway.call(
            "POST", "/api/v1/auth/login", json={"email": "ada@example.com", "password": "wrong-one-here"}
        )
        for _ in range(4)
    ]
    assert [answer.status for answer in answers] == [401, 401, 401, 429]


async def test_the_scale_multiplies_the_limits(open_gateway):
    gateway = await open_gateway(limits_scale=3.0)
    answer = await gateway.call("POST", "/api/v1/auth/login", json={})
    assert answer.headers["RateLimit-Policy"] == '"log_in";q=90;w=60'


async def test_forwarded_addresses_count_only_from_trusted_proxies(open_gateway):
    for trusted, expected in (("", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.9")):
        gateway = await open_gateway(trusted_proxies=trusted)
        token = await gateway.access_token(f"{len(trusted)}@example.com")
        answer = await gateway.call(
            "GET", ACTIVITIES, token=token, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
        )
        assert answer.json["headers"]["X-Client-Address"] == expected


async def test_calls_without_a_token_are_counted_by_address(open_gateway):
    gateway = await open_gateway(anonymous_per_minute=5)
    paths = [ACTIVITIES] * 4 + ["/api/v1/openapi.json"] * 2
    assert [(await gateway.call("GET", path)).status for path in paths][-3:] in ([401, 200, 429], [401, 503, 429])


async def test_every_counted_answer_says_where_its_caller_stands(open_gateway):
    gateway = await open_gateway(user_per_minute=5)
    token = await gateway.access_token()
    answers = [
        await gateway.call("PATCH", "/api/v1/me", token=token, json={}),
        await gateway.call("POST", "/api/v1/chat", token=token, data=io.BytesIO(b"x" * 2_000_000)),
        await gateway.call("GET", f"{ACTIVITIES}?do=large", token=token),
        await gateway.call("GET", f"{ACTIVITIES}?do=break", token=token),
        await gateway.call("GET", ACTIVITIES),
        await gateway.call("POST", "/api/v1/auth/logout", token=token),
    ]
    assert [answer.status for answer in answers] == [200, 413, 200, 503, 401, 204]
    for answer in answers:
        assert "RateLimit" in answer.headers, answer.status
        assert "RateLimit-Policy" in answer.headers, answer.status


async def test_an_address_added_on_a_line_of_its_own_counts(open_gateway):
    gateway = await open_gateway(trusted_proxies="127.0.0.0/8")
    token = await gateway.access_token()
    raw = await exchange(
        gateway.served.base_url,
        f"GET {ACTIVITIES} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
        "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n".encode(),
    )
    assert parse(raw).json["headers"]["X-Client-Address"] == "203.0.113.9"


async def test_notifications_of_other_parties_have_a_limit_of_their_own(open_gateway):
    """They come for all runners from a few addresses, whose share as strangers would be used up in a minute."""
    gateway = await open_gateway(anonymous_per_minute=2, webhook_per_minute=5)
    answers = [await gateway.call("POST", "/api/v1/webhooks/garmin/x", json={}) for _ in range(6)]
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"webhook";q=5;w=60'


async def test_what_makes_us_call_at_garmin_is_rare_on_every_way(open_gateway):
    """Garmin turns away addresses that call too often, and then no runner's data arrives any more."""
    gateway = await open_gateway(garmin_per_minute=6, user_per_minute=50)
    token = await gateway.access_token()
    ways = [("POST", "connection"), ("POST", "connection/mfa"), ("POST", "connection/check"), ("POST", "sync"),
            ("GET", "oauth/start"), ("GET", "oauth/callback")]  # fmt: skip
    answers = [await gateway.call(method, f"/api/v1/garmin/{way}", token=token) for method, way in ways * 2]
    assert [answer.status for answer in answers] == [200] * 6 + [429] * 6
    assert (await gateway.call("GET", "/api/v1/garmin/connection", token=token)).status == 200
    assert (await gateway.call("DELETE", "/api/v1/garmin/connection", token=token)).status == 200
