"""Adding the pages to the gateway's application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.web.assets import Assets
from gateway.web.entrance import Entrance
from gateway.web.forms import FormGuard
from gateway.web.pages import add_pages
from gateway.web.ports import ApiDocument, Backend, Identity
from gateway.web.session import SessionCookie
from gateway.web.visit import Site, Visit
from shared.clock import Clock
from shared.http.envelope import from_framework

# Addresses of programs: whoever asks there gets an envelope, whatever they accept.
_NOT_PAGES = ("/api/", "/internal/", "/health", "/metrics", "/.well-known/", "/static/")


async def setup_web(  # noqa: PLR0913 - called once, each by its name
    app: web.Application,
    *,
    identity: Identity,
    backend: Backend,
    api_document: ApiDocument,
    session_key: bytes,
    public_url: str,
    clock: Clock,
) -> None:
    """Add the pages, their static files, and a page for addresses that do not exist. ``session_key`` has 32 bytes.

    ``public_url`` is where people reach this site, empty where each request says it.
    """
    assets = await asyncio.to_thread(Assets.read)
    assets.install(app)
    site = Site(
        backend=backend,
        entrance=Entrance(identity, backend, clock),
        cookie=SessionCookie(_derived(session_key, b"cookie"), clock, secure=public_url.startswith("https://")),
        guard=FormGuard(_derived(session_key, b"form tokens")),
        api_document=api_document,
        clock=clock,
        public_url=public_url,
    )
    add_pages(app, site)
    app.middlewares.append(_missing_pages(site))


def _derived(key: bytes, purpose: bytes) -> bytes:
    """One key for each purpose (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pace42 pages: " + purpose).derive(key)


def _missing_pages(site: Site) -> Callable[..., Awaitable[web.StreamResponse]]:
    """What the router refuses is told to a browser as a page; programs get the envelope."""

    @web.middleware
    async def middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if request.path.startswith(_NOT_PAGES) or "text/html" not in request.headers.get("Accept", ""):
                raise
            visit = Visit(site, request)
            response = visit.refuse(from_framework(error)[0])
            visit.finish(response)
            return response

    return middleware
