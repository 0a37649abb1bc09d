"""The pages on a real server, in front of services that a test tells what to answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from gateway.web.ports import Reply
from gateway.web.wiring import setup_web
from shared import logs, telemetry
from shared.caller import Caller
from shared.errors import ExpiredToken, NotFound, RelayedError, ServiceError
from shared.http import context as ctx
from shared.http.boundary import Boundary
from shared.http.metrics import Metrics
from shared.ids import uuid7
from shared.resilience import Deadline
from shared.zones import load_zones
from tests.support.clock import FakeClock
from tests.support.service import Answer, serve
from tests.unit.web.activities import ID, activity, analysis, item
from tests.unit.web.garmin import connection

RUNNER = Caller(user_id=uuid7(), session_id=uuid7(), zone="Europe/Berlin")
PASSWORD = "four plain unrelated nouns"

Told = Reply | ServiceError | Callable[..., Reply]


def reply(body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    return Reply(status, headers or {}, content)


def tokens(number: int) -> dict[str, Any]:
    return {"accessToken": f"access-{number}", "refreshToken": f"refresh-{number}", "expiresIn": 900}


def exchange(text: str = "10.00 km in 50:00.", **changes: Any) -> dict[str, Any]:
    """An answer of ``POST /chat``."""
    source = {"kind": "activity", "id": ID}
    fact = {"id": "distance", "label": "distance", "value": 1e4, "unit": "m", "text": "10.00 km", "source": source}
    return {
        "conversationId": "0199aaaa-0000-7000-8000-00000000000c",
        "messageId": "0199aaaa-0000-7000-8000-00000000000d",
        "message": "Analyze my last run",
        "askedAt": "2026-11-20T06:00:00Z",
        "answeredBy": "coach-rules",
        "reply": {
            "text": text,
            "facts": [fact],
            "charts": [],
            "sources": [source],
            "suggestions": ["And the one before?"],
        },
        **changes,
    }


def known(value: Any = None) -> dict[str, Any]:
    return {"value": value, "origin": "unknown" if value is None else "given", "basis": "not on file"}


ATHLETE = {
    **{
        name: known()
        for name in (
            *("sex", "birthYear", "weightKg", "maxHeartRateBpm", "restingHeartRateBpm"),
            *("thresholdHeartRateBpm", "thresholdPaceSPerKm"),
        )
    },
    "units": "km",
    "tone": "balanced",
}
SUBSCRIPTION = {"plan": "free", "limits": {"questionsPerDay": 10}, "usage": {"used": 3, "remaining": 7}}


@dataclass
class Services:
    """Identity, backend and API document: answers as told and remembers what it was asked."""

    answers: dict[tuple[str, str], Told] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    accepted: set[str] = field(default_factory=lambda: {"access-1", "access-2"})

    def tell(self, method: str, path: str, answer: Told) -> None:
        self.answers[method, path] = answer

    def called(self, method: str, path: str) -> list[dict[str, Any]]:
        return [call for call in self.calls if (call["method"], call["path"]) == (method, path)]

    async def verify(self, access_token: str) -> Caller:
        if access_token not in self.accepted:
            raise ExpiredToken("This access token has expired.")
        return RUNNER

    async def call(self, request, service, method, path, *, caller, query=None, body=None, headers=None) -> Reply:
        asked = {"service": service, "method": method, "path": path, "caller": caller, "query": dict(query or {})}
        self.calls.append({**asked, "body": body, "headers": dict(headers or {})})
        return self._answer(method, path)

    async def stream(self, request, service, path, *, caller) -> Reply:
        content = await request.content.read()
        media_type = request.headers["Content-Type"]
        self.calls.append(
            {"service": service, "method": "POST", "path": path, "caller": caller, "body": content, "type": media_type}
        )
        return self._answer("POST", path)

    @asynccontextmanager
    async def follow(
        self, request, service, path, *, caller, method="GET", body=None, headers=None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        asked = {"service": service, "method": "FOLLOW", "path": path, "caller": caller}
        self.calls.append({**asked, "body": body, "headers": dict(headers or {})})
        told = self._answer("FOLLOW", path)

        async def chunks() -> AsyncIterator[bytes]:
            for line in told.body.splitlines(keepends=True):
                yield line
            # What does not end with a whole event goes on for ever.
            while not told.body.endswith(b"\n\n"):
                await asyncio.sleep(3600)

        yield chunks()

    async def read(self) -> Mapping[str, Any]:
        return {"info": {"title": "Pace42", "version": "1"}, "paths": {}, "components": {"schemas": {}}}

    def _answer(self, method: str, path: str) -> Reply:
        told = self.answers.get((method, path))
        if told is None:
            raise NotFound("There is nothing at this address.")
        if isinstance(told, ServiceError):
            raise told
        return told() if callable(told) else told


def usual_services() -> Services:
    """A runner with one run and one conversation."""
    services = Services()
    services.tell("POST", "/api/v1/auth/signup", reply({"user": {}, "tokens": tokens(1)}, status=201))
    services.tell("POST", "/api/v1/auth/login", reply({"user": {}, "tokens": tokens(1)}))
    services.tell("POST", "/api/v1/auth/refresh", reply({"tokens": tokens(2)}))
    services.tell("POST", "/api/v1/auth/logout", reply(status=204))
    services.tell("GET", "/api/v1/athlete", reply(ATHLETE))
    services.tell("GET", "/api/v1/subscription", reply(SUBSCRIPTION))
    services.tell("GET", "/api/v1/me", reply({"email": "ada@example.com", "displayName": None, "timezone": "UTC"}))
    services.tell("GET", "/api/v1/activities", reply({"items": [item()], "nextCursor": None}))
    services.tell("GET", f"/api/v1/activities/{ID}", reply(activity()))
    services.tell("GET", f"/api/v1/activities/{ID}/analysis", reply(analysis()))
    services.tell("GET", "/api/v1/garmin/connection", reply(connection(status="not_connected")))
    services.tell("GET", "/api/v1/conversations", reply({"items": [], "nextCursor": None}))
    services.tell("POST", "/api/v1/chat", reply(exchange()))
    return services


class Opener:
    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def open(self, request: web.Request) -> ctx.RequestContext:
        return ctx.RequestContext("0199-the-request", Deadline.after(30, self._clock))


class Browser:
    """Keeps cookies, sends forms with the token of the page they are on, follows nothing by itself."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession, services: Services, clock: FakeClock) -> None:
        self.base_url = base_url
        self.session = session
        self.services = services
        self.clock = clock
        self.token = ""

    async def request(self, method: str, path: str, **options: Any) -> Answer:
        headers = {"Accept": "text/html", **options.pop("headers", {})}
        async with self.session.request(
            method, self.base_url + path, allow_redirects=False, headers=headers, **options
        ) as response:
            return Answer(response.status, dict(response.headers), await response.read())

    async def get(self, path: str, **options: Any) -> Answer:
        answer = await self.request("GET", path, **options)
        found = re.search(r'name="form_token" value="([^"]+)"', answer.body.decode(errors="replace"))
        self.token = found[1] if found else self.token
        return answer

    async def post(self, path: str, *, headers: Mapping[str, str] | None = None, **fields: str) -> Answer:
        sent = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        return await self.request("POST", path, data={"form_token": self.token, **fields}, headers=sent)

    async def upload(self, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one file the way the form on the list does."""
        page = (await self.get("/runs")).body.decode()
        form = aiohttp.FormData()
        form.add_field("file", b"content of a file", filename="run.fit", content_type="application/octet-stream")
        sent = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        return await self.request("POST", page.split('data-import="')[1].split('"')[0], data=form, headers=sent)

    async def sign_in(self) -> None:
        await self.get("/sign-in")
        answer = await self.post("/sign-in", email="ada@example.com", password=PASSWORD)
        assert answer.status == 303, answer.body
        await self.get("/runs")

    @property
    def cookie(self) -> str:
        [cookie] = list(self.session.cookie_jar)
        return cookie.value


@pytest.fixture(autouse=True)
def _logs_as_a_process_has_them() -> None:
    """Without this a logged exception is rendered with its source files, which blocks the loop."""
    logs.configure("gateway", "INFO")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A visitor who has not signed in yet."""
    async with AsyncExitStack() as stack:
        services, clock = usual_services(), FakeClock()
        tracing = telemetry.configure("gateway", None)
        stack.callback(tracing.close)
        await load_zones()

        async def create_app(_: None, __: AsyncExitStack) -> web.Application:
            boundary = Boundary(Opener(clock), tracing, Metrics(), clock)
            app = web.Application(middlewares=[boundary.middleware], client_max_size=1024 * 1024)
            await setup_web(
                app,
                identity=services,
                backend=services,
                api_document=services,
                session_key=bytes(range(32)),
                public_url="",
                clock=clock,
            )
            return app

        served = await stack.enter_async_context(serve(create_app, None))
        jar = aiohttp.CookieJar(unsafe=True)
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield Browser(served.base_url, session, services, clock)


def refused(code: str, kind, message: str, **more: Any) -> ServiceError:
    error = RelayedError(code, kind, message, details=more.get("details", ()))
    error.retry_after_s = more.get("retry_after_s")
    return error
