"""A service made of a route table alone, with real keys, on a real socket."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from aiohttp import web
from joserfc.jwk import OKPKey

from shared.caller import Caller, SigningKey, TokenSigner, TokenVerifier
from shared.clock import SystemClock
from shared.http import context as ctx
from shared.http import idempotency
from shared.http.boundary import Boundary, CallerOpener
from shared.http.client import Resilience, ServiceClient
from shared.http.metrics import Metrics
from shared.http.routing import Route, add_routes
from shared.http.server import make_runner
from shared.idempotency import IdempotencyStore
from shared.resilience import Backoff, Breaker
from shared.telemetry import configure
from tests.support.service import Served

CLOCK = SystemClock()


@functools.cache
def _key(process: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", parameters={"kid": f"{process}-1"}, private=True)


@functools.cache
def signer(process: str) -> TokenSigner:
    return TokenSigner(SigningKey(process, _key(process)), CLOCK)


def headers_for(caller: Caller, audience: str, *onward: str, **more: str) -> dict[str, str]:
    """What the gateway sends along with a request of ``caller``."""
    tokens = {service: signer("gateway").caller_token(caller, service) for service in onward}
    own = {ctx.CALLER_HEADER: signer("gateway").caller_token(caller, audience)}
    return own | {ctx.CALLER_FOR_HEADER: ctx.render_onward(tokens)} | more


@asynccontextmanager
async def serve_routes(
    name: str, routes: Iterable[Route], *, answers: IdempotencyStore | None = None
) -> AsyncIterator[Served]:
    table = tuple(routes)
    public = {process: _key(process).as_dict(private=False) for process in ("gateway", "coach_agent", "garmin_ingest")}
    opener = CallerOpener(
        TokenVerifier(name, public, CLOCK), frozenset(issuer for route in table for issuer in route.issuers), CLOCK
    )
    boundary = Boundary(opener, configure(name, None), Metrics(), CLOCK)
    app = web.Application(middlewares=[boundary.middleware], client_max_size=1024 * 1024)
    if answers is not None:
        app[idempotency.STORE] = answers
    add_routes(app, table)
    async with AsyncExitStack() as stack:
        runner = make_runner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        yield Served(f"http://127.0.0.1:{runner.addresses[0][1]}", session)


def client(session: aiohttp.ClientSession, service: str, base_url: str, *, own: str = "coach_agent") -> ServiceClient:
    return ServiceClient(
        session,
        service=service,
        base_url=base_url,
        signer=signer(own),
        telemetry=configure(own, None),
        resilience=Resilience(Breaker(service, CLOCK), backoff=Backoff(0.01, 0.01)),
    )
