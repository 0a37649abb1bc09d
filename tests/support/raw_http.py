"""HTTP by hand: bytes out, bytes in, for what no client library would send."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import orjson

from tests.support.service import Answer


async def exchange(base_url: str, request: bytes, *, within_s: float = 10.0) -> bytes:
    """Everything the server answers to ``request`` until it closes, or until one whole answer has come."""
    target = urlsplit(base_url)
    async with asyncio.timeout(within_s):
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            while head.startswith(b"HTTP/1.1 100"):
                head = await reader.readuntil(b"\r\n\r\n")
            length = _content_length(head)
            return head + (await reader.read() if length is None else await reader.readexactly(length))
        finally:
            writer.close()


def parse(raw: bytes) -> Answer:
    """The status, headers and body of ``raw``."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return Answer(int(lines[0].split(" ")[1]), headers, body)


def envelope_of(answer: Answer) -> dict[str, object]:
    """The error of an answer, held against the contract: all five members, of the right kind, and the headers."""
    error: dict[str, object] = orjson.loads(answer.body)["error"]
    assert set(error) - {"details"} == {"code", "message", "statusCode", "requestId", "retryable"}
    assert error["statusCode"] == answer.status
    assert isinstance(error["message"], str)
    assert isinstance(error["retryable"], bool)
    assert answer.headers["X-Request-Id"] == error["requestId"]
    assert answer.headers["Content-Type"].startswith("application/json")
    return error


def _content_length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None
