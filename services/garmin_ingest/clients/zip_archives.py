"""The ZIPs of one job, opened when first needed and read in threads."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, LARGEST_ZIP, Entry, ZipListing
from services.garmin_ingest.domain.imports import Upload
from services.garmin_ingest.domain.ports import IncomingStore
from shared.errors import NotFound

_SEPARATOR = "/"


class ZipArchives:
    """Keeps the listings of one job open; entries of a nested ZIP have its key before theirs."""

    def __init__(self, incoming: IncomingStore) -> None:
        self._incoming = incoming
        self._open: dict[tuple[Path, str], tuple[ZipListing, BinaryIO]] = {}

    async def entries(self, zip_file: Upload, inside: str | None) -> list[Entry]:
        listing = await asyncio.to_thread(self._listing, zip_file.path, inside or "")
        prefix = f"{inside}{_SEPARATOR}" if inside else ""
        return [replace(entry, key=prefix + entry.key) for entry in listing.entries()]

    async def extract(self, user_id: uuid.UUID, zip_file: Upload, key: str) -> Upload:
        inside, _, own_key = key.rpartition(_SEPARATOR)
        listing = await asyncio.to_thread(self._listing, zip_file.path, inside)
        chunks = listing.chunks(own_key, largest=LARGEST_FILE)
        received = await self._incoming.create(user_id, zip_file.file_name)
        try:
            while chunk := await asyncio.to_thread(next, chunks, b""):
                await received.write(chunk)
            return await received.close()
        except BaseException:
            await received.discard()
            raise

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


@asynccontextmanager
async def open_archives(incoming: IncomingStore) -> AsyncIterator[ZipArchives]:
    archives = ZipArchives(incoming)
    try:
        yield archives
    finally:
        await asyncio.to_thread(archives.close)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound("The uploaded file is no longer here. Please upload it again.") from None
