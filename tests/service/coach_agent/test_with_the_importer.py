"""The coach beside the importer itself: what one writes, the other reads, from the file to the answer.

The fakes of the other tests follow the contract between the two as it is written down; this test holds both to it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

import services.coach_agent.app as coach_app
import services.coach_agent.worker as coach_worker
import services.garmin_ingest.app as ingest_app
import services.garmin_ingest.worker as ingest_worker
from services.coach_agent.config import CoachAgentSettings
from services.garmin_ingest.config import GarminIngestSettings
from shared.postgres import Database
from tests.service.coach_agent.neighbours import Neighbourhood
from tests.support.builders import ShortRun, build_fit
from tests.support.service import House, Served, a_runner, eventually, neighbours, serve

RUN = {"start": dt.datetime(2026, 3, 1, 7, 0, tzinfo=dt.UTC), "duration_s": 2700, "pace_s_per_km": 330.0}


class Both:
    def __init__(self, ingest: Served, coach: Served, house: House) -> None:
        self.ingest, self.coach, self.house = ingest, coach, house

    async def upload(self, runner, content: bytes) -> dict:
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename="run.fit", content_type="application/octet-stream")
        headers = self.house.as_user(runner, "garmin_ingest")
        answer = await self.ingest.call("POST", "/api/v1/activities/import", headers=headers, data=form)
        assert answer.status == 200, answer.body
        return answer.json["results"][0]

    async def ask(self, runner, message: str):
        headers = self.house.as_user(runner, "coach_agent", "garmin_ingest", "subscription")
        return await self.coach.call("POST", "/api/v1/chat", headers=headers, json={"message": message})


@pytest.fixture
async def settings(migrated: Callable[[str], str], redis_url: str, tmp_path: Path) -> dict:
    shared = {"redis_url": SecretStr(redis_url)}
    (tmp_path / "objects").mkdir()
    return {
        "ingest": shared | {"database_url": SecretStr(migrated("garmin_ingest")), "objects_dir": tmp_path / "objects"},
        "coach": shared | {"database_url": SecretStr(migrated("coach_agent"))},
    }


@pytest.fixture
async def both(house: House, settings: dict, around: Neighbourhood) -> AsyncIterator[Both]:
    async with serve(ingest_app.create_app, GarminIngestSettings(**settings["ingest"], **neighbours())) as ingest:
        urls = {"garmin_ingest": ingest.base_url, "subscription": around.urls["subscription"]}
        async with serve(coach_app.create_app, CoachAgentSettings(**settings["coach"], **neighbours(**urls))) as coach:
            yield Both(ingest, coach, house)


@asynccontextmanager
async def working(create_worker, settings) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        worker, _ = await create_worker(settings, stack)
        stopping = asyncio.Event()
        running = asyncio.create_task(worker.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            await running


async def test_an_imported_file_is_answered_with_its_own_numbers(both: Both):
    ada, written = a_runner(), ShortRun(**RUN)
    await both.upload(ada, build_fit(**RUN))
    answer = await both.ask(ada, "Analyze my last run")
    assert answer.status == 200, answer.body
    facts = {fact["label"]: fact["value"] for fact in answer.json["reply"]["facts"]}
    assert facts["distance"] == pytest.approx(written.distance_m, rel=0.005)
    assert facts["duration"] == pytest.approx(2700, rel=0.005)
    assert facts["pace"] == pytest.approx(330, rel=0.005)
    assert facts["averageHeartRate"] == pytest.approx(150, rel=0.005)
    assert facts["cadence"] == pytest.approx(172, rel=0.005)
    assert facts["fastestKm"] == pytest.approx(330, rel=0.005)
    assert facts["gradeAdjustedPace"] == pytest.approx(330, rel=0.005)
    assert facts["decoupling"] == pytest.approx(0, abs=0.5)
    assert facts["efficiencyFactor"] == pytest.approx(60_000 / 330 / 150, rel=0.005)
    assert {"load", "trimp", "timeInZone1", "ascent", "maxHeartRate"} <= facts.keys()
    assert (await both.ask(a_runner(), "Analyze my last run")).code == "COACH_NO_DATA"


@pytest.mark.parametrize(
    "fields",
    [
        {"heart_rate_bpm": None},
        {"altitude_m": None, "positions": False},
        {"cadence_spm": None, "power_w": None, "temperature_c": None},
        {"sub_sport": "treadmill", "positions": False},
        {"sport": "cycling"},
        {"duration_s": 40},
        {"pauses": ((600, 90),)},
        {"step_s": 7},
    ],
)
async def test_a_recording_with_gaps_is_answered_honestly(both: Both, fields):
    ada = a_runner()
    await both.upload(ada, build_fit(**(RUN | fields)))
    answer = await both.ask(ada, "Analyze my last activity")
    assert answer.status == 200, answer.body
    assert "Session diagnosis" in answer.json["reply"]["text"]


async def test_an_import_is_measured_through_both_workers(both: Both, settings: dict):
    ada = a_runner()
    urls = {"coach_agent": both.coach.base_url, "garmin_ingest": both.ingest.base_url}
    of_coach = CoachAgentSettings(**settings["coach"], **neighbours(**urls))
    of_ingest = GarminIngestSettings(**settings["ingest"], **neighbours(**urls))
    await both.upload(ada, build_fit(**RUN))
    database = await Database.open(settings["coach"]["database_url"].get_secret_value())

    async def measured() -> bool:
        async with database.connection() as connection:
            return bool(await connection.fetchval("SELECT count(*) = 1 FROM run_metrics"))

    async with working(ingest_worker.create_worker, of_ingest), working(coach_worker.create_worker, of_coach):
        await eventually(measured)
    await database.close()
