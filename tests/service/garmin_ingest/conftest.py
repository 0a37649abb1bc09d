from __future__ import annotations

import io
import runpy
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from pydantic import SecretStr

from services.garmin_ingest.app import create_app
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.worker import create_worker
from shared.caller import Caller
from tests.service.garmin_ingest import linking
from tests.support.postgres import PROJECT
from tests.support.service import NOWHERE, Answer, House, Served, a_runner, eventually, neighbours, serve, working

IMPORT = "/api/v1/activities/import"


class IngestUnderTest:
    """garmin_ingest with the gateway's hands, its database, its folder, and a worker on demand."""

    def __init__(self, served: Served, house: House, settings: GarminIngestSettings) -> None:
        self.served = served
        self.house = house
        self.settings = settings
        self.runner = a_runner(zone="Europe/Berlin")

    async def call(self, method: str, path: str, *, caller: Caller | None = None, **options) -> Answer:
        headers = self.house.as_user(caller or self.runner, "garmin_ingest") | options.pop("headers", {})
        return await self.served.call(method, path, headers=headers, **options)

    async def upload(self, files: Mapping[str, bytes], *, caller: Caller | None = None, **headers: str) -> Answer:
        form = aiohttp.FormData()
        for name, content in files.items():
            form.add_field("file", io.BytesIO(content), filename=name, content_type="application/octet-stream")
        return await self.call("POST", IMPORT, caller=caller, data=form, headers=headers)

    async def import_one(self, content: bytes, *, caller: Caller | None = None) -> dict:
        answer = await self.upload({"run.fit": content}, caller=caller)
        assert answer.status == 200, answer.body
        (result,) = answer.json["results"]
        return result

    async def activities(self, query: str = "", *, caller: Caller | None = None) -> list[dict]:
        answer = await self.call("GET", f"/api/v1/activities{query}", caller=caller)
        assert answer.status == 200, answer.body
        return answer.json["items"]

    async def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.settings.database_url.get_secret_value())
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    async def events(self) -> list[str]:
        rows = await self.sql(
            "SELECT event ->> 'kind' AS kind"
            " FROM (SELECT id, convert_from(payload, 'UTF8')::jsonb -> 'data' AS data FROM pgqueuer"
            " WHERE entrypoint = 'deliver_event') AS job CROSS JOIN LATERAL jsonb_array_elements("
            " coalesce(data -> 'group' -> 'events', jsonb_build_array(data -> 'event'))) AS event ORDER BY id"
        )
        return [row["kind"] for row in rows]

    def stored_files(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.settings.objects_dir))
            for path in self.settings.objects_dir.rglob("*")
            if path.is_file()
        )

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """A worker in this process, working while the block runs."""
        async with AsyncExitStack() as stack:
            worker, _ = await create_worker(self.settings, stack)
            async with working(worker):
                yield

    async def until_idle(self) -> None:
        """Wait for a worker to have done all that is due, but for telling others, who are not there."""

        async def is_idle() -> bool:
            return not await self.sql(
                "SELECT FROM pgqueuer WHERE entrypoint <> 'deliver_event' AND status IN ('queued', 'picked')"
            )

        await eventually(is_idle)

    async def job(self, job_id: str, *, caller: Caller | None = None) -> dict:
        answer = await self.call("GET", f"/api/v1/jobs/{job_id}", caller=caller)
        assert answer.status == 200, answer.body
        return answer.json


@pytest.fixture
def ingest_settings(migrated: Callable[[str], str], tmp_path: Path) -> GarminIngestSettings:
    return GarminIngestSettings(
        database_url=SecretStr(migrated("garmin_ingest")),
        redis_url=SecretStr("redis://127.0.0.1:9"),
        objects_dir=tmp_path / "objects",
        **neighbours(),
    )


@pytest.fixture
async def ingest(house: House, ingest_settings: GarminIngestSettings) -> AsyncIterator[IngestUnderTest]:
    settings = ingest_settings
    async with serve(create_app, settings) as served:
        yield IngestUnderTest(served, house, settings)


@pytest.fixture(params=["local", "vault"])
async def safe(
    request: pytest.FixtureRequest, house: House, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[linking.Safe]:
    """Each secret store in turn, which the test may break."""
    is_local = request.param == "local"
    async with linking.local_safe(house, monkeypatch) if is_local else linking.vault_safe(monkeypatch) as opened:
        yield opened


@pytest.fixture
async def linked(
    request: pytest.FixtureRequest,
    safe: linking.Safe,
    house: House,
    migrated: Callable[[str], str],
    tmp_path: Path,
) -> AsyncIterator[linking.Linked]:
    """garmin_ingest before a scripted Garmin; the parameter is the number of replicas."""
    settings = GarminIngestSettings(
        database_url=SecretStr(migrated("garmin_ingest")),
        redis_url=SecretStr("redis://127.0.0.1:9"),
        objects_dir=tmp_path / "objects",
        personal_api_url=NOWHERE,
        connect_api_url=NOWHERE,
        **neighbours(),
    )
    garmin = linking.Garmin.new()
    async with linking.replicas(settings, garmin, getattr(request, "param", 1)) as served:
        yield linking.Linked(served, house, settings, garmin, safe, a_runner(zone="Europe/Berlin"))


class Listener:
    """A neighbour that remembers the events it is told."""

    def __init__(self) -> None:
        self.events: list[dict] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.events.append(await request.json())
        return web.Response(status=204)


@pytest.fixture
def ledger_of_before() -> str:
    """The statement that enters what came in before there was a ledger."""
    path = PROJECT / "services/garmin_ingest/migrations/0002_garmin.py"
    return str(runpy.run_path(str(path))["LEDGER_OF_BEFORE"])
