"""Promise 20: whatever is refused has an envelope and echoes nothing, neither to the client nor to the log."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import Field

from shared.http.parsing import ApiModel
from shared.http.rendering import json_response
from shared.http.routing import Access, Route
from tests.service.shared.house import serve_routes
from tests.support.raw_http import envelope_of, exchange, parse
from tests.support.service import Served

JSON = b"Content-Type: application/json\r\n"
GET = b"GET /things HTTP/1.1\r\nHost: test\r\n"


class Inner(ApiModel):
    name: str


class Thing(ApiModel):
    name: str = Field(max_length=50)
    count: int = 0
    inner: Inner | None = None


class ThingQuery(ApiModel):
    limit: int = 50


async def create(_: web.Request, body: Thing) -> web.Response:
    return json_response({"name": body.name})


async def show(_: web.Request, query: ThingQuery) -> web.Response:
    return json_response({"limit": query.limit})


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    routes = [
        Route(method="GET", path="/things", handler=show, access=Access.OPEN, query=ThingQuery),
        Route(method="POST", path="/things", handler=create, access=Access.OPEN, body=Thing),
    ]
    async with serve_routes("test", routes) as running:
        yield running


def post(body: bytes, headers: bytes = JSON, *, length: bool = True) -> bytes:
    size = b"Content-Length: %d\r\n" % len(body) if length else b""
    return b"POST /things HTTP/1.1\r\nHost: test\r\n" + headers + size + b"\r\n" + body


def get(target: bytes) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\nHost: test\r\n\r\n"


BAD_REQUEST, INVALID = (400, "BAD_REQUEST"), (422, "VALIDATION_ERROR")
MALFORMED, MEDIA = (400, "VALIDATION_ERROR"), (415, "UNSUPPORTED_MEDIA_TYPE")

CASES: list[tuple[str, bytes, tuple[int, str]]] = [
    ("no request line", b"PLANTED\r\n\r\n", BAD_REQUEST),
    ("a TLS greeting", b"\x16\x03\x01\x02\x00PLANTED\r\n\r\n", BAD_REQUEST),
    ("HTTP/0.9 without a version", b"GET /things?PLANTED\r\n\r\n", (505, "BAD_REQUEST")),
    ("HTTP/0.9", b"GET /things HTTP/0.9\r\nX-A: PLANTED\r\n\r\n", (505, "BAD_REQUEST")),
    ("HTTP/2.0", b"GET /things HTTP/2.0\r\nHost: PLANTED\r\n\r\n", (505, "BAD_REQUEST")),
    ("the HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nPLANTED", BAD_REQUEST),
    ("HTTP/3.7", b"GET /PLANTED HTTP/3.7\r\nHost: test\r\n\r\n", BAD_REQUEST),
    ("a lower-case method", b"get /things HTTP/1.1\r\nHost: PLANTED\r\n\r\n", BAD_REQUEST),
    ("bare line feeds", b"GET /things HTTP/1.1\nHost: PLANTED\n\n", BAD_REQUEST),
    ("NUL in a header's name", GET + b"X-PLANTED\x00: 1\r\n\r\n", BAD_REQUEST),
    ("a control character in a header", GET + b"X-A: PLANTED\x01\r\n\r\n", BAD_REQUEST),
    ("a header without a name", GET + b": PLANTED\r\n\r\n", BAD_REQUEST),
    ("a space in a header's name", GET + b"X PLANTED: 1\r\n\r\n", BAD_REQUEST),
    ("a folded header", GET + b"X-A: b\r\n PLANTED\r\n\r\n", BAD_REQUEST),
    ("a header of 100 kB", GET + b"X-A: PLANTED" + b"p" * 100_000 + b"\r\n\r\n", (431, "BAD_REQUEST")),
    ("an address of 100 kB", get(b"/PLANTED" + b"p" * 100_000), (431, "BAD_REQUEST")),
    ("an address that is none", get(b"http://[PLANTED/"), BAD_REQUEST),
    ("an impossible port", get(b"http://planted:99999999/things"), BAD_REQUEST),
    ("raw bytes in the path", get(b"/PLANTED\xff"), BAD_REQUEST),
    ("no host", b"GET /things HTTP/1.1\r\nX-A: PLANTED\r\n\r\n", BAD_REQUEST),
    ("two hosts", GET + b"Host: PLANTED\r\n\r\n", BAD_REQUEST),
    ("two lengths", GET + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nPLANTED", BAD_REQUEST),
    ("a negative length", GET + b"Content-Length: -5\r\n\r\nPLANTED", BAD_REQUEST),
    ("a huge length", GET + b"Content-Length: 9999999999999999999999\r\n\r\nPLANTED", BAD_REQUEST),
    ("length and chunks", post(b"0\r\n\r\nPLANTED", JSON + b"Transfer-Encoding: chunked\r\n"), BAD_REQUEST),
    ("two codings", post(b"0\r\n\r\n", b"Transfer-Encoding: identity, chunked\r\n", length=False), BAD_REQUEST),
    ("chunked twice", post(b"0\r\n\r\n", JSON + b"Transfer-Encoding: chunked\r\n" * 2, length=False), BAD_REQUEST),
    ("chunks on HTTP/1.0", b"POST /things HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BAD_REQUEST),
    ("a bad chunk", post(b"ZZ\r\nPLANTED\r\n", JSON + b"Transfer-Encoding: chunked\r\n", length=False), BAD_REQUEST),
    ("a weird expectation", GET + b"Expect: PLANTED\r\n\r\n", (417, "BAD_REQUEST")),
    ("a weird expectation of nothing", b"GET /no HTTP/1.1\r\nHost: a\r\nExpect: PLANTED\r\n\r\n", (417, "BAD_REQUEST")),
    ("a caller's token of raw bytes", GET + b"X-Caller: \xff\xfePLANTED\r\n\r\n", (401, "AUTH_INVALID_TOKEN")),
    ("a service's token of nonsense", GET + b"X-Service: PLANTED.PLANTED.PLANTED\r\n\r\n", (401, "AUTH_INVALID_TOKEN")),
    ("bad gzip", post(b"PLANTED, not gzip", JSON + b"Content-Encoding: gzip\r\n"), MALFORMED),
    ("bad deflate", post(b"PLANTED, not deflate", JSON + b"Content-Encoding: deflate\r\n"), MALFORMED),
    ("an unknown coding", post(b'{"name": "PLANTED"}', JSON + b"Content-Encoding: planted\r\n"), MEDIA),
    ("an unknown charset", post(b"{}", b"Content-Type: application/json; charset=PLANTED\r\n"), MEDIA),
    ("UTF-16", post("{}".encode("utf-16"), b"Content-Type: application/json; charset=utf-16\r\n"), MEDIA),
    ("plain text", post(b"PLANTED", b"Content-Type: text/plain\r\n"), MEDIA),
    ("no content type", post(b"{}", b""), MEDIA),
    ("a content type of raw bytes", post(b"{}", b"Content-Type: \xff\xfe\r\n"), MEDIA),
    ("no body", post(b""), MALFORMED),
    ("no JSON", post(b"PLANTED"), MALFORMED),
    ("cut JSON", post(b'{"name": "PLANTED'), MALFORMED),
    ("bad UTF-8", post(b'{"name": "PLANTED\xff"}'), MALFORMED),
    ("200,000 levels", post(b"[" * 200_000 + b"]" * 200_000), MALFORMED),
    ("1,000 levels of objects", post(b'{"name":' * 1000 + b"1" + b"}" * 1000), INVALID),
    ("1,000 levels of lists", post(b"[" * 1000 + b"]" * 1000), INVALID),
    ("5,000 digits", post(b'{"name": "a", "count": ' + b"9" * 5000 + b"}"), MALFORMED),
    ("300 digits", post(b'{"name": "a", "count": ' + b"9" * 300 + b"}"), INVALID),
    ("NaN", post(b'{"name": "a", "count": NaN}'), MALFORMED),
    ("NUL", post(b'{"name": "PLANTED\\u0000"}'), INVALID),
    ("NUL in a field's name", post(b'{"a\\u0000PLANTED": 1}'), INVALID),
    ("a lone surrogate", post(b'{"name": "PLANTED\\ud800"}'), MALFORMED),
    ("a wrong type", post(b'{"name": {"PLANTED": 1}}'), INVALID),
    ("too long a value", post(b'{"name": "' + b"PLANTED" * 100 + b'"}'), INVALID),
    ("a parameter of the wrong type", get(b"/things?limit=PLANTED"), INVALID),
    ("NUL in a parameter", get(b"/things?limit=PLANTED%00"), INVALID),
    ("a parameter given twice", get(b"/things?limit=1&limit=PLANTED"), INVALID),
    ("2 MB", post(b'{"name": "' + b"PLANTED" * 300_000 + b'"}'), (413, "PAYLOAD_TOO_LARGE")),
    ("an unknown path", get(b"/PLANTED/%ff%00"), (404, "NOT_FOUND")),
    ("another method", b"DELETE /things?PLANTED HTTP/1.1\r\nHost: test\r\n\r\n", (405, "METHOD_NOT_ALLOWED")),
    ("CONNECT", b"CONNECT planted:1 HTTP/1.1\r\nHost: test\r\n\r\n", (404, "NOT_FOUND")),
]  # fmt: skip


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Everything that server and boundary log, before redaction, and what libraries log."""
    lines: list[str] = []

    class Recorder:
        def __getattr__(self, level: str):
            return lambda event, **fields: lines.append(f"{level} {event} {fields}")

    monkeypatch.setattr("shared.http.server._log", Recorder())
    monkeypatch.setattr("shared.http.boundary._log", Recorder())
    caplog.set_level(logging.DEBUG)
    return lines


