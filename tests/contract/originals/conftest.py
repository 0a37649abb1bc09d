"""Both adapters of the OriginalStore port: a folder, and a bucket of a real server that speaks S3, behind a relay."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.garmin_ingest.clients.bucket import BucketOriginals
from services.garmin_ingest.clients.originals import FolderOriginals
from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.ports import OriginalStore
from tests.support.object_store import ObjectStoreServer, object_store_server
from tests.support.relay import Relay
from tests.support.service import neighbours


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStoreServer]:
    with object_store_server() as server:
        yield server


def bucket_settings(port: int, url: str) -> GarminIngestSettings:
    return GarminIngestSettings(
        object_store_url=url,
        object_store_endpoint=f"http://127.0.0.1:{port}",
        object_store_allow_http=True,
        object_store_access_key_id=SecretStr("a-key"),
        object_store_secret_access_key=SecretStr("find-me-in-no-log"),
        database_url=SecretStr("postgresql://nowhere"),
        redis_url=SecretStr("redis://nowhere"),
        **neighbours(),
    )


@pytest.fixture
async def relay(object_store: ObjectStoreServer) -> AsyncIterator[Relay]:
    async with Relay(object_store.port) as relay:
        yield relay


@pytest.fixture
def bucket(object_store: ObjectStoreServer, relay: Relay) -> BucketOriginals:
    name = f"originals-{uuid.uuid4().hex}"
    object_store.make_bucket(name)
    return BucketOriginals.from_settings(bucket_settings(relay.port, f"s3://{name}/of/runners"))


@pytest.fixture(params=["folder", "bucket"])
def originals(request: pytest.FixtureRequest, tmp_path: Path) -> OriginalStore:
    if request.param == "folder":
        return FolderOriginals(tmp_path / "originals")
    store: OriginalStore = request.getfixturevalue("bucket")
    return store
