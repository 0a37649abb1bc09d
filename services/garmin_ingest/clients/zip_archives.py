"""The ZIPs of one job, opened when first needed and read in threads."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, LARGEST_ZIP, Entry, ZipListing
from services.garmin_ingest.domain.imports import Upload
from shared.errors import NotFound, ServiceError, ServiceOverloaded
from shared.ids import uuid7

_SEPARATOR = "/"


class ZipArchives:
    """Keeps the listings of one job open; entries of a nested ZIP have its key before theirs.

    What is unpacked lies beside its ZIP, and is gone when this is closed.
    """

    def __init__(self) -> None:
        self._unpacked_files: set[Path] = set()
        self._open: dict[tuple[Path, str], tuple[ZipListing, BinaryIO]] = {}

    async def entries(self, zip_file: Upload, inside: str | None) -> list[Entry]:
        listing = await asyncio.to_thread(self._listing, zip_file.path, inside or "")
        prefix = f"{inside}{_SEPARATOR}" if inside else ""
        return [replace(entry, key=prefix + entry.key) for entry in listing.entries()]

    async def extract(self, entries: Sequence[tuple[Upload, str]]) -> list[Upload | ServiceError]:
        return await asyncio.to_thread(lambda: [self._extract(zip_file, key) for zip_file, key in entries])

    async def let_go(self, uploads: Sequence[Upload]) -> None:
        await asyncio.to_thread(self._let_go, [upload.path for upload in uploads])

    def _extract(self, zip_file: Upload, key: str) -> Upload | ServiceError:
        inside, _, own_key = key.rpartition(_SEPARATOR)
        path, content = zip_file.path.with_name(str(uuid7())), hashlib.sha256()
        size = 0
        try:
            chunks = self._listing(zip_file.path, inside).chunks(own_key, largest=LARGEST_FILE)
            with self._created(path) as file:
                for chunk in chunks:
                    content.update(chunk)
                    size += file.write(chunk)
        except (ActivityFileInvalid, NotFound) as error:
            self._let_go([path])
            return error
        except OSError as error:
            raise ServiceOverloaded("There is no room to unpack your files right now.") from error
        return Upload(zip_file.file_name, path, content.digest(), size)

    def _created(self, path: Path) -> BinaryIO:
        self._unpacked_files.add(path)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def _let_go(self, paths: Iterable[Path]) -> None:
        for path in list(paths):
            path.unlink(missing_ok=True)
            self._unpacked_files.discard(path)

    def _listing(self, path: Path, inside: str) -> ZipListing:
        """The listing of the ZIP itself, or of the one inside it with that key."""
        if (path, inside) not in self._open:
            file = self._unpacked(path, inside) if inside else _opened(path)
            try:
                self._open[path, inside] = (ZipListing(file), file)
            except BaseException:
                file.close()
                raise
        return self._open[path, inside][0]

    def _unpacked(self, path: Path, inside: str) -> BinaryIO:
        """A nested ZIP as a nameless file beside its outer one, gone when it is closed."""
        target = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - lives as long as its listing
        try:
            for chunk in self._listing(path, "").chunks(inside, largest=LARGEST_ZIP):
                target.write(chunk)
        except BaseException:
            target.close()
            raise
        return target

    def close(self) -> None:
        for listing, file in self._open.values():
            listing.close()
            file.close()
        self._open.clear()
        self._let_go(self._unpacked_files)


@asynccontextmanager
async def open_archives() -> AsyncIterator[ZipArchives]:
    archives = ZipArchives()
    try:
        yield archives
    finally:
        await asyncio.to_thread(archives.close)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound("The uploaded file is no longer here. Please upload it again.") from None