async def test_what_cannot_be_served_is_refused_with_the_envelope_and_without_an_echo(
    served: Served, logged: list[str], caplog: pytest.LogCaptureFixture
):
    for name, request, expected in CASES:
        logged.clear()
        raw = await exchange(served.base_url, request)
        answer = parse(raw)
        error = envelope_of(answer)
        assert (answer.status, error["code"]) == expected, name
        assert b"planted" not in raw.lower(), name
        assert "planted" not in " ".join(logged).lower(), name
        assert len(raw) < 2000, name
    assert "planted" not in caplog.text.lower()


async def test_the_server_goes_on_after_all_of_it(served: Served):
    for _, request, _ in CASES:
        await exchange(served.base_url, request)
    assert (await served.call("GET", "/things?limit=7")).json == {"limit": 7}
    assert (await served.call("POST", "/things", json={"name": "ü"})).json == {"name": "ü"}


async def test_a_chunk_that_breaks_off_in_the_middle_is_logged_without_its_bytes(
    served: Served, logged: list[str], caplog: pytest.LogCaptureFixture
):
    head = post(b"", JSON + b"Transfer-Encoding: chunked\r\n", length=False)
    raw = await exchange(served.base_url, head + b'9\r\n{"name":1\r\nZZPLANTED\r\n')
    assert envelope_of(parse(raw))["code"] in {"BAD_REQUEST", "VALIDATION_ERROR"}
    assert b"PLANTED" not in raw
    assert "PLANTED" not in caplog.text + " ".join(logged)


