"""Providers of language models as scripted servers on loopback: OpenAI's chat completions and Gemini, both streamed.

A script says what the next requests meet; the last act goes on. What reached the server is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Act = Callable[["ScriptedProvider", web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class ScriptedProvider:
    """``seen`` are the bodies of the requests, ``cancelled`` is set once a client left before the answer ended."""

    script: list[Act] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    base_url: str = ""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def acts(self, *script: Act) -> None:
        self.script[:] = script
        self.seen.clear()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.seen.append(body)
        self.keys.append(request.headers.get("Authorization", request.headers.get("x-goog-api-key", "")))
        self.arrived.set()
        act = self.script[0] if len(self.script) == 1 else self.script.pop(0)
        try:
            return await act(self, request, body)
        except (asyncio.CancelledError, ConnectionResetError):
            self.cancelled.set()
            raise


@asynccontextmanager
async def serving(provider: ScriptedProvider) -> AsyncIterator[ScriptedProvider]:
    app = web.Application()
    app.router.add_post("/{anything:.*}", provider.serve)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()


def says(text: str, *, piece: int = 12, pause_s: float = 0.0, cut: bool = False) -> Act:
    """Stream ``text`` in pieces; ``cut`` drops the connection instead of ending it."""

    async def act(_: ScriptedProvider, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await _begin(request)
        for start in range(0, len(text), piece):
            await _send(response, body, text=text[start : start + piece])
            if pause_s:
                await asyncio.sleep(pause_s)
        if cut:
            assert request.transport is not None
            request.transport.abort()
            return response
        return await _end(response, body, finish="stop")

    return act


def calls_tool(name: str, arguments: str | dict[str, Any]) -> Act:
    """Ask for a tool."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)

    async def act(_: ScriptedProvider, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await _begin(request)
        call = {"index": 0, "id": "call-1", "type": "function", "function": {"name": name, "arguments": written}}
        await _send(response, body, tool=call)
        return await _end(response, body, finish="tool_calls")

    return act


def answers_status(status: int, text: str = '{"error": {"message": "not now", "type": "x"}}') -> Act:
    async def act(_: ScriptedProvider, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="application/json", headers={"Retry-After": "1"})

    return act


def redirects(location: str) -> Act:
    async def act(_: ScriptedProvider, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": location})

    return act


def garbage(content: bytes, content_type: str = "text/event-stream") -> Act:
    async def act(_: ScriptedProvider, request: web.Request, __: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        await response.write(content)
        await response.write_eof()
        return response

    return act


async def hangs(_: ScriptedProvider, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


def hangs_after(text: str) -> Act:
    """Stream ``text``, and then nothing more."""

    async def act(_: ScriptedProvider, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await _begin(request)
        await _send(response, body, text=text)
        await asyncio.Event().wait()
        return response

    return act


async def _begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def _send(
    response: web.StreamResponse, body: dict[str, Any], *, text: str = "", tool: dict[str, Any] | None = None
) -> None:
    if "contents" in body:
        await _event(response, {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}]})
        return
    delta: dict[str, Any] = {"role": "assistant", "content": text} if tool is None else {"tool_calls": [tool]}
    await _chunk(response, body, [{"index": 0, "delta": delta, "finish_reason": None}])


async def _end(response: web.StreamResponse, body: dict[str, Any], *, finish: str) -> web.StreamResponse:
    if "contents" in body:
        usage = {"promptTokenCount": 900, "candidatesTokenCount": 100, "totalTokenCount": 1000}
        candidate = {"content": {"role": "model", "parts": [{"text": ""}]}, "index": 0, "finishReason": "STOP"}
        await _event(response, {"candidates": [candidate], "usageMetadata": usage})
    else:
        await _chunk(response, body, [{"index": 0, "delta": {}, "finish_reason": finish}])
        usage = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}
        await _chunk(response, body, [], usage=usage)
        await response.write(b"data: [DONE]\n\n")
    with contextlib.suppress(ConnectionResetError):
        await response.write_eof()
    return response


async def _chunk(
    response: web.StreamResponse, body: dict[str, Any], choices: list[dict[str, Any]], **more: Any
) -> None:
    shape = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    await _event(response, {**shape, "choices": choices, **more})


async def _event(response: web.StreamResponse, content: dict[str, Any]) -> None:
    await response.write(b"data: " + json.dumps(content).encode() + b"\n\n")
