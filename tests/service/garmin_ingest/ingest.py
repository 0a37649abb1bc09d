"""garmin_ingest with the gateway's hands, as most tests here take it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import asyncpg
from aiohttp import web

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.worker import create_worker
from shared.caller import Caller
from tests.support.service import Answer, House, Served, a_runner, eventually, working

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
    async def worker(self, *, in_bulk: bool = False) -> AsyncIterator[None]:
        """A worker in this process, working while the block runs.

        It decodes in threads: to start a process for a run or two takes longer than most tests. ``in_bulk`` has it
        decode as a worker does.
        """
        async with AsyncExitStack() as stack:
            worker, _ = await create_worker(self.settings, stack, in_bulk=in_bulk)
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


class Listener:
    """A neighbour that remembers the events it is told."""

    def __init__(self) -> None:
        self.events: list[dict] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.events.append(await request.json())
        return web.Response(status=204)
