from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from services.coach_agent.app import create_app
from services.coach_agent.config import CoachAgentSettings
from shared.caller import Caller
from shared.postgres import Database
from tests.service.coach_agent.neighbours import FakeGarminIngest, FakeSubscription, Neighbourhood
from tests.support.service import Answer, House, Served, neighbours, serve


class CoachUnderTest:
    """coach_agent with the gateway's hands, and the neighbours it talks to."""

    def __init__(self, served: Served, house: House, around: Neighbourhood, settings: CoachAgentSettings) -> None:
        self.served = served
        self.house = house
        self.ingest = around.ingest
        self.subscription = around.subscription
        self.settings = settings

    async def user(self, caller: Caller, method: str, path: str, **options: Any) -> Answer:
        onward = ("garmin_ingest", "subscription")
        headers = self.house.as_user(caller, "coach_agent", *onward) | options.pop("headers", {})
        return await self.served.call(method, path, headers=headers, **options)

    async def ask(self, caller: Caller, message: str, **body: Any) -> Answer:
        return await self.user(caller, "POST", "/api/v1/chat", json={"message": message, **body})

    async def service(self, issuer: str, method: str, path: str, **options: Any) -> Answer:
        return await self.served.call(method, path, headers=self.house.as_service(issuer, "coach_agent"), **options)


@pytest.fixture
async def around(house: House) -> AsyncIterator[Neighbourhood]:
    built = Neighbourhood(FakeGarminIngest(house), FakeSubscription(house))
    async with AsyncExitStack() as stack:
        urls = {}
        for neighbour in (built.ingest, built.subscription):
            runner = web.AppRunner(neighbour.app, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            urls[neighbour.name] = f"http://127.0.0.1:{runner.addresses[0][1]}"
        built.urls = urls
        yield built


@pytest.fixture
def settings(migrated: Callable[[str], str], redis_url: str, around: Neighbourhood) -> CoachAgentSettings:
    return CoachAgentSettings(
        database_url=SecretStr(migrated("coach_agent")),
        redis_url=SecretStr(redis_url),
        **neighbours(**around.urls),
    )


@pytest.fixture
async def coach(house: House, around: Neighbourhood, settings: CoachAgentSettings) -> AsyncIterator[CoachUnderTest]:
    async with serve(create_app, settings) as served:
        yield CoachUnderTest(served, house, around, settings)


@pytest.fixture
async def database(settings: CoachAgentSettings) -> AsyncIterator[Database]:
    opened = await Database.open(settings.database_url.get_secret_value())
    yield opened
    await opened.close()
