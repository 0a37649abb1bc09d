"""Requests that are wrong in any way a client can be: the envelope with the right code, and nothing has changed."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from gateway.routes import TABLE, Row
from tests.e2e.right_bodies import BODIES, WITHOUT_BODY
from tests.support.builders import build_fit
from tests.support.builders_zip import zip_of
from tests.support.client import ApiClient, Reply
from tests.support.raw_http import envelope_of, exchange, parse
from tests.support.stack import Stack

RUN = build_fit(duration_s=900)
JSON = {"Content-Type": "application/json"}
MALFORMED, INVALID = (400, "VALIDATION_ERROR"), (422, "VALIDATION_ERROR")
MEDIA, TOO_LARGE = (415, "UNSUPPORTED_MEDIA_TYPE"), (413, "PAYLOAD_TOO_LARGE")


def operation(row: Row) -> str:
    return f"{row.method} {row.path}"


@dataclass(frozen=True)
class Owner:
    """A runner with one of everything; ``ids`` by the names that the table of routes uses."""

    client: ApiClient
    ids: dict[str, str]

    def state(self) -> tuple[object, ...]:
        """All that a wrong request could have changed."""
        lists = ("/activities", "/conversations", "/auth/sessions", "/jobs", "/insights/context", "/memory")
        counts = [len(self.client.api("GET", path).json["items"]) for path in lists]
        single = [self.client.api("GET", path).json for path in ("/me", "/athlete", "/subscription")]
        plan = self.client.api("GET", "/training-plans/active").json
        return (*counts, *single, plan["id"], [one["status"] for week in plan["weeks"] for one in week["workouts"]])


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Owner:
    client = ApiClient(stack.url)
    user = client.sign_up(timezone="Europe/Vienna", displayName="Owner")
    activity = client.upload(("run.fit", RUN)).json["results"][0]["activityId"]
    job = client.upload(("runs.zip", zip_of({"a.fit": RUN}))).json["jobId"]
    client.finished_job(job)
    answer = client.ask("Analyze my last run")
    plan = client.api("POST", "/training-plans", BODIES["POST /api/v1/training-plans"]).json
    return Owner(
        client,
        {
            "activity_id": activity,
            "job_id": job,
            "conversation_id": answer["conversationId"],
            "chart_id": answer["reply"]["charts"][0]["id"],
            "note_id": client.api("POST", "/insights/context", BODIES["POST /api/v1/insights/context"]).json["id"],
            "memory_id": _memory(client),
            "workout_id": plan["weeks"][0]["workouts"][0]["id"],
            "session_id": client.api("GET", "/auth/sessions").json["items"][0]["id"],
            "user_id": user["id"],
            "secret": "the-secret-of-no-webhook-in-this-stack",
            "dead_letter": "1",
        },
    )


def _memory(client: ApiClient) -> str:
    """What the coach remembers once it was told of an illness that is over."""
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=10)
    note = {"kind": "illness", "text": "A cold", "from": f"{day - dt.timedelta(days=3)}", "to": f"{day}"}
    client.api("POST", "/insights/context", note)
    remembered = client.api("GET", "/memory").json["items"]
    return next(item["id"] for item in remembered if item["kind"] == "illness")


@pytest.fixture(scope="module")
def stranger(stack: Stack) -> ApiClient:
    client = ApiClient(stack.url)
    client.sign_up()
    return client


def assert_refused(reply: Reply, *expected: tuple[int, str]) -> None:
    error = envelope_of(reply)
    assert (reply.status, error["code"]) in expected, reply.body
    assert len(str(error["message"]).split()) >= 3, error


def call(client: ApiClient, row: Row, ids: dict[str, str], **options: object) -> Reply:
    path = row.path.format(**ids)
    body = BODIES.get(operation(row)) if "raw" not in options else None
    return client.call(row.method, path, body, **options)


def test_every_operation_that_takes_a_body_has_a_right_one_here():
    assert {operation(row) for row in TABLE if row.method != "GET"} == BODIES.keys() | WITHOUT_BODY


@pytest.mark.parametrize("row", TABLE, ids=operation)
def test_without_a_good_token_nothing_answers(stack: Stack, owner: Owner, row: Row):
    if row.access == "public":
        assert call(ApiClient(stack.url), row, owner.ids).status != 401 or row.path.endswith(("login", "refresh"))
        return
    missing = call(ApiClient(stack.url), row, owner.ids)
    assert_refused(missing, (401, "AUTH_MISSING_TOKEN"))
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    token = owner.client.tokens["accessToken"]
    for header in ("Bearer", "Bearer x", f"Basic {token}", f"Bearer {token[:-2]}", f"Bearer {token} x", "Bearer \x80"):
        assert_refused(
            call(ApiClient(stack.url), row, owner.ids, headers={"Authorization": header}), (401, "AUTH_INVALID_TOKEN")
        )


@pytest.mark.parametrize("row", [row for row in TABLE if "{" in row.path], ids=operation)
def test_what_belongs_to_another_is_not_found(owner: Owner, stranger: ApiClient, row: Row):
    before = owner.state()
    expected = (403, "AUTH_FORBIDDEN") if row.access == "admin" else (404, "NOT_FOUND")
    assert_refused(call(stranger, row, owner.ids), expected)
    nothing = dict.fromkeys(owner.ids, str(uuid.uuid4()))
    assert_refused(call(stranger, row, nothing), expected)
    for bad in (
        "x",
        "%00",
        "..%2f..",
        "1" * 5000,
        "%ff",
        "' OR 1=1 --".replace(" ", "%20"),
        owner.ids["user_id"] + "x",
    ):
        assert_refused(call(stranger, row, dict.fromkeys(owner.ids, bad)), expected)
    assert owner.state() == before


def test_a_conversation_of_another_takes_no_question(owner: Owner, stranger: ApiClient):
    stranger.upload(("own.fit", build_fit(duration_s=700)))
    question = {"message": "Analyze my last run", "conversationId": owner.ids["conversation_id"]}
    assert_refused(stranger.api("POST", "/chat", question), (404, "NOT_FOUND"))
    assert stranger.api("GET", "/subscription").json["usage"]["used"] == 0


def wrong_bodies(right: dict) -> dict[str, tuple[bytes, dict[str, str], tuple[int, str]]]:
    """What is wrong → body, headers and the refusal of it; made from a ``right`` body."""
    text = json.dumps(right)
    field = next(iter(right))
    cases: dict[str, tuple[bytes | str, dict[str, str], tuple[int, str]]] = {
        "nothing": (b"", JSON, MALFORMED),
        "no JSON": ("{nonsense", JSON, MALFORMED),
        "cut short": (text[:-1], JSON, MALFORMED),
        "two documents": (text + text, JSON, MALFORMED),
        "bad UTF-8": (text.encode()[:-1] + b', "a": "\xff"}', JSON, MALFORMED),
        "NaN": (f'{{"{field}": NaN}}', JSON, MALFORMED),
        "Infinity": (f'{{"{field}": -Infinity}}', JSON, MALFORMED),
        "5,000 digits": (f'{{"{field}": {"9" * 5000}}}', JSON, MALFORMED),
        "an exponent past any float": (f'{{"{field}": 1e999999}}', JSON, MALFORMED),
        "half a surrogate pair": (f'{{"{field}": "a\\ud800"}}', JSON, MALFORMED),
        "200,000 levels": ("[" * 200_000 + "]" * 200_000, JSON, MALFORMED),
        "1,000 levels": ('{"a":' * 1000 + "1" + "}" * 1000, JSON, INVALID),
        "NUL": (f'{{"{field}": "a\\u0000b"}}', JSON, INVALID),
        "a list": (f"[{text}]", JSON, INVALID),
        "null": ("null", JSON, INVALID),
        "an unknown field": (json.dumps(right | {"isAdmin": True}), JSON, INVALID),
        "fields of the class": (json.dumps(right | {"__class__": {}, "model_fields": 1}), JSON, INVALID),
        "2 MiB": (f'{{"{field}": "{"a" * 2 * 1024 * 1024}"}}', JSON, TOO_LARGE),
        "gzip of 50 MiB": (
            gzip.compress(b'{"a": "' + b"a" * 50_000_000),
            JSON | {"Content-Encoding": "gzip"},
            TOO_LARGE,
        ),
        "no gzip": (text, JSON | {"Content-Encoding": "gzip"}, MALFORMED),
        "gzip cut short": (gzip.compress(text.encode())[:20], JSON | {"Content-Encoding": "gzip"}, MALFORMED),
        "brotli": (text, JSON | {"Content-Encoding": "br"}, MEDIA),
        "a form": ("a=b", {"Content-Type": "application/x-www-form-urlencoded"}, MEDIA),
        "text": (text, {"Content-Type": "text/plain"}, MEDIA),
        "UTF-16": (text.encode("utf-16"), {"Content-Type": "application/json; charset=utf-16"}, MEDIA),
    }
    return {
        name: (body.encode() if isinstance(body, str) else body, *rest)
        for name, (body, *rest) in (cases | wrong_types(right)).items()
    }


def wrong_types(right: dict) -> dict[str, tuple[str, dict[str, str], tuple[int, str]]]:
    return {
        f"{name} as {str(wrong)[:10]}": (json.dumps(right | {name: wrong}), JSON, INVALID)
        for name in right
        for wrong in ({}, [], True, [{"a": 1}], "", "x" * 10_000)
    }


@pytest.mark.parametrize("row", [row for row in TABLE if operation(row) in BODIES], ids=operation)
def test_a_wrong_body_is_refused_with_a_sentence_and_changes_nothing(owner: Owner, row: Row):
    before = owner.state()
    for name, (body, headers, expected) in wrong_bodies(BODIES[operation(row)]).items():
        reply = owner.client.call(row.method, row.path.format(**owner.ids), raw=body, headers=headers)
        assert reply.status < 500, (name, reply.body)
        error = envelope_of(reply)
        # What has the right type and the wrong value is answered like any other wrong password or token.
        wrong_value = (401, "AUTH_INVALID_CREDENTIALS"), (401, "AUTH_INVALID_TOKEN")
        assert (reply.status, error["code"]) in (expected, *(wrong_value if " as " in name else ())), (name, reply.body)
        assert len(reply.body) < 5000, name
    assert owner.state() == before


QUERIES = {
    "/activities": [
        *("limit=0", "limit=201", "limit=x", "limit=1e3", "limit=1&limit=2", "cursor=x", "cursor=%00", "unknown=1"),
        *("from=2026-02-30", "from=", "to=x", "sport=%F0%9F%8F%83", "fields=", "fields=no", f"cursor={'A' * 99}"),
    ],
    "/wellness": ["from=2026-02-30", "to=2026-03-01&from=2026-03-02", "from=2020-01-01", "limit=0", "cursor=x", "a=1"],
    "/jobs": ["limit=0", "limit=201", "cursor=x", "unknown=1"],
    "/conversations": ["limit=0", "limit=201", "cursor=x", "unknown=1"],
    "/activities/{activity_id}/streams": ["resolution=x", "keys=x", "keys=", "unknown=1", f"keys={'x,' * 600}"],
    "/charts/{chart_id}": ["theme=x", "unknown=1"],
}


@pytest.mark.parametrize("path", QUERIES)
def test_a_wrong_query_is_refused_by_the_name_of_its_field(owner: Owner, path: str):
    for query in QUERIES[path]:
        reply = owner.client.api("GET", f"{path.format(**owner.ids)}?{query}")
        assert_refused(reply, INVALID)
        assert reply.json["error"]["details"][0]["field"] == query.partition("=")[0], reply.body


HOST = b"Host: pace42\r\n"
CHAT = b"POST /api/v1/chat HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
BAD = (400, "BAD_REQUEST")
SECOND = b"GET /api/v1/subscription/plans HTTP/1.1\r\n" + HOST + b"X-Request-Id: smuggled-request\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
RAW: dict[str, tuple[bytes, tuple[int, str]]] = {
    "nonsense": (b"NONSENSE\r\n\r\n", BAD),
    "a TLS greeting": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", BAD),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", BAD),
    "HTTP/0.9": (b"GET /health\r\n\r\n", (505, "BAD_REQUEST")),
    "NUL in a header": (b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: \x00\r\n\r\n", BAD),
    "raw bytes in the path": (b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", BAD),
    "an encoded NUL in the path": (b"GET /api/v1/%00 HTTP/1.1\r\n" + HOST + b"\r\n", (404, "NOT_FOUND")),
    "a path that climbs": (b"GET /api/v1/../../internal/users HTTP/1.1\r\n" + HOST + b"\r\n", (404, "NOT_FOUND")),
    "an address of elsewhere": (b"GET http://example.com/internal/x HTTP/1.1\r\n" + HOST + b"\r\n", (404, "NOT_FOUND")),
    "a header of 100 kB": (b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n", (431, BAD[1])),
    "10,000 headers": (b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: a\r\n" * 10_000 + b"\r\n", BAD),
    "no host": (b"GET /health HTTP/1.1\r\n\r\n", BAD),
    "a method that is none": (b"BREW /api/v1/me HTTP/1.1\r\n" + HOST + b"\r\n", BAD),
    "another method": (b"TRACE /api/v1/me HTTP/1.1\r\n" + HOST + b"\r\n", (405, "METHOD_NOT_ALLOWED")),
    "a weird expectation": (b"GET /health HTTP/1.1\r\n" + HOST + b"Expect: cake\r\n\r\n", (417, "BAD_REQUEST")),
    "CL and TE": (CHAT + b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SECOND, BAD),
    "TE twice": (CHAT + CHUNKED * 2 + b"\r\n0\r\n\r\n" + SECOND, BAD),
    "TE: identity, chunked": (CHAT + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" + SECOND, BAD),
    "TE with a tab": (CHAT + b"Transfer-Encoding:\tchunked, x\r\n\r\n0\r\n\r\n" + SECOND, BAD),
    "a space before the colon": (CHAT + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND, BAD),
    "CL twice": (CHAT + b"Content-Length: 0\r\nContent-Length: 9\r\n\r\n" + SECOND, BAD),
    "a signed CL": (CHAT + b"Content-Length: +9\r\n\r\n" + SECOND, BAD),
    "a bad chunk": (CHAT + CHUNKED + b"\r\nzz\r\n" + SECOND, BAD),
    "a chunk of 2^64": (CHAT + CHUNKED + b"\r\nffffffffffffffffff\r\n" + SECOND, BAD),
}


@pytest.mark.parametrize("name", RAW)
async def test_a_request_that_two_servers_could_read_differently_is_refused(stack: Stack, name: str):
    request, expected = RAW[name]
    answer = parse(await exchange(stack.url, request))
    assert (answer.status, envelope_of(answer)["code"]) == expected, answer.body


@pytest.mark.parametrize("name", [name for name, (request, _) in RAW.items() if request.endswith(SECOND)])
async def test_what_follows_such_a_request_is_never_answered(stack: Stack, name: str):
    everything = await until_closed(stack.url, RAW[name][0])
    assert everything.count(b"HTTP/1.") == 1, everything
    assert b"smuggled-request" not in everything


@pytest.mark.parametrize("header", ["X-Caller", "X-Service", "X-Caller-For", "X-Deadline-Ms"])
def test_headers_that_only_our_own_may_send_are_not_believed(stack: Stack, owner: Owner, header: str):
    assert ApiClient(stack.url).api("GET", "/me", headers={header: "gateway"}).status == 401
    assert owner.client.api("GET", "/me", headers={header: "1"}).status == 200


async def until_closed(url: str, request: bytes) -> bytes:
    """All that comes back until the server closes the connection, as it must after what it cannot frame."""
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()
