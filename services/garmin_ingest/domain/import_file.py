"""Importing one file: read it, keep the original, and merge its activities into what the runner has."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, MIB
from services.garmin_ingest.domain.identity import as_garmin_calls_it, outline, richness
from services.garmin_ingest.domain.identity_decision import decide
from services.garmin_ingest.domain.imports import (
    Arrival,
    Candidate,
    Decision,
    Failure,
    FileResult,
    FileStatus,
    Origin,
    Source,
    Upload,
    Verdict,
)
from services.garmin_ingest.domain.models import Activity, Skipped
from services.garmin_ingest.domain.ports import ActivityStore, OriginalStore, RecordingReader
from shared.errors import InternalError, PayloadTooLarge, ServiceError
from shared.logs import get_logger

_log = get_logger("import")
_BY_HAND = Arrival()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    activities: ActivityStore
    originals: OriginalStore
    reader: RecordingReader

    async def run(self, user_id: uuid.UUID, upload: Upload, zone: str, arrival: Arrival = _BY_HAND) -> FileResult:
        """What became of the file; whatever is wrong with the file itself is a result and not an error.

        Raises what may pass by itself (the database away), so that the caller can try again.
        """
        try:
            return await self._import(user_id, upload, zone, arrival)
        except ServiceError as error:
            if error.retryable:
                raise
            return failed(upload.file_name, error)
        except Exception:  # noqa: BLE001 - a bug in one file's way is logged and becomes that file's outcome
            # One file that trips over a bug of ours must not cost the others of its batch.
            _log.exception("a file could not be imported", sha256=upload.sha256.hex())
            return failed(upload.file_name, InternalError("This file made our importer fail; we have been told."))

    async def _import(self, user_id: uuid.UUID, upload: Upload, zone: str, arrival: Arrival) -> FileResult:
        if upload.size > LARGEST_FILE:
            raise too_large(LARGEST_FILE)
        known = await self.activities.with_content(user_id, upload.sha256)
        if known is not None:
            return await self._recognise(user_id, upload, known, arrival)
        read = await self.reader.read(upload.path, zone)
        if isinstance(read, Skipped):
            return FileResult(upload.file_name, "skipped", kind=read.kind)
        origin = Origin(upload.sha256, packed=upload.file_name.lower().endswith(".gz"), arrival=arrival)
        candidates = [Candidate(found, outline(found), richness(found), origin) for found in _named(read, arrival)]

        async def keep() -> None:
            await self.originals.keep(user_id, upload.sha256, upload.path)

        try:
            decisions = await self.activities.merge(user_id, candidates, decide, keep)
        except BaseException:
            # Also when the client has gone: the transaction is undone, and so is what was kept for it.
            with contextlib.suppress(ServiceError):
                await self._let_go(user_id, upload)
            raise
        return _result(upload.file_name, decisions)

    async def _recognise(self, user_id: uuid.UUID, upload: Upload, known: list[Source], arrival: Arrival) -> FileResult:
        """What becomes of bytes that are here: only what Garmin calls them may have changed."""
        ids = tuple(dict.fromkeys(source.activity_id for source in known))
        own_work = arrival.attempt is not None and any(source.attempt == arrival.attempt for source in known)
        changed = arrival.road == "sync" and await self.activities.recognise(user_id, upload.sha256, arrival)
        status: FileStatus = "imported" if own_work else "updated" if changed else "duplicate"
        return FileResult(upload.file_name, status, ids)

    async def _let_go(self, user_id: uuid.UUID, upload: Upload) -> None:
        """Remove an original that was kept for an import that then failed."""

        async def remove() -> None:
            await self.originals.remove(user_id, upload.sha256)

        await self.activities.remove_unused(user_id, upload.sha256, remove)


def _named(read: Sequence[Activity], arrival: Arrival) -> Sequence[Activity]:
    """With what Garmin calls them; the type that it lists is that of the whole, and says nothing of several parts."""
    sport, sub_sport = (arrival.sport, arrival.sub_sport) if len(read) == 1 else (None, None)
    return [as_garmin_calls_it(one, name=arrival.name, sport=sport, sub_sport=sub_sport) for one in read]


def _result(file_name: str, decisions: list[Decision]) -> FileResult:
    ids = tuple(one.activity_id for one in decisions if one.activity_id is not None)
    if any(one.edited for one in decisions):
        return FileResult(file_name, "updated", ids)
    if any(one.verdict in {Verdict.ADD, Verdict.REPLACE} or one.repeated for one in decisions):
        return FileResult(file_name, "imported", ids)
    if all(one.verdict is Verdict.STAY_DELETED for one in decisions):
        return FileResult(file_name, "skipped", ids, kind="deleted by you")
    return FileResult(file_name, "duplicate", ids)


def failed(file_name: str, error: ServiceError) -> FileResult:
    return FileResult(file_name, "failed", failure=Failure(error.code, error.message))


def too_large(limit: int) -> PayloadTooLarge:
    size = f"{limit // MIB} MiB" if limit < 1024 * MIB else f"{limit // (1024 * MIB)} GiB"
    return PayloadTooLarge(f"This file is larger than {size}, the most that one may have.")
