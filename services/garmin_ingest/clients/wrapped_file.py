"""An original as Garmin hands it out: in a ZIP of one, or bare."""

from __future__ import annotations

import asyncio
import tempfile
from typing import BinaryIO, Self, cast

from services.garmin_ingest.clients.garmin_http import unwell
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, MIB, ZipListing
from services.garmin_ingest.domain.formats.detect import HEAD_SIZE, detect
from services.garmin_ingest.domain.imports import Upload
from services.garmin_ingest.domain.ports import IncomingFile
from shared.errors import NotFound

# Up to here it stays in memory; a run of some hours is half a MiB.
_IN_MEMORY = MIB


class WrappedFile:
    """Takes the bytes of an answer and gives the file inside; use it as a context manager, so that nothing is left."""

    file_name = ""

    def __init__(self) -> None:
        self.size = 0
        self._file = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by exit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    async def write(self, data: bytes) -> None:
        self.size += len(data)
        await asyncio.to_thread(self._file.write, data)

    async def close(self) -> Upload:
        raise NotImplementedError

    async def discard(self) -> None:
        self._file.close()

    async def unwrap(self, into: IncomingFile) -> None:
        """Copy the original into a file. Raises NotFound for an empty ZIP and GarminUnavailable for a broken answer."""
        head = await asyncio.to_thread(self._read, HEAD_SIZE)
        match detect(head):
            case "zip":
                await self._unzip(into)
            case "empty" | "html":
                raise unwell()
            case _:
                while head:
                    await into.write(head)
                    head = await asyncio.to_thread(self._file.read, MIB)

    async def _unzip(self, into: IncomingFile) -> None:
        try:
            listing = await asyncio.to_thread(ZipListing, self._file)
            entry = next((entry for entry in listing.entries() if not entry.nested), None)
            if entry is None:
                raise NotFound("Garmin has no file of this activity.")
            chunks = listing.chunks(entry.key, largest=LARGEST_FILE)
            while chunk := await asyncio.to_thread(next, chunks, b""):
                await into.write(chunk)
        except ActivityFileInvalid:
            # Half a ZIP is how an overloaded Garmin answers; the next try usually has the other half too.
            raise unwell() from None

    def _read(self, size: int) -> bytes:
        self._file.seek(0)
        return self._file.read(size)
