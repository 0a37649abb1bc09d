"""garmin_ingest linked to a simulated Garmin Connect through the real adapter, for the tests of syncs."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from services.garmin_ingest.app import create_app
from services.garmin_ingest.clients.connect_credentials import ConnectCredentials
from services.garmin_ingest.clients.connect_line import ConnectAddresses, SignInLine
from services.garmin_ingest.clients.garmin_http import GarminHttp
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.worker import create_worker
from shared.caller import Caller
from shared.clock import SystemClock
from shared.config import load
from shared.http.client import open_session
from shared.resilience import Breaker
from shared.secrets import SecretsSettings, SecretStore, open_secret_store
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.support.garmin.connect_server import RunningConnect, serve_connect
from tests.support.garmin.world import GarminWorld, SimulatedAccount, SimulatedActivity, SimulatedDay
from tests.support.postgres import PROJECT
from tests.support.service import NOWHERE, House, eventually, serve, working

TODAY = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
OVER = frozenset({"succeeded", "failed", "dead"})


def days_ago(days: int, *, hour: int = 7) -> dt.datetime:
    return TODAY - dt.timedelta(days=days) + dt.timedelta(hours=hour)


class Syncing(IngestUnderTest):
    """The service and a worker on demand, in front of ``world``, which a test changes as runners and Garmin do."""

    def __init__(
        self,
        ingest: IngestUnderTest,
        world: GarminWorld,
        *,
        connect: RunningConnect,
        sources: Sources,
        secrets: SecretStore,
    ) -> None:
        super().__init__(ingest.served, ingest.house, ingest.settings)
        self.secrets = secrets
        self.world = world
        self.connect = connect
        self.sources = sources

    @asynccontextmanager
    async def worker(self, *, in_bulk: bool = False) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            worker, _ = await create_worker(self.settings, stack, sources=self.sources, in_bulk=in_bulk)
            # What a test declares to be due is not waited for.
            worker._poll_interval = dt.timedelta(seconds=0.2)
            async with working(worker):
                yield

    def account(self, name: str = "runner@example.com", **fields: Any) -> SimulatedAccount:
        return self.world.add_account(name, **fields)

    def run(self, account: SimulatedAccount, *, ago: int, name: str = "Morning Run", **run: Any) -> SimulatedActivity:
        """A run some days ago, and short, so that it is read fast."""
        return self.world.add_run(account, name, **{"start": days_ago(ago), "duration_s": 120, **run})

    def lived_in(self, name: str, *, resting_bpm: int) -> SimulatedAccount:
        """An account with two runs and two days; those of two accounts are on the same days, hours apart."""
        account = self.account(f"{name}@example.com")
        for ago in (2, 3):
            self.run(account, ago=ago, name=f"{name} {ago}", start=days_ago(ago, hour=resting_bpm % 24))
            account.days[days_ago(ago).date()] = SimulatedDay(27_000, 80, 45, resting_bpm, 62_000.0)
        return account

    async def link(self, account: SimulatedAccount, *, caller: Caller | None = None, since: int = 20) -> None:
        """Connect, with the first sync queued, from so many days ago on."""
        body = {"kind": "credentials", "username": account.username, "password": account.password,
                "importFrom": days_ago(since).date().isoformat()}  # fmt: skip
        answer = await self.call("POST", "/api/v1/garmin/connection", caller=caller, json=body)
        assert answer.status == 201, answer.body

    async def leave(self, data: str, *, caller: Caller | None = None) -> None:
        """Disconnect; ``data`` is keep or delete."""
        answer = await self.call("DELETE", f"/api/v1/garmin/connection?data={data}", caller=caller)
        assert answer.status == 204, answer.body

    async def ask(self, first: dt.date | None = None, last: dt.date | None = None, *, caller=None) -> str:
        """The job of POST /garmin/sync."""
        named = {"from": first, "to": last}
        body = {name: day.isoformat() for name, day in named.items() if day is not None}
        answer = await self.call("POST", "/api/v1/garmin/sync", caller=caller, json=body)
        assert answer.status == 202, answer.body
        return answer.json["jobId"]

    async def sync_again(self, *, caller: Caller | None = None) -> dict[str, Any]:
        """The job of a sync as the schedule makes it, when it is over."""
        user_id = (caller or self.runner).user_id
        await self.sql("UPDATE garmin_connection SET next_sync_at = now() WHERE user_id = $1", user_id)
        async with self.worker():
            return await self.over(caller=caller)

    async def over(
        self, job_id: str | None = None, *, caller: Caller | None = None, in_haste: bool = False
    ) -> dict[str, Any]:
        """The job, or else the newest, once it has ended and no other waits; ``in_haste`` lets none wait its time."""

        async def is_over() -> bool:
            if in_haste:
                await self.hurry()
            # In this order: what is due becomes a job.
            if await self._is_due(caller):
                return False
            return all(job["state"] in OVER for job in await self.jobs(caller=caller))

        await eventually(is_over, within_s=30)
        return await self.job(job_id or (await self.jobs(caller=caller))[0]["id"], caller=caller)

    async def _is_due(self, caller: Caller | None) -> bool:
        user_id = (caller or self.runner).user_id
        rows = await self.sql(
            "SELECT FROM garmin_connection WHERE user_id = $1 AND state = 'connected' AND next_sync_at <= now()",
            user_id,
        )
        return bool(rows)

    async def jobs(self, *, caller: Caller | None = None) -> list[dict[str, Any]]:
        return list((await self.call("GET", "/api/v1/jobs", caller=caller)).json["items"])

    async def health(self, *, caller: Caller | None = None) -> dict[str, Any]:
        return dict((await self.call("GET", "/api/v1/garmin/connection", caller=caller)).json)

    async def names(self, *, caller: Caller | None = None) -> list[str]:
        return [activity["name"] for activity in await self.activities(caller=caller)]

    async def days(self, query: str = "", *, caller: Caller | None = None) -> list[dict[str, Any]]:
        answer = await self.call("GET", f"/api/v1/wellness{query}", caller=caller)
        assert answer.status == 200, answer.body
        return list(answer.json["items"])

    async def hurry(self) -> None:
        """Let what waits for another try be due now, but for telling others, who are not there."""
        await self.sql(
            "UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued' AND entrypoint <> 'deliver_event'"
        )


def outcomes(job: Mapping[str, Any]) -> dict[str, str]:
    """Status by name of a job's items."""
    return {item["fileName"]: item["status"] for item in job["items"]}


