"""The middleware through which every simulated interface of Garmin misbehaves on command."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.support.garmin.world import GarminWorld, Misbehaviour

CHALLENGE_PAGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    "<body><div id='cf-wrapper'>Checking your browser. Performance &amp; security by Cloudflare</div></body></html>"
)


def misbehaving(world: GarminWorld) -> Middleware:
    """A middleware that logs each request in ``world`` and lets it go wrong where that is due."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        rule = world.due(request.method, request.path)
        if rule is None:
            return await handler(request)
        if rule.kind == "status":
            return web.json_response({"message": "simulated"}, status=rule.status, headers=rule.headers)
        if rule.kind == "html":
            return web.Response(text=CHALLENGE_PAGE, content_type="text/html", headers=rule.headers)
        if rule.kind == "slow":
            await asyncio.sleep(rule.seconds)
            return await handler(request)
        return await _damaged(request, await handler(request), rule)

    return middleware


async def _damaged(request: web.Request, real: web.StreamResponse, rule: Misbehaviour) -> web.StreamResponse:
    assert isinstance(real, web.Response)
    assert isinstance(real.body, bytes)
    if rule.kind == "garbage":
        return web.Response(body=b"\x00not what it claims\xff", content_type=real.content_type)
    assert rule.kind == "cut", rule.kind
    half = web.StreamResponse(headers={"Content-Length": str(len(real.body)), "Content-Type": real.content_type})
    await half.prepare(request)
    await half.write(real.body[: len(real.body) // 2])
    assert request.transport is not None
    request.transport.close()
    return half