async def test_refusals_say_where_the_input_is_wrong(served: Served):
    async def fields(body: object) -> list[str]:
        answer = await served.call("POST", "/things", json=body)
        return [detail["field"] for detail in answer.json["error"]["details"]]

    assert await fields({"name": "a", "extra": 1}) == ["extra"]
    assert await fields({"name": "a", "inner": {"name": "b", "extra": 1}}) == ["inner.extra"]
    assert await fields({"count": "x", "inner": {}}) == ["name", "count", "inner.name"]
    assert await fields({"name": "a", "inner": {"name": "\x00"}}) == ["inner.name"]
    assert len(await fields({f"f{number}": 1 for number in range(5000)})) == 20
    assert max(len(field) for field in await fields({"x" * 900_000: 1, "name": "a"})) <= 100


async def test_an_envelope_in_answer_to_a_refusal_names_the_ways_out(served: Served):
    wrong_method = await served.call("DELETE", "/things")
    assert set(re.split(", *", wrong_method.headers["Allow"])) >= {"GET", "POST"}
    refused = await served.call("GET", "/things", headers={"X-Caller": "nonsense"})
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.headers["Cache-Control"] == "no-store"


async def test_a_body_may_be_compressed_and_announced(served: Served):
    import gzip

    body = gzip.compress(b'{"name": "small"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await served.call("POST", "/things", data=body, headers=headers)).json == {"name": "small"}
    bomb = gzip.compress(b'{"name": "' + b"a" * 50_000_000 + b'"}')
    answer = await served.call("POST", "/things", data=bomb, headers=headers)
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    announced = await exchange(served.base_url, post(b'{"name": "a"}', JSON + b"Expect: 100-continue\r\n"))
    assert parse(announced).status == 200


async def test_a_connection_that_will_be_closed_says_so(served: Served):
    """A client that keeps connections would lose its next request on one that the server ends without a word."""
    broken = post(b"not gzip", JSON + b"Content-Encoding: gzip\r\n")
    unread = post(b"", b"Content-Type: text/plain\r\nContent-Length: 9\r\n", length=False)
    for request in (broken, unread):
        answer = parse(await exchange(served.base_url, request))
        assert answer.headers["Connection"] == "close", answer
    kept = parse(await exchange(served.base_url, post(b'{"name": "a"}')))
    assert "Connection" not in kept.headers
