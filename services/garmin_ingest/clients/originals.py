"""Original files in a folder: ``<folder>/<user id>/<sha256>``, readable by this service's account alone.

Written by ourselves: the object store library neither syncs what it writes to a folder nor keeps it private.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from shared.errors import NotFound, ServiceError, ServiceOverloaded, UpstreamUnavailable
from shared.logs import get_logger

T = TypeVar("T")
_log = get_logger("originals")
_PIECE = 256 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# An original, or the half of one that a process left which died while it wrote.
_OURS = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.[0-9a-f]{32}")


class FolderOriginals:
    """A folder per user, so that erasing a user is emptying a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, user_id: uuid.UUID, sha256: bytes, file: Path) -> None:
        await self.keep_many(user_id, {sha256: file})

    async def keep_many(self, user_id: uuid.UUID, files: Mapping[bytes, Path]) -> None:
        await _off_the_loop(lambda: self._keep(user_id, files))

    async def read(self, user_id: uuid.UUID, sha256: bytes) -> AsyncIterator[bytes]:
        path = self._path(user_id, sha256)
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError:
            raise not_kept() from None
        except OSError as error:
            raise _away(error) from None
        try:
            while piece := await _off_the_loop(lambda: file.read(_PIECE)):
                yield piece
        finally:
            await asyncio.to_thread(file.close)

    async def remove(self, user_id: uuid.UUID, sha256: bytes) -> None:
        await _off_the_loop(lambda: self._path(user_id, sha256).unlink(missing_ok=True))

    async def remove_all(self, user_id: uuid.UUID) -> None:
        await _off_the_loop(lambda: self._remove_all(self._folder / str(user_id)))

    def _path(self, user_id: uuid.UUID, sha256: bytes) -> Path:
        return self._folder / str(user_id) / sha256.hex()

    def _keep(self, user_id: uuid.UUID, files: Mapping[bytes, Path]) -> None:
        """Make every file whole or absent, whenever the power fails, and when it returns, there for good."""
        if not files:
            return
        folder = self._folder / str(user_id)
        make_private(folder)
        for sha256, file in files.items():
            _copy(file, self._path(user_id, sha256))
        # Also for what was there already: whoever wrote it may have died before it came so far.
        _sync(folder)
        _sync(self._folder)

    @staticmethod
    def _remove_all(folder: Path) -> None:
        if not folder.exists():
            return
        for path in folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)
        # Files on their way in may still be there; they are not ours to remove.
        with contextlib.suppress(OSError):
            folder.rmdir()


def make_private(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, each for this account alone."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def not_kept() -> NotFound:
    return NotFound("The original file of this activity is not kept.")


async def _off_the_loop(do: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(do)
    except OSError as error:
        raise _away(error) from None


def _away(error: OSError) -> ServiceError:
    _log.error("the folder of originals failed", errno=errno.errorcode.get(error.errno or 0))
    if error.errno in _FULL:
        return ServiceOverloaded("There is no room for your file right now. Try again later.")
    return UpstreamUnavailable("Your original files cannot be reached right now. Please try again.", retry_after_s=5)


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        return
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
    finally:
        with contextlib.suppress(FileNotFoundError):
            half.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
