"""What the pages need from the rest of the gateway, on one screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson
from aiohttp import web

from shared.caller import Caller

# The page that takes uploads; its requests may last as long as an import through the API.
UPLOAD_PATH: Final = "/runs/import"


@dataclass(frozen=True, slots=True)
class Reply:
    """A 2xx answer of a service, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The parsed body; None where there is none."""
        return orjson.loads(self.body) if self.body else None


class Identity(Protocol):
    async def verify(self, access_token: str) -> Caller:
        """Who an access token speaks for. Raises ServiceError: AUTH_EXPIRED_TOKEN, AUTH_INVALID_TOKEN (revoked ones
        too), or an unavailable kind when that cannot be told.
        """
        ...


class Backend(Protocol):
    """The public routes of the services, called for one visitor.

    Each call counts against the limits of its route and carries request id, deadline, trace and caller tokens as a
    call through the API does. An answer other than 2xx is raised as the ServiceError that its envelope meant, with
    ``retry_after_s`` where one was given. ``Caller()`` is a visitor who has not signed in.
    """

    async def call(  # noqa: PLR0913 - an HTTP request has these parts; all but four are named at the call
        self,
        request: web.Request,
        service: str,
        method: str,
        path: str,
        *,
        caller: Caller,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One exchange; ``body`` is sent as JSON, ``headers`` (Accept, Idempotency-Key) are added."""
        ...

    async def stream(self, request: web.Request, service: str, path: str, *, caller: Caller) -> Reply:
        """POST the body of ``request`` on as it comes, with its own Content-Type, within the route's body limit."""
        ...

    def follow(  # noqa: PLR0913 - as above
        self,
        request: web.Request,
        service: str,
        path: str,
        *,
        caller: Caller,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """An event stream, in chunks as they come; a service that breaks off ends it. Raises UpstreamUnavailable
        where the answer is no event stream.
        """
        ...


class ApiDocument(Protocol):
    async def read(self) -> Mapping[str, Any]:
        """The merged OpenAPI document of the public API."""
        ...
