"""Files out of a multipart body, written to disk and hashed as they arrive."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, LARGEST_ZIP
from services.garmin_ingest.domain.formats.detect import detect
from services.garmin_ingest.domain.import_file import failed, too_large
from services.garmin_ingest.domain.imports import FileResult, Received
from services.garmin_ingest.domain.ports import IncomingFile, IncomingStore
from shared.errors import MalformedBody, UnsupportedMediaType, ValidationFailed

_FIELD = "file"
_MOST_FILES = 1000
_PIECE = 64 * 1024
_LONGEST_NAME = 200


@dataclass(slots=True)
class Uploads:
    """What arrived, in order; ``handed_over`` says that somebody else will remove the files."""

    files: list[Received | FileResult] = field(default_factory=list)
    handed_over: bool = False

    @property
    def fingerprint(self) -> bytes:
        """Equal for requests with equally named files of equal content."""
        digest = hashlib.sha256()
        for file in self.files:
            name = file.upload.file_name if isinstance(file, Received) else file.file_name
            digest.update(name.encode() + b"\0")
            digest.update(file.upload.sha256 if isinstance(file, Received) else b"refused")
        return digest.digest()


@asynccontextmanager
async def received(request: web.Request, incoming: IncomingStore, user_id: uuid.UUID) -> AsyncIterator[Uploads]:
    """The files of the request; those still ours are removed at the end.

    A file that is too large gets its result and costs the others nothing. Raises UnsupportedMediaType, MalformedBody
    and ValidationFailed.
    """
    if request.content_type != "multipart/form-data":
        raise UnsupportedMediaType("Send the files as multipart/form-data, each in a field named 'file'.")
    uploads = Uploads()
    try:
        await _receive_all(request, incoming, user_id, uploads)
        yield uploads
    finally:
        if not uploads.handed_over:
            await incoming.remove(*(file.upload for file in uploads.files if isinstance(file, Received)))


async def _receive_all(request: web.Request, incoming: IncomingStore, user_id: uuid.UUID, uploads: Uploads) -> None:
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader) or part.name != _FIELD:
                name = _printable(part.name or "")[:40] if isinstance(part, BodyPartReader) else "a nested multipart"
                issue = f"is not a field of this request; files go into {_FIELD!r}"
                raise ValidationFailed(f"{name}: {issue}", details=[{"field": name, "issue": issue}])
            if len(uploads.files) >= _MOST_FILES:
                issue = f"takes at most {_MOST_FILES} files at once; put more into a ZIP"
                raise ValidationFailed(f"{_FIELD}: {issue}", details=[{"field": _FIELD, "issue": issue}])
            name = _shown(part.filename or "") or f"file {len(uploads.files) + 1}"
            uploads.files.append(await _receive(part, await incoming.create(user_id, name)))
    except (ValueError, ClientError, HttpProcessingError, AssertionError) as error:
        raise MalformedBody("The multipart body cannot be read or ended early.") from error


async def _receive(part: BodyPartReader, file: IncomingFile) -> Received | FileResult:
    """One file, or its refusal once it passes the limit; the rest of it is read and dropped then."""
    is_zip, limit = False, LARGEST_FILE
    try:
        while piece := await part.read_chunk(_PIECE):
            if file.size == 0:
                is_zip = detect(piece) == "zip"
                limit = LARGEST_ZIP if is_zip else LARGEST_FILE
            if file.size + len(piece) > limit:
                await file.discard()
                await part.release()
                return failed(file.file_name, too_large(limit))
            await file.write(piece)
        return Received(await file.close(), is_zip)
    except BaseException:
        await file.discard()
        raise


def _shown(file_name: str) -> str:
    """The name as it may be shown and kept: without folders or control characters, and not endless."""
    last = file_name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _printable(last)[-_LONGEST_NAME:]


def _printable(text: str) -> str:
    """Without control characters and without raw bytes, which the parser gives as halves of surrogate pairs."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