@asynccontextmanager
async def syncing_with(house: House, settings: GarminIngestSettings) -> AsyncIterator[Syncing]:
    """Faults are the test's own doing, so the breakers stay closed."""
    world, clock = GarminWorld(), SystemClock()
    line = SignInLine(clock, pause_s=0, window=1000)
    async with serve_connect(world) as connect, open_session() as session:
        http = GarminHttp(session, Breaker("garmin", clock, open_s=60, window=1000), answer_timeout_s=5)
        road = ConnectCredentials(http, line, ConnectAddresses.at(connect.url))
        sources = Sources({"connect_credentials": road}, {})
        async with serve(partial(create_app, sources=sources), settings) as served:
            secrets = await open_secret_store(load(SecretsSettings))
            ingest = IngestUnderTest(served, house, settings)
            yield Syncing(ingest, world, connect=connect, sources=sources, secrets=secrets)
            await secrets.aclose()
    line.close()


def worker_process(syncing: Syncing) -> subprocess.Popen[bytes]:
    """A worker of its own, to be stopped or killed."""
    settings, there = syncing.settings, syncing.connect.url
    urls = {f"PACE42_{name}_URL": NOWHERE for name in ("AUTH", "GARMIN_INGEST", "COACH_AGENT", "SUBSCRIPTION")}
    environment = {
        "GARMIN_INGEST_DATABASE_URL": settings.database_url.get_secret_value(),
        "GARMIN_INGEST_OBJECTS_DIR": str(settings.objects_dir),
        "GARMIN_INGEST_CONNECT_SSO_URL": there,
        "GARMIN_INGEST_CONNECT_API_URL": there,
        "GARMIN_INGEST_CONNECT_TOKEN_URL": f"{there}/di-oauth2-service/oauth/token",
        "PACE42_REDIS_URL": "redis://127.0.0.1:9",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "services.garmin_ingest.worker"],
        cwd=PROJECT,
        env=os.environ | urls | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
