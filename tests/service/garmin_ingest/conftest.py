from __future__ import annotations

import runpy
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.garmin_ingest.app import create_app
from services.garmin_ingest.config import GarminIngestSettings
from tests.service.garmin_ingest import linking
from tests.service.garmin_ingest.ingest import IngestUnderTest
from tests.service.garmin_ingest.syncing import Syncing, syncing_with
from tests.support.garmin.world import SimulatedAccount
from tests.support.postgres import PROJECT
from tests.support.service import NOWHERE, House, a_runner, neighbours, serve


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


@pytest.fixture
async def syncing(house: House, ingest_settings: GarminIngestSettings) -> AsyncIterator[Syncing]:
    """garmin_ingest before a simulated Garmin Connect, with the real adapter between them."""
    async with syncing_with(house, ingest_settings) as found:
        yield found


@pytest.fixture
def xavier(syncing: Syncing) -> SimulatedAccount:
    """One of two lives that no figure of theirs confuses."""
    return syncing.lived_in("xavier", resting_bpm=41)


@pytest.fixture
def yvonne(syncing: Syncing) -> SimulatedAccount:
    """The other."""
    return syncing.lived_in("yvonne", resting_bpm=72)


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


@pytest.fixture
def ledger_of_before() -> str:
    """The statement that enters what came in before there was a ledger."""
    path = PROJECT / "services/garmin_ingest/migrations/0002_garmin.py"
    return str(runpy.run_path(str(path))["LEDGER_OF_BEFORE"])
