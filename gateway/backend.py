"""The web pages' way to the services: the same table, limits and caller tokens as the public API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
from aiohttp import hdrs, web
from yarl import URL

from gateway.documents import ApiDocument
from gateway.door import Door
from gateway.proxy import Upstreams, limited_body, read_whole, require_size
from gateway.routes import TABLE, Row
from gateway.web.ports import Reply
from shared.caller import Caller
from shared.errors import NotFound, UpstreamUnavailable
from shared.http.envelope import error_from_answer
from shared.http.event_stream import EVENT_STREAM


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in re.split(r"\{\w+\}", path)))


_PATTERNS = tuple((_pattern(row.path), row) for row in TABLE)


class PagesBackend:
    """Implements ``gateway.web.ports.Backend``."""

    def __init__(self, door: Door, upstreams: Upstreams) -> None:
        self._door = door
        self._upstreams = upstreams

    async def call(  # noqa: PLR0913 - one exchange has this many parts; all but three go by name
        self,
        request: web.Request,
        service: str,
        method: str,
        path: str,
        *,
        caller: Caller,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        url = URL.build(path=path, query=dict(query or {}))
        content = None if body is None else orjson.dumps(body)
        sent = {"Content-Type": "application/json", **(headers or {})} if content is not None else dict(headers or {})
        row = _row(service, method, path)
        return await self._exchange(request, row, method, url, caller=caller, headers=sent, body=content)

    async def stream(self, request: web.Request, service: str, path: str, *, caller: Caller) -> Reply:
        row = _row(service, "POST", path)
        require_size(request, row.body_limit)
        headers = {"Content-Type": request.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")}
        body = limited_body(request, row.body_limit)
        return await self._exchange(request, row, "POST", URL(path), caller=caller, headers=headers, body=body)

    @asynccontextmanager
    async def follow(  # noqa: PLR0913 - one exchange has this many parts; all but three go by name
        self,
        request: web.Request,
        service: str,
        path: str,
        *,
        caller: Caller,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        row = _row(service, method, path)
        await self._door.admit(row, caller, request)
        url = URL(self._upstreams.urls[row.service] + path, encoded=True)
        content = None if body is None else orjson.dumps(body)
        sent = {"Content-Type": "application/json", "Accept": EVENT_STREAM, **(headers or {})}
        async with self._upstreams.exchange(method, url, row, caller, headers=sent, body=content) as answer:
            if answer.status >= 300:
                content = await read_whole(answer)
                raise error_from_answer(answer.status, content, retry_after=answer.headers.get("Retry-After"))
            if answer.content_type != EVENT_STREAM:
                raise UpstreamUnavailable("This cannot be followed as it happens right now.")
            yield _chunks(answer)

    async def _exchange(  # noqa: PLR0913 - the parts of one exchange, most of them by name
        self,
        request: web.Request,
        row: Row,
        method: str,
        url: URL,
        *,
        caller: Caller,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes] | bytes | None,
    ) -> Reply:
        await self._door.admit(row, caller, request)
        absolute = URL(self._upstreams.urls[row.service] + url.raw_path_qs, encoded=True)
        async with self._upstreams.exchange(method, absolute, row, caller, headers=headers, body=body) as answer:
            content = await read_whole(answer)
            if answer.status >= 300:
                raise error_from_answer(answer.status, content, retry_after=answer.headers.get("Retry-After"))
            reply = Reply(answer.status, answer.headers.copy(), content)
        self._door.after(row)
        return reply


class PagesDocument:
    """Implements ``gateway.web.ports.ApiDocument``."""

    def __init__(self, document: ApiDocument) -> None:
        self._document = document

    async def read(self) -> Mapping[str, Any]:
        return await self._document.get()


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    except aiohttp.ClientError:
        # Whoever follows asks again; to them a service that went away and a stream that ended are the same.
        return


def _row(service: str, method: str, path: str) -> Row:
    """The row of the table for a call of a page: pages reach nothing that the API does not."""
    for pattern, row in _PATTERNS:
        if row.service == service and row.method == method and pattern.fullmatch(path):
            return row
    raise NotFound("There is nothing at this address.")
