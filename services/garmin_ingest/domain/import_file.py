"""Importing files: read them, keep the originals, and merge their activities into what the runner has."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, MIB
from services.garmin_ingest.domain.identity_decision import decide
from services.garmin_ingest.domain.import_plan import Plan, make_plan
from services.garmin_ingest.domain.imports import Arrival, Failure, FileResult, Source, Upload
from services.garmin_ingest.domain.intake import Incoming, Intake
from services.garmin_ingest.domain.ports import ActivityStore, HeldActivities, OriginalStore, RecordingReader
from services.garmin_ingest.domain.reading import OUR_FAULT, Reading
from shared.errors import PayloadTooLarge, ServiceError
from shared.logs import get_logger

_log = get_logger("import")
_BY_HAND = Arrival()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """One file is a batch of one: ``read`` each, then ``merge`` what was read, both or neither with its outcome."""

    activities: ActivityStore
    originals: OriginalStore
    reader: RecordingReader

    async def run(self, user_id: uuid.UUID, upload: Upload, zone: str, arrival: Arrival = _BY_HAND) -> FileResult:
        """What became of the file; whatever is wrong with the file itself is a result and not an error.

        Raises what may pass by itself (the database away), so that the caller can try again.
        """
        (result,) = await self.merge(user_id, await self.read(user_id, [Incoming(upload, arrival)], zone))
        return result

    async def read(self, user_id: uuid.UUID, files: Sequence[Incoming], zone: str) -> list[Intake]:
        """Decode the files side by side, but for those whose bytes are known."""
        known = await self.activities.with_contents(user_id, [file.upload.sha256 for file in files])
        return await asyncio.gather(*(self._read(file, zone, known.get(file.upload.sha256)) for file in files))

    async def merge(self, user_id: uuid.UUID, intakes: Sequence[Intake]) -> list[FileResult]:
        """Decide one after another, as if each came alone, and write all in one go."""
        try:
            return await self._merge(user_id, intakes)
        except ServiceError as error:
            if error.retryable:
                raise
            cause: Exception = error
        except Exception as error:  # noqa: BLE001 - a bug in one file's way is logged and becomes that file's outcome
            cause = error
        if len(intakes) > 1:
            # One file that trips over a bug of ours must not cost the others of its batch.
            return [(await self.merge(user_id, [intake]))[0] for intake in intakes]
        return [await self._give_up(user_id, intakes[0], cause)]

    async def _read(self, file: Incoming, zone: str, known: Sequence[Source] | None) -> Intake:
        if known is not None:
            return Intake(file, zone, known=tuple(known))
        if file.upload.size > LARGEST_FILE:
            error = too_large(LARGEST_FILE)
            return Intake(file, zone, Reading(None, failure=Failure(error.code, error.message)))
        return Intake(file, zone, await self.reader.read(file.upload.path, zone))

    async def _merge(self, user_id: uuid.UUID, intakes: Sequence[Intake]) -> list[FileResult]:
        plan = Plan()
        try:
            async with self.activities.hold(user_id) as held:
                roster = await held.roster(intakes)
                plan = make_plan(intakes, roster, decide, await _renamed(held, intakes))
                files = {sha256: upload.path for sha256, upload in plan.keep.items()}
                await self.originals.keep_many(user_id, files)
                await held.write(plan)
        except BaseException:
            # Also when the client has gone: the transaction is undone, and so is what was kept for it.
            with contextlib.suppress(ServiceError):
                await self._let_go(user_id, plan)
            raise
        return plan.results

    async def _give_up(self, user_id: uuid.UUID, intake: Intake, cause: Exception) -> FileResult:
        if isinstance(cause, ServiceError) and intake.file.item is None:
            return failed(intake.file.upload.file_name, cause)  # a refusal, such as of a link that is gone
        _log.error("a file could not be imported", sha256=intake.file.upload.sha256.hex(), exc_info=cause)
        failure = Failure(OUR_FAULT.code, OUR_FAULT.message)
        reading = Reading(intake.reading.decoder if intake.reading else None, failure=failure)
        (result,) = await self._merge(user_id, [replace(intake, reading=reading, known=())])
        return result

    async def _let_go(self, user_id: uuid.UUID, plan: Plan) -> None:
        """Remove originals that were kept for an import that then failed."""
        for sha256 in plan.keep:

            async def remove(sha256: bytes = sha256) -> None:
                await self.originals.remove(user_id, sha256)

            await self.activities.remove_unused(user_id, sha256, remove)


async def _renamed(held: HeldActivities, intakes: Sequence[Intake]) -> set[bytes]:
    """Contents that are known already and have another name at Garmin today."""
    again = [intake.file for intake in intakes if intake.comes_again_from_garmin]
    return {file.upload.sha256 for file in again if await held.recognise(file.upload.sha256, file.arrival)}


def failed(file_name: str, error: ServiceError) -> FileResult:
    return FileResult(file_name, "failed", failure=Failure(error.code, error.message))


def too_large(limit: int) -> PayloadTooLarge:
    size = f"{limit // MIB} MiB" if limit < 1024 * MIB else f"{limit // (1024 * MIB)} GiB"
    return PayloadTooLarge(f"This file is larger than {size}, the most that one may have.")
