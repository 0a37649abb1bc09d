"""What is peculiar to originals in a bucket: the way there can hang, break and come back."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.garmin_ingest.clients import bucket as module
from services.garmin_ingest.clients.bucket import BucketOriginals
from shared.errors import UpstreamUnavailable
from tests.contract.originals.conftest import bucket_settings
from tests.contract.originals.test_every_store import ANN, a_file, content
from tests.support.object_store import ObjectStoreServer
from tests.support.relay import Relay


async def test_the_key_is_the_user_and_the_hash_below_the_prefix(
    bucket: BucketOriginals, tmp_path: Path, object_store: ObjectStoreServer
):
    sha256, path = a_file(tmp_path, b"samples")
    await bucket.keep(ANN, sha256, path)
    name = bucket._store.config["bucket"]
    other = BucketOriginals.from_settings(bucket_settings(object_store.port, f"s3://{name}"))
    listed = [str(item["path"]) async for page in other._store.list() for item in page]
    assert listed == [f"of/runners/{ANN}/{hashlib.sha256(b'samples').hexdigest()}"]


async def test_a_store_that_is_away_is_said_to_be_and_used_again_once_it_is_back(
    bucket: BucketOriginals, relay: Relay, tmp_path: Path
):
    sha256, path = a_file(tmp_path, b"samples")
    await relay.die()
    for attempt in (bucket.keep(ANN, sha256, path), content(bucket, ANN, sha256), bucket.remove(ANN, sha256)):
        with pytest.raises(UpstreamUnavailable) as caught:
            await attempt
        assert "127.0.0.1" not in str(caught.value)
        assert caught.value.__cause__ is None
    await relay.recover()
    await bucket.keep(ANN, sha256, path)
    assert await content(bucket, ANN, sha256) == b"samples"


async def test_a_store_that_hangs_is_waited_for_in_vain_only_so_long(
    bucket: BucketOriginals, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_LIMIT_S", 0.5)
    monkeypatch.setattr(module, "_KEEPING_LIMIT_S", 0.5)
    sha256, path = a_file(tmp_path, b"samples")
    relay.hang()
    for attempt in (bucket.keep(ANN, sha256, path), content(bucket, ANN, sha256)):
        began = time.monotonic()
        with pytest.raises(UpstreamUnavailable):
            await attempt
        assert time.monotonic() - began < 3
    await relay.recover()


async def test_a_bucket_that_is_not_there_is_not_taken_for_a_missing_file(
    object_store: ObjectStoreServer, tmp_path: Path
):
    absent = BucketOriginals.from_settings(bucket_settings(object_store.port, "s3://no-such-bucket"))
    sha256, path = a_file(tmp_path, b"samples")
    with pytest.raises(UpstreamUnavailable):
        await absent.keep(ANN, sha256, path)


def test_a_connection_in_clear_has_to_be_asked_for():
    with pytest.raises(ValidationError) as caught:
        type(bucket_settings(1, "s3://originals")).model_validate(
            {**bucket_settings(1, "s3://originals").model_dump(), "object_store_allow_http": False}
        )
    assert [error["loc"] for error in caught.value.errors()] == [("object_store_endpoint",)]


def test_half_a_pair_of_keys_is_refused_and_a_whole_one_is_never_shown():
    whole = bucket_settings(1, "s3://originals")
    assert "find-me" not in repr(whole)
    assert "find-me" not in repr(BucketOriginals.from_settings(whole)._store)
    with pytest.raises(ValidationError) as caught:
        type(whole).model_validate({**whole.model_dump(), "object_store_access_key_id": None})
    assert "find-me" not in str(caught.value)
