"""A route table: what each address takes, gives, may fail with, and who may call it. Deny unless allowed."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from shared.errors import Forbidden, InvalidToken, Kind, ServiceError
from shared.http import idempotency, parsing
from shared.http.context import RequestContext, current

Handler = Callable[..., Awaitable[web.StreamResponse]]
Present = Callable[[web.Request, web.StreamResponse], Awaitable[web.StreamResponse]]


class Access(enum.Enum):
    """Who may call a route; every route says one."""

    OPEN = "open"
    """Anybody who reaches the port, without any token: health, metrics, public keys."""
    ANYONE = "anyone"
    """Any request that came through the gateway, signed in or not."""
    USER = "user"
    ADMIN = "admin"
    SERVICE = "service"
    """The services named in ``issuers``, with a key of their own, and no user."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation. ``returns`` by status; ``errors`` beyond those any operation can give."""

    method: str
    path: str
    handler: Handler
    access: Access
    issuers: frozenset[str] = frozenset()
    body: type[BaseModel] | None = None
    # An absent body is then as good as {}.
    body_optional: bool = False
    query: type[BaseModel] | None = None
    returns: type[BaseModel] | None = None
    status: int = 200
    # Where the same request may also be answered later: the status and the body that says how to ask.
    deferred: tuple[int, type[BaseModel]] | None = None
    # The repeatable field of a multipart form whose parts the handler reads itself.
    file_field: str = ""
    media_types: tuple[str, ...] = ("application/json",)
    errors: tuple[type[ServiceError], ...] = ()
    # Codes of the services it calls, which it passes on as they were given.
    relayed: tuple[tuple[str, Kind], ...] = ()
    # False where an answer must never be kept (it holds tokens) or the handler keeps it itself (uploads).
    replayable: bool = True
    # Gives the handler's answer, fresh or replayed, the form that Accept asks for; what is kept is the handler's own.
    present: Present | None = None
    tag: str = field(default="")


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    for route in routes:
        handler = _guarded(route)
        app.router.add_route(route.method, route.path, handler)
        if route.access is Access.OPEN and route.method == "GET":
            # Load balancers probe with HEAD.
            app.router.add_route("HEAD", route.path, handler)


def is_replayable(route: Route) -> bool:
    """Whether the answers of ``route`` are kept under an Idempotency-Key."""
    return route.replayable and route.method in idempotency.UNSAFE_METHODS


def _guarded(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        _require_access(route, current())
        arguments: list[Any] = []
        if route.query is not None:
            arguments.append(parsing.read_query(request, route.query))
        if route.body is not None:
            absent = route.body_optional and not request.body_exists
            arguments.append(route.body() if absent else await parsing.read_json(request, route.body))
        if is_replayable(route):
            response = await idempotency.replayed_or_run(request, lambda: route.handler(request, *arguments))
        else:
            response = await route.handler(request, *arguments)
        return response if route.present is None else await route.present(request, response)

    return serve


def _require_access(route: Route, context: RequestContext | None) -> None:
    if route.access is Access.OPEN:
        return
    if context is None:
        raise _unknown_caller()
    if route.access is Access.SERVICE:
        if context.service not in route.issuers:
            raise _unknown_caller()
        return
    if context.caller is None:
        raise _unknown_caller()
    if route.access is Access.ANYONE:
        return
    if context.caller.user_id is None:
        raise InvalidToken("Sign in first.")
    if route.access is Access.ADMIN and "admin" not in context.caller.roles:
        raise Forbidden("This needs the administrator's role.")


def _unknown_caller() -> InvalidToken:
    return InvalidToken("This address takes calls from Pace42's own gateway and services only.")
