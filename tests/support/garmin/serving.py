"""What the simulated interfaces have in common: a server on loopback, and the ways in which Garmin misbehaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import web

from tests.support.garmin.world import GarminWorld, Misbehaviour

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STARTS_WITHIN_S = 10.0

NONSENSE = b"\x00\xffneither JSON nor a file" * 20
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
            return web.Response(body=NONSENSE, content_type="application/json")
        case "slow":
            await asyncio.sleep(rule.seconds)
            return await handler(request)
        case "held":
            answer = await handler(request)
            rule.reached.set()
            await rule.opened.wait()
            return answer
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
async def served(app: web.Application, *, port: int = 0) -> AsyncIterator[str]:
    """The base URL of ``app`` on a loopback port (0: a free one), while the block runs."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def application(world: GarminWorld, routes: Iterable[web.RouteDef]) -> web.Application:
    app = web.Application(middlewares=[misbehaving(world)])
    app.add_routes(routes)
    return app


class ServedInThread:
    """The same in a thread with a loop of its own, for a stack of other processes. The world behind the app may be
    changed from any thread: a handler reads it without waiting in between.
    """

    def __init__(self, create_app: Callable[[], web.Application], *, port: int = 0) -> None:
        self.url = ""
        self._create_app = create_app
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._started, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="simulated-garmin", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(_STARTS_WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with served(self._create_app(), port=self._port) as self.url:
            self._started.set()
            await self._stop.wait()
