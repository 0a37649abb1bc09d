"""The adapter over garminconnect, in front of the simulated Garmin Connect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.garmin_ingest.clients.connect_credentials import ConnectCredentials
from services.garmin_ingest.clients.connect_line import ConnectAddresses, SignInLine
from services.garmin_ingest.clients.garmin_http import GarminHttp
from services.garmin_ingest.domain.garmin.models import LoggedIn, PasswordCredentials, Tokens
from shared.clock import SystemClock
from shared.http.client import open_session
from shared.resilience import Breaker
from tests.support.garmin.connect_server import RunningConnect, serve_connect
from tests.support.garmin.world import GarminWorld, SimulatedAccount

TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Stand:
    world: GarminWorld
    connect: RunningConnect
    line: SignInLine
    source: ConnectCredentials

    async def log_in(self, account: SimulatedAccount) -> LoggedIn:
        answer = await self.source.log_in(credentials(account))
        assert isinstance(answer, LoggedIn)
        return answer

    async def tokens(self, account: SimulatedAccount) -> Tokens:
        return (await self.log_in(account)).tokens

    def posts(self) -> list[str]:
        """The paths to which anything was posted, in order."""
        return [path.partition("?")[0] for method, path in self.world.log if method == "POST"]


def credentials(account: SimulatedAccount) -> PasswordCredentials:
    return PasswordCredentials(account.username, account.password)


@asynccontextmanager
async def source_at(
    url: str, *, window: int = 100, threads: int = 4
) -> AsyncIterator[tuple[ConnectCredentials, SignInLine]]:
    clock = SystemClock()
    line = SignInLine(
        clock, log_in_timeout_s=TIMEOUT_S, refresh_timeout_s=TIMEOUT_S, pause_s=0, window=window, threads=threads
    )
    async with open_session() as session:
        http = GarminHttp(session, Breaker("garmin", clock, open_s=60, window=window), answer_timeout_s=TIMEOUT_S)
        yield ConnectCredentials(http, line, ConnectAddresses.at(url)), line
    line.close()


@asynccontextmanager
async def open_stand(*, window: int = 100, threads: int = 4) -> AsyncIterator[Stand]:
    world = GarminWorld()
    async with (
        serve_connect(world) as connect,
        source_at(connect.url, window=window, threads=threads) as (source, line),
    ):
        yield Stand(world, connect, line, source)
