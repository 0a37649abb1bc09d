"""Each source behind the GarminSource port, in front of a simulated Garmin, in one form for the tests of all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from services.garmin_ingest.clients.garmin_http import GarminHttp
from services.garmin_ingest.clients.personal_api import PersonalApi
from services.garmin_ingest.domain.garmin.models import Credentials, PasswordCredentials, PersonalKey, Tokens
from services.garmin_ingest.domain.garmin.ports import GarminSource
from shared.clock import SystemClock
from shared.resilience import Breaker
from tests.contract.garmin.connect_stand import credentials, open_stand
from tests.support.garmin.personal_server import PersonalServer
from tests.support.garmin.world import GarminWorld, SimulatedAccount


@dataclass(frozen=True)
class Subject:
    """``log_in_path`` and the others are parts of the addresses that a call of that kind asks first.

    ``void`` makes Garmin forget every token that it gave.
    """

    world: GarminWorld
    source: GarminSource
    right: Callable[[SimulatedAccount], Credentials]
    wrong: Credentials
    void: Callable[[], None]
    log_in_path: str
    list_path: str
    download_path: str
    wellness_path: str

    async def tokens(self, account: SimulatedAccount) -> Tokens:
        logged_in = await self.source.log_in(self.right(account))
        assert not hasattr(logged_in, "finish")
        return logged_in.tokens


@asynccontextmanager
async def connect_credentials() -> AsyncIterator[Subject]:
    async with open_stand() as stand:

        def void() -> None:
            for account in stand.world.accounts.values():
                stand.connect.tokens.void(account)

        yield Subject(
            world=stand.world,
            source=stand.source,
            right=credentials,
            wrong=PasswordCredentials("nobody@example.com", "guess"),
            void=void,
            log_in_path="/mobile/api/login",
            list_path="/activities/search",
            download_path="/download-service",
            wellness_path="/dailySleepData",
        )


@asynccontextmanager
async def personal_api_key() -> AsyncIterator[Subject]:
    world = GarminWorld()
    server = PersonalServer(world)
    clock = SystemClock()

    def key_of(account: SimulatedAccount) -> Credentials:
        account.personal_keys.add(f"key-{account.garmin_id}")
        return PersonalKey(f"key-{account.garmin_id}")

    async with server.running() as url, aiohttp.ClientSession() as session:
        http = GarminHttp(session, Breaker("garmin", clock, open_s=60, window=100), answer_timeout_s=2)
        yield Subject(
            world=world,
            source=PersonalApi(http, url, clock),
            right=key_of,
            wrong=PersonalKey("a key of nobody"),
            void=server.bearers.clear,
            log_in_path="/token",
            list_path="/activities/search",
            download_path="/download-service",
            wellness_path="/sleep-service",
        )


SUBJECTS: dict[str, Callable[[], AbstractAsyncContextManager[Subject]]] = {
    "connect_credentials": connect_credentials,
    "personal_api_key": personal_api_key,
}
