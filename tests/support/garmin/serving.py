"""What the simulated interfaces have in common: a server on loopback, and the ways in which Garmin misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.support.garmin.world import GarminWorld, Misbehaviour

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CHALLENGE_PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"


def misbehaving(world: GarminWorld) -> Any:
    """A middleware that logs each request in the world and does what the world has in store for it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        rule = world.due(request.method, request.path_qs)
        if rule is None:
            return await handler(request)
        return await _misbehave(rule, request, handler)

    return middleware


async def _misbehave(rule: Misbehaviour, request: web.Request, handler: Handler) -> web.StreamResponse:
    match rule.kind:
        case "status":
            return web.json_response({"error": "as told"}, status=rule.status, headers=rule.headers)
        case "html":
            return web.Response(text=CHALLENGE_PAGE, content_type="text/html")
        case "garbage":
            return web.Response(body=b"\x00\xffneither JSON nor a file" * 20, content_type="application/json")
        case "slow":
            await asyncio.sleep(rule.seconds)
            return await handler(request)
        case "cut":
            return await _cut(request, await handler(request))
    raise AssertionError(rule.kind)


async def _cut(request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
    """Half of the body that the headers promise, then the end of the connection."""
    assert isinstance(whole, web.Response)
    assert isinstance(whole.body, bytes)
    response = web.StreamResponse(headers={"Content-Type": whole.content_type})
    response.content_length = len(whole.body)
    await response.prepare(request)
    await response.write(whole.body[: len(whole.body) // 2])
    assert request.transport is not None
    request.transport.close()
    return response


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """The base URL of ``app`` on a free loopback port, while the block runs."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def application(world: GarminWorld, routes: Iterable[web.RouteDef]) -> web.Application:
    app = web.Application(middlewares=[misbehaving(world)])
    app.add_routes(routes)
    return app
