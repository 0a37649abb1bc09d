"""Headers on every answer: what browsers must not do with it, and which other origins may read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from gateway.limits import Standing

_CORS_METHODS = "GET, POST, PUT, PATCH, DELETE"
_CORS_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id"
_CORS_EXPOSED = "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, Idempotency-Replayed, Content-Disposition"
_PREFLIGHT_LIFETIME_S = 600
_HSTS = "max-age=31536000; includeSubDomains"

# Where the caller stands with the limit that counted the request, if one did.
STANDING: web.RequestKey[Standing] = web.RequestKey("standing", Standing)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ResponseHeaders:
    def __init__(self, cors_origins: tuple[str, ...], *, serves_tls: bool) -> None:
        self._origins = frozenset(cors_origins)
        self._serves_tls = serves_tls

    async def prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        """Signal handler: runs for every answer, streamed ones and errors included."""
        headers = response.headers
        headers["Server"] = "pace42"
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        if self._serves_tls:
            headers.setdefault("Strict-Transport-Security", _HSTS)
        standing = request.get(STANDING)
        if standing is not None:
            headers.update(standing.headers())
        origin = request.headers.get(hdrs.ORIGIN)
        if self._origins:
            headers.add("Vary", "Origin")
        if origin in self._origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"

    @web.middleware
    async def preflight(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer a preflight from an allowed origin; one from elsewhere meets the router, which refuses it."""
        is_preflight = request.method == "OPTIONS" and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        if not is_preflight or request.headers.get(hdrs.ORIGIN) not in self._origins:
            return await handler(request)
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": _CORS_METHODS,
                "Access-Control-Allow-Headers": _CORS_HEADERS,
                "Access-Control-Max-Age": str(_PREFLIGHT_LIFETIME_S),
            },
        )
