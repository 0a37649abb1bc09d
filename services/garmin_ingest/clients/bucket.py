"""Original files in an S3-compatible bucket, at ``<prefix>/<user id>/<sha256>``."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from services.garmin_ingest.clients.originals import not_kept
from services.garmin_ingest.config import GarminIngestSettings
from shared.errors import ServiceError, UpstreamUnavailable
from shared.logs import get_logger

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import S3Config

T = TypeVar("T")
_log = get_logger("originals")
_PIECE = 256 * 1024
# A part of an upload; one file has a few of them in memory at once.
_PART = 5 * 1024 * 1024
_PARTS_AT_ONCE = 4
_UPLOADS_AT_ONCE = 8
# Whoever waits for a file, or holds a transaction open for it, hears within this time that the store is away.
_LIMIT_S = 20.0
_KEEPING_LIMIT_S = 60.0


class BucketOriginals:
    """What the store has confirmed is durable there; the library retries what may pass, and nobody else does."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def from_settings(cls, settings: GarminIngestSettings) -> BucketOriginals:
        url = urlsplit(settings.object_store_url or "")
        return cls(
            S3Store(
                url.netloc, prefix=url.path.strip("/") or None, config=_config(settings),
                client_options={
                    "allow_http": settings.object_store_allow_http, "connect_timeout": timedelta(seconds=2),
                    # A download lasts as long as its reader takes; what counts is that bytes keep coming.
                    "read_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=600),
                },
                retry_config={
                    "max_retries": 2, "retry_timeout": timedelta(seconds=10),
                    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1)},
                },
            )
        )  # fmt: skip

    async def keep(self, user_id: uuid.UUID, sha256: bytes, file: Path) -> None:
        await self.keep_many(user_id, {sha256: file})

    async def keep_many(self, user_id: uuid.UUID, files: Mapping[bytes, Path]) -> None:
        places = asyncio.Semaphore(_UPLOADS_AT_ONCE)

        async def put(sha256: bytes, file: Path) -> None:
            async with places:
                await _answered(self._put(_key(user_id, sha256), file), within_s=_KEEPING_LIMIT_S)

        tasks = [asyncio.ensure_future(put(sha256, file)) for sha256, file in files.items()]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def read(self, user_id: uuid.UUID, sha256: bytes) -> AsyncIterator[bytes]:
        result = await _answered(self._get(_key(user_id, sha256)), within_s=_LIMIT_S)
        stream = result.stream(min_chunk_size=_PIECE)
        while (piece := await _answered(_next(stream), within_s=_LIMIT_S)) is not None:
            yield piece

    async def remove(self, user_id: uuid.UUID, sha256: bytes) -> None:
        await _answered(self._delete([_key(user_id, sha256)]), within_s=_LIMIT_S)

    async def remove_all(self, user_id: uuid.UUID) -> None:
        # Listed anew until there is nothing: a page is deleted while the next would be asked for.
        while keys := await _answered(self._some_of(user_id), within_s=_LIMIT_S):
            await _answered(self._delete(keys), within_s=_LIMIT_S)

    async def _put(self, key: str, file: Path) -> None:
        try:
            await obstore.put_async(self._store, key, file, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)
        except FileNotFoundError as error:
            # The bucket, as the file is there.
            raise _away(error) from None

    async def _get(self, key: str) -> GetResult:
        try:
            return await obstore.get_async(self._store, key)
        except FileNotFoundError:
            raise not_kept() from None

    async def _delete(self, keys: list[str]) -> None:
        # One that is not there is as good as removed.
        try:
            await obstore.delete_async(self._store, keys)
        except FileNotFoundError:
            return

    async def _some_of(self, user_id: uuid.UUID) -> list[str]:
        async for page in self._store.list(f"{user_id}/", chunk_size=1000):
            return [str(item["path"]) for item in page]
        return []


def _config(settings: GarminIngestSettings) -> S3Config:
    config: S3Config = {"region": settings.object_store_region, "checksum_algorithm": "SHA256"}
    if settings.object_store_endpoint is not None:
        config["endpoint"] = settings.object_store_endpoint
    if settings.object_store_access_key_id is not None and settings.object_store_secret_access_key is not None:
        config["access_key_id"] = settings.object_store_access_key_id.get_secret_value()
        config["secret_access_key"] = settings.object_store_secret_access_key.get_secret_value()
    return config


def _key(user_id: uuid.UUID, sha256: bytes) -> str:
    return f"{user_id}/{sha256.hex()}"


async def _next(stream: AsyncIterator[object]) -> bytes | None:
    async for piece in stream:
        return bytes(piece)  # type: ignore[call-overload, no-any-return]
    return None


async def _answered(answer: Awaitable[T], *, within_s: float) -> T:
    """The store's answer. Raises UpstreamUnavailable where there is none in time, or one that is no answer."""
    try:
        async with asyncio.timeout(within_s):
            return await answer
    except (BaseError, OSError, ValueError, TimeoutError) as error:
        raise _away(error) from None


def _away(error: Exception) -> ServiceError:
    # The library's text names hosts and keys of objects, so that it is neither shown nor logged.
    _log.error("the object store failed", cause=type(error).__name__)
    return UpstreamUnavailable("Your original files cannot be reached right now. Please try again.", retry_after_s=5)
