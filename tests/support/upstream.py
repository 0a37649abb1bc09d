"""A service that says what reached it, and misbehaves on command: the other side of the gateway's tests."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web

from shared.http.rendering import json_response


class EchoService:
    """Answers every path; ``?do=``: ``echo``, ``hang``, ``drip``, ``tick``, ``break``, ``large``, ``error``."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.cancelled = asyncio.Event()

    async def create_app(self, _: object, __: AsyncExitStack) -> web.Application:
        app = web.Application(client_max_size=2**40)
        app.router.add_get("/health/ready", self._ready)
        app.router.add_get("/internal/openapi.json", self._document)
        app.router.add_route("*", "/{anything:.*}", self._serve)
        return app

    async def _ready(self, _: web.Request) -> web.Response:
        return json_response({"status": "ok"})

    async def _document(self, _: web.Request) -> web.Response:
        return json_response({"paths": {}, "components": {"schemas": {}}})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        act = getattr(self, f"_{request.query.get('do', 'echo')}")
        response: web.StreamResponse = await act(request)
        return response

    async def _echo(self, request: web.Request) -> web.Response:
        digest, size = hashlib.sha256(), 0
        async for chunk in request.content.iter_chunked(65536):
            digest.update(chunk)
            size += len(chunk)
        seen = {
            "path": request.path_qs,
            "method": request.method,
            "headers": {str(k): v for k, v in request.headers.items()},
        }
        self.seen.append(seen)
        return json_response({**seen, "size": size, "sha256": digest.hexdigest()})

    async def _hang(self, _: web.Request) -> web.Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        raise AssertionError

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number in range(3):
            await response.write(f"data: {number}\n\n".encode())
            await asyncio.sleep(0.05)
        await response.write_eof()
        return response

    async def _tick(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        while True:
            await response.write(b"data: tick\n\n")
            await asyncio.sleep(0.05)

    async def _break(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _large(self, _: web.Request) -> web.Response:
        return web.Response(body=b"x" * 3_000_000, content_type="application/octet-stream")

    async def _error(self, _: web.Request) -> web.Response:
        return web.Response(
            status=409,
            body=(
                b'{"error":{"code":"COACH_NO_DATA","message":"No runs yet.","statusCode":409,'
                b'"requestId":"r","retryable":false}}'
            ),
            content_type="application/json",
        )
