"""What happens to a request between its arrival and the service that answers it: context, caller, limits."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from gateway.access import AccessTokens, bearer, require
from gateway.config import Network
from gateway.errors import MissingToken
from gateway.headers import STANDING
from gateway.limits import Limits, TooOften
from gateway.proxy import Upstreams, require_size
from gateway.revocations import Revocations
from gateway.routes import IMPORT_PATH, TABLE, Row
from gateway.web.ports import UPLOAD_PATH
from shared.caller import Caller
from shared.clock import Clock
from shared.errors import ExpiredToken, Forbidden, InvalidToken, ServiceError
from shared.http import context as ctx
from shared.http.event_stream import accepts_events
from shared.ids import uuid7
from shared.resilience import Deadline

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PAGE_BUDGET_S = 60.0
_ROWS: Mapping[tuple[str, str], Row] = {(row.method, row.path): row for row in TABLE}


class DoorOpener:
    """Opens the context of a request from outside: nothing it claims about itself is believed but its id's form."""

    def __init__(self, trusted_proxies: tuple[Network, ...], clock: Clock) -> None:
        self._trusted = trusted_proxies
        self._clock = clock

    def open(self, request: web.Request) -> ctx.RequestContext:
        resource = request.match_info.route.resource
        canonical = resource.canonical if resource is not None else ""
        # An upload through the page lasts as long as one through the API.
        row = _ROWS.get((request.method, IMPORT_PATH if canonical == UPLOAD_PATH else canonical))
        budget_s = row.deadline_s if row is not None else _PAGE_BUDGET_S
        if row is not None and accepts_events(request):
            budget_s = max(budget_s, row.events_s)
        return ctx.RequestContext(
            request_id=ctx.well_formed_request_id(request.headers.get(ctx.REQUEST_ID_HEADER)) or str(uuid7()),
            deadline=Deadline.after(budget_s, self._clock),
            client_address=self._client_address(request),
        )

    def _client_address(self, request: web.Request) -> str:
        """The nearest address that is not one of our own proxies; X-Forwarded-For counts only from those."""
        # A proxy may add a line of its own instead of extending the client's.
        forwarded = request.headers.getall("X-Forwarded-For", [])
        chain = [part.strip() for part in ",".join(forwarded).split(",") if part.strip()]
        address = request.remote or ""
        while chain and self._is_trusted(address):
            address = chain.pop()
        return address if _is_address(address) else (request.remote or "")

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self._trusted)


class Door:
    """Admits callers and passes their requests on."""

    def __init__(self, tokens: AccessTokens, limits: Limits, upstreams: Upstreams, revocations: Revocations) -> None:
        self.tokens = tokens
        self._limits = limits
        self._upstreams = upstreams
        self._revocations = revocations

    def handler(self, row: Row) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            caller = await self._caller(request, row)
            await self.admit(row, caller, request)
            require_size(request, row.body_limit)
            response = await self._upstreams.forward(request, row, caller, still=lambda: self._is_still(request, row))
            self.after(row)
            return response

        return serve

    def counted(self, handler: _Handler) -> _Handler:
        """``handler`` for an address that the gateway answers itself, counted as a call without a sign-in."""

        async def serve(request: web.Request) -> web.StreamResponse:
            await self._count("address", Caller(), request)
            return await handler(request)

        return serve

    async def admit(self, row: Row, caller: Caller, request: web.Request) -> None:
        """Count the call and check the role. Raises RateLimited and Forbidden."""
        if caller.user_id is not None:
            structlog.contextvars.bind_contextvars(userId=str(caller.user_id))
        await self._count(row.limit, caller, request)
        if row.access == "admin" and "admin" not in caller.roles:
            raise Forbidden("This needs the administrator's role.")

    async def _count(self, limit: str, caller: Caller, request: web.Request) -> None:
        """Count, and leave with the request where its caller stands, for whatever the answer will be."""
        context = ctx.current()
        assert context is not None
        try:
            request[STANDING] = await self._limits.count(limit, caller, context.client_address)
        except TooOften as error:
            request[STANDING] = error.standing
            raise

    def after(self, row: Row) -> None:
        """A change in auth may have ended a session: look at once instead of in two seconds."""
        if row.service == "auth" and row.method in _UNSAFE:
            self._revocations.poke()

    async def _is_still(self, request: web.Request, row: Row) -> bool:
        """Whether the caller of an answer that goes on may hear more of it: not once the session has ended."""
        if row.access == "public":
            return True
        try:
            await self.tokens.verify(bearer(request.headers.get("Authorization")) or "")
        except ServiceError:
            return False
        return True

    async def _caller(self, request: web.Request, row: Row) -> Caller:
        if row.access == "public":
            return Caller()
        try:
            token = bearer(request.headers.get("Authorization"))
            return require(await self.tokens.verify(token) if token is not None else None)
        except (MissingToken, InvalidToken, ExpiredToken):
            # Guessing tokens is counted like any call without one.
            await self._count("address", Caller(), request)
            raise


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
