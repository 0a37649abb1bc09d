"""The wiring of the gateway: the only file that sees all of it."""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import sys
from contextlib import AsyncExitStack

import orjson
from aiohttp import web

from gateway.access import AccessTokens, PublicKeys
from gateway.backend import PagesBackend, PagesDocument
from gateway.config import GatewaySettings
from gateway.documents import ApiDocument
from gateway.door import Door, DoorOpener
from gateway.headers import ResponseHeaders
from gateway.limits import Limits
from gateway.proxy import Upstreams
from gateway.readiness import DoorHealth
from gateway.revocations import Revocations
from gateway.routes import TABLE
from gateway.web.wiring import setup_web
from shared.config import ConfigError, load_or_exit
from shared.errors import ServiceError
from shared.http.process import SERVICES, Process, open_process, required_secret
from shared.http.routing import Handler
from shared.http.server import RELAYS_BODIES, make_runner, run, serve
from shared.redis import open_redis
from shared.resilience import Breaker
from shared.secrets import SecretsSettings


async def create_app(settings: GatewaySettings, stack: AsyncExitStack) -> web.Application:
    """The application with everything it needs open and its revocation feed followed; ``stack`` closes it."""
    process = await stack.enter_async_context(open_process("gateway", settings))
    urls = {service: str(getattr(settings, f"{service}_url")).rstrip("/") for service in SERVICES}
    revocations = Revocations(process.client("auth"), process.clock)
    await _keep_following(revocations, stack)
    redis = open_redis(settings.redis_url.get_secret_value())
    stack.push_async_callback(redis.aclose)
    limits = Limits(settings, redis, process.clock)
    process.metrics.watch(limits.breaker)
    tokens = AccessTokens(PublicKeys(process.session, urls["auth"], process.clock), revocations, process.clock)
    upstreams = _upstreams(process, urls)
    door = Door(tokens, limits, upstreams, revocations)
    headers = ResponseHeaders(settings.cors_origins, serves_tls=settings.serves_tls)

    async def ping() -> None:
        await redis.ping()

    async def knows_the_locked_out() -> None:
        revocations.require_fresh()

    health = DoorHealth(process.session, urls, once={"revocations": knows_the_locked_out}, own={"redis": ping})
    app = process.bare_application(DoorOpener(settings.trusted_proxies, process.clock), health, headers.preflight)
    app[RELAYS_BODIES] = True
    app.on_response_prepare.append(headers.prepare)
    document = ApiDocument(process.session, urls, process.clock)
    for row in TABLE:
        app.router.add_route(row.method, row.path, door.handler(row))
    app.router.add_get("/api/v1/openapi.json", door.counted(_serve_document(document)))
    await _add_pages(app, process, settings, tokens=tokens, backend=PagesBackend(door, upstreams), document=document)
    await _serve_metrics(process, settings, stack)
    return app


async def _add_pages(
    app: web.Application,
    process: Process,
    settings: GatewaySettings,
    *,
    tokens: AccessTokens,
    backend: PagesBackend,
    document: ApiDocument,
) -> None:
    session = await required_secret(process.secrets, "keys/gateway/session")
    await setup_web(
        app,
        identity=tokens,
        backend=backend,
        api_document=PagesDocument(document),
        session_key=base64.b64decode(session["key"]),
        public_url=settings.public_url,
        clock=process.clock,
    )


def _upstreams(process: Process, urls: dict[str, str]) -> Upstreams:
    breakers = {service: Breaker(f"proxy {service}", process.clock) for service in urls}
    for breaker in breakers.values():
        process.metrics.watch(breaker)
    return Upstreams(process.session, urls, breakers, process.signer, process.telemetry)


async def _keep_following(revocations: Revocations, stack: AsyncExitStack) -> None:
    follower = asyncio.create_task(revocations.follow(), name="revocation feed")

    async def stop() -> None:
        follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await follower

    stack.push_async_callback(stop)


def _serve_document(document: ApiDocument) -> Handler:
    async def openapi(_: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(await document.get()), content_type="application/json")

    return openapi


async def _serve_metrics(process: Process, settings: GatewaySettings, stack: AsyncExitStack) -> None:
    """Metrics have a port of their own, because the public one serves nobody's operations."""
    if settings.metrics_port == 0:
        return
    app = web.Application()
    app.router.add_get("/metrics", process.metrics.handle)
    runner = make_runner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, settings.host, settings.metrics_port).start()


def main() -> None:
    """The command line of the gateway."""
    parser = argparse.ArgumentParser(prog="python -m gateway", description="Pace42's gateway: serve until SIGTERM.")
    parser.add_argument("--check-config", action="store_true", help="read the settings, report what is wrong, and end")
    check_only = parser.parse_args().check_config
    settings = load_or_exit(GatewaySettings, SecretsSettings)
    if check_only:
        sys.stdout.write("The configuration of gateway is complete.\n")
        return
    try:
        run(lambda: _serve(settings))
    except (ServiceError, ConfigError, OSError) as error:
        sys.stderr.write(f"gateway: {error}\n")
        raise SystemExit(1) from None


async def _serve(settings: GatewaySettings) -> None:
    async with AsyncExitStack() as stack:
        app = await create_app(settings, stack)
        await serve(app, settings.host, settings.port, drain_s=settings.drain_s)
