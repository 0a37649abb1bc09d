"""Original files in a folder: ``<folder>/<user id>/<sha256>``, readable by this service's account alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from shared.errors import NotFound

_PIECE = 256 * 1024


class FolderOriginals:
    """A folder per user, so that erasing a user is removing a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, user_id: uuid.UUID, sha256: bytes, file: Path) -> None:
        await asyncio.to_thread(_copy_for_good, file, self._path(user_id, sha256))

    async def read(self, user_id: uuid.UUID, sha256: bytes) -> AsyncIterator[bytes]:
        path = self._path(user_id, sha256)
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError:
            raise NotFound("The original file of this activity is not kept.") from None
        try:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
        finally:
            await asyncio.to_thread(file.close)

    async def remove(self, user_id: uuid.UUID, sha256: bytes) -> None:
        await asyncio.to_thread(self._path(user_id, sha256).unlink, missing_ok=True)

    def _path(self, user_id: uuid.UUID, sha256: bytes) -> Path:
        return self._folder / str(user_id) / sha256.hex()


def make_private(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, each for this account alone."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _copy_for_good(source: Path, target: Path) -> None:
    """Copy so that ``target`` is whole or absent, whenever the power fails."""
    if target.exists():
        return
    make_private(target.parent)
    half = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        # The incoming folder lies on the same disk as a rule: a second name for its bytes costs no copy of them.
        try:
            os.link(source, half)
        except OSError:
            shutil.copyfile(source, half)
        half.chmod(0o600)
        _sync(half)
        half.replace(target)
        _sync(target.parent)
    finally:
        with contextlib.suppress(FileNotFoundError):
            half.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
