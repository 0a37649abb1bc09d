"""Files on their way in: ``<folder>/<user id>/incoming/<id>``, written as they arrive and hashed on the way."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import os
import time
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from services.garmin_ingest.clients.originals import make_private
from services.garmin_ingest.domain.imports import Upload
from shared.errors import ServiceOverloaded
from shared.ids import uuid7

_FOLDER = "incoming"
# Written in pieces of this size, so that a thread is asked for once a MiB and not once a network packet.
_PIECE = 1024 * 1024


class FolderIncoming:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def create(self, user_id: uuid.UUID, file_name: str) -> ReceivedFile:
        path = self._folder / str(user_id) / _FOLDER / str(uuid7())
        return ReceivedFile(file_name, path, await asyncio.to_thread(_create, path))

    async def remove(self, *uploads: Upload) -> None:
        await asyncio.to_thread(_remove, [upload.path for upload in uploads])

    async def sweep(self, *, older_than: dt.timedelta, keep: Collection[Path]) -> None:
        await asyncio.to_thread(self._sweep, time.time() - older_than.total_seconds(), keep)

    def _sweep(self, before_unix_s: float, keep: Collection[Path]) -> None:
        for path in self._folder.glob(f"*/{_FOLDER}/*"):
            # Another worker may finish with a file, or sweep too, between the listing and the look.
            with contextlib.suppress(FileNotFoundError):
                if path not in keep and path.stat().st_mtime < before_unix_s:
                    path.unlink()


class ReceivedFile:
    """One file being received; ``size`` in bytes."""

    def __init__(self, file_name: str, path: Path, file: BinaryIO) -> None:
        self.size = 0
        self.file_name = file_name
        self._path = path
        self._file = file
        self._hash = hashlib.sha256()
        self._waiting = bytearray()

    async def write(self, data: bytes) -> None:
        self.size += len(data)
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            await self._flush()

    async def close(self) -> Upload:
        await self._flush()
        await asyncio.to_thread(self._file.close)
        return Upload(self.file_name, self._path, self._hash.digest(), self.size)

    async def discard(self) -> None:
        await asyncio.to_thread(self._discard)

    def _discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    async def _flush(self) -> None:
        piece, self._waiting = bytes(self._waiting), bytearray()
        try:
            await asyncio.to_thread(self._write, piece)
        except OSError as error:
            raise ServiceOverloaded("There is no room for your file right now. Try again later.") from error

    def _write(self, piece: bytes) -> None:
        self._hash.update(piece)
        # Unbuffered, so that a full disk is an error here; such a write may take less than it was given.
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) :]


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _create(path: Path) -> BinaryIO:
    make_private(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "wb", buffering=0)
