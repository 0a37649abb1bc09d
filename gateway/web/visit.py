"""One request for a page: who asks, what the services say, and the answer as HTML."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import aiohttp
import aiohttp_jinja2
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.web.entrance import Entrance
from gateway.web.forms import TOKEN_FIELD, FormGuard
from gateway.web.moments import Moments
from gateway.web.ports import ApiDocument, Backend, Reply
from gateway.web.problem import Problem
from gateway.web.session import Session, SessionCookie, TokenPair
from gateway.web.ways import sign_in_address
from shared.caller import Caller
from shared.clock import Clock
from shared.errors import Kind, MalformedBody, ServiceError
from shared.http.context import current
from shared.http.envelope import STATUS_OF_KIND, error_response
from shared.http.event_stream import accepts_events

# Nothing but our own files; no inline script or style anywhere, so nothing that slips into a page can run.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# Set by our own scripts: they want the changed part of a page, and problems as an envelope.
FRAGMENT_HEADER = "X-Fragment"

# How aiohttp says that it cannot read a form: no boundary, an unknown charset or transfer encoding, text that is not in
# its charset, parts that end early, a body that cannot be unpacked.
_UNREADABLE = (
    ValueError,
    LookupError,
    RuntimeError,
    AssertionError,
    zlib.error,
    aiohttp.ClientPayloadError,
    HttpProcessingError,
    web.RequestPayloadError,
)

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Site:
    """What all visits share."""

    backend: Backend
    entrance: Entrance
    cookie: SessionCookie
    guard: FormGuard
    api_document: ApiDocument
    clock: Clock
    public_url: str


class Visit:
    """``caller`` is anonymous until ``enter``; ``session`` is replaced by signing in and out and by fresh tokens."""

    def __init__(self, site: Site, request: web.Request) -> None:
        self.site = site
        self.request = request
        self.caller = Caller()
        self._known = site.cookie.read(request)
        self.session = self._known or Session.new(self.now)
        self._seed_shown = False

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self.site.clock.now().timestamp()

    @property
    def moments(self) -> Moments:
        return Moments(self.site.clock.now(), self.caller.zone)

    @property
    def request_id(self) -> str:
        context = current()
        return context.request_id if context is not None else ""

    @property
    def wants_fragment(self) -> bool:
        return FRAGMENT_HEADER in self.request.headers or accepts_events(self.request)

    async def enter(self) -> None:
        """Let the visitor in. Raises SignInNeeded."""
        self.session, self.caller = await self.site.entrance.admit(self.request, self.session)

    def sign_in(self, tokens: dict[str, Any]) -> None:
        """Begin a new session with the ``tokens`` of auth's answer."""
        self.session = Session.new(self.now, TokenPair.from_answer(tokens, self.now))

    def sign_out(self) -> None:
        """Forget the tokens; ending the session at auth is the page's to do."""
        self.session, self.caller = Session.new(self.now), Caller()

    async def call(self, service: str, method: str, path: str, **options: Any) -> Reply:
        """``Backend.call`` for this visitor; ``options`` are its query, body and headers."""
        return await self.site.backend.call(self.request, service, method, path, caller=self.caller, **options)

    def follow(self, service: str, path: str, **options: Any) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """``Backend.follow`` for this visitor; ``options`` are its method, body and headers."""
        return self.site.backend.follow(self.request, service, path, caller=self.caller, **options)

    async def get(self, service: str, path: str, **query: str) -> Any:
        """The JSON that a service gives this visitor."""
        return (await self.call(service, "GET", path, query=query or None)).json

    def form_token(self, scope: str = "") -> str:
        self._seed_shown = True
        return self.site.guard.token(self.session.seed, scope)

    async def form(self) -> Form:
        """The text fields of the form that was sent. Raises MalformedBody and ForeignForm."""
        try:
            fields = await self.request.post()
        except _UNREADABLE as error:
            raise MalformedBody("This form cannot be read or ended early. Reload the page and try again.") from error
        form = {name: value for name, value in fields.items() if isinstance(value, str)}
        self.site.guard.check(form.get(TOKEN_FIELD), self.session.seed)
        return form

    def render(self, template: str, *, status: int = 200, **context: Any) -> web.Response:
        return web.Response(text=self.render_text(template, **context), status=status, content_type="text/html")

    def render_text(self, template: str, **context: Any) -> str:
        values = {"visit": self, "signed_in": self.caller.user_id is not None, "problem": None, **context}
        return aiohttp_jinja2.render_string(template, self.request, values)

    def see(self, address: str) -> web.Response:
        """Send the browser to another page, with GET."""
        return web.Response(status=303, headers={"Location": address})

    def whole_address(self, path: str) -> str:
        """The address of ``path`` for somebody outside of this page."""
        return f"{self.site.public_url or self.request.url.origin()}{path}"

    def problem(self, error: ServiceError) -> Problem:
        return Problem.of(error, self.request_id, self.site.clock.now(), self.caller.zone)

    def refuse(self, error: ServiceError) -> web.Response:
        """The answer when there is no better place for an error than a page of its own."""
        if self.wants_fragment:
            return error_response(error, self.request_id)
        heading = "Nothing here" if error.kind is Kind.NOT_FOUND else "That did not work"
        response = self.render(
            "error.html", status=STATUS_OF_KIND[error.kind], heading=heading, problem=self.problem(error)
        )
        if error.retry_after_s is not None:
            response.headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return response

    def ask_to_sign_in(self, error: ServiceError) -> web.Response:
        """Nobody is signed in, or no longer: off to the sign-in page, and back here afterwards."""
        ended = self.session.tokens is not None
        if ended:
            self.sign_out()
        if self.wants_fragment:
            return error_response(error, self.request_id)
        return self.see(sign_in_address(self.request, ended=ended))

    def finish(self, response: web.StreamResponse) -> None:
        """Set what every page carries, and the cookie where the browser does not have this session yet."""
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        if self.session is not self._known and (self._known is not None or self._seed_shown or self.session.tokens):
            self.site.cookie.write(response, self.session)
