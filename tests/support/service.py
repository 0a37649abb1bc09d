"""One service as its neighbours see it: a real server on loopback, real keys, and a caller to speak as.

``House`` holds the keys of a stack in a real local secret store; ``serve`` runs an application as its process does.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from pydantic import SecretStr

from deploy.provision import provision
from shared.caller import Caller, SigningKey, TokenSigner
from shared.clock import SystemClock
from shared.http import context as ctx
from shared.http.server import make_runner
from shared.ids import uuid7
from shared.jobs import JobWorker
from shared.secrets import SecretsSettings, open_secret_store

# An address where nothing listens: a service under test that calls a neighbour nobody gave it fails at once.
NOWHERE = "http://127.0.0.1:9"
SERVICES = ("auth", "garmin_ingest", "coach_agent", "subscription")


@dataclass(frozen=True)
class House:
    """The keys of a stack: who may sign what."""

    environment: Mapping[str, str]
    signers: Mapping[str, TokenSigner]

    @classmethod
    async def build(cls, database_url: str, folder: Path) -> House:
        settings = SecretsSettings(
            secrets_kind="local", secrets_database_url=SecretStr(database_url), secrets_key_file=folder / "secrets.key"
        )
        store = await open_secret_store(settings)
        await provision(store)
        clock = SystemClock()
        signers = {}
        for process in ("gateway", *SERVICES):
            values = await store.read(f"keys/{process}/signing")
            assert values is not None
            signers[process] = TokenSigner(SigningKey.from_jwk(process, values["jwk"]), clock)
        await store.aclose()
        environment = {
            "PACE42_SECRETS_KIND": "local",
            "PACE42_SECRETS_DATABASE_URL": database_url,
            "PACE42_SECRETS_KEY_FILE": str(folder / "secrets.key"),
        }
        return cls(environment, signers)

    def as_user(self, caller: Caller, audience: str, *onward: str) -> dict[str, str]:
        """The headers with which the gateway forwards a request of ``caller`` to ``audience``."""
        gateway = self.signers["gateway"]
        tokens = {service: gateway.caller_token(caller, service) for service in onward}
        return {
            ctx.CALLER_HEADER: gateway.caller_token(caller, audience),
            ctx.CALLER_FOR_HEADER: ctx.render_onward(tokens),
            ctx.REQUEST_ID_HEADER: str(uuid7()),
        }

    def as_service(self, issuer: str, audience: str) -> dict[str, str]:
        """The headers of a call that ``issuer`` makes for no user."""
        return {ctx.SERVICE_HEADER: self.signers[issuer].service_token(audience)}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """The error's code."""
        return str(self.json["error"]["code"])


@dataclass(frozen=True)
class Served:
    """A running application, spoken to with the headers of somebody."""

    base_url: str
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any) -> Answer:
        async with self.session.request(method, self.base_url + path, headers=headers, **options) as response:
            return Answer(response.status, response.headers.copy(), await response.read())


CreateApp = Callable[[Any, AsyncExitStack], Awaitable[web.Application]]


@asynccontextmanager
async def serve(create_app: CreateApp, settings: Any) -> AsyncIterator[Served]:
    """Run ``create_app(settings)`` on a free loopback port, with the server a process uses."""
    async with AsyncExitStack() as stack:
        runner = make_runner(await create_app(settings, stack))
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        yield Served(f"http://127.0.0.1:{runner.addresses[0][1]}", session)


@asynccontextmanager
async def working(worker: JobWorker) -> AsyncIterator[None]:
    """Let ``worker`` do its jobs while the block runs; what it has in hand at the end is finished."""
    stopping = asyncio.Event()
    running = asyncio.create_task(worker.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


def neighbours(**urls: str) -> dict[str, str]:
    """Settings for the addresses of other services; those not named lead nowhere."""
    return {f"{service}_url": urls.get(service, NOWHERE) for service in SERVICES}


def a_runner(*, zone: str = "UTC", roles: frozenset[str] = frozenset()) -> Caller:
    return Caller(user_id=uuid7(), session_id=uuid.uuid4(), roles=roles, zone=zone)


async def eventually(check: Callable[[], Awaitable[bool]], *, within_s: float = 10.0) -> None:
    """Wait until ``check`` holds, asking again as soon as it has answered; AssertionError when the time is over."""
    async with asyncio.timeout(within_s):
        while not await check():
            await asyncio.sleep(0.02)
