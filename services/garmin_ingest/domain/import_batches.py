"""The files of an import job, so many at a time; what is done is written with its outcome, so nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.archive import Entry
from services.garmin_ingest.domain.import_file import ImportFile
from services.garmin_ingest.domain.imports import Arrival, Failure, Job, JobItem, Upload
from services.garmin_ingest.domain.intake import Incoming, Intake, ItemMark, LedgerRow, hash_of_place
from services.garmin_ingest.domain.ports import Archives, JobStore, Worker
from services.garmin_ingest.domain.reading import Reading
from shared.errors import NotFound, ServiceError

# Enough to spread the cost of a transaction and its writes to disk; few enough that progress moves twice a second.
_FILES_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatches:
    jobs: JobStore
    import_file: ImportFile
    open_archives: Callable[[], AbstractAsyncContextManager[Archives]]

    async def run(self, job: Job, worker: Worker) -> bool:
        """Do what is left of a job, or what can be done until the ``worker`` stops; whether that was all.

        Raises what may pass by itself.
        """
        async with self.open_archives() as archives:
            # All ZIPs first, so that the total is known before the first file is done.
            while zips := await self.jobs.pending(job, is_zip=True, limit=1):
                await self._expand(job, zips[0], archives)
                await worker.note_progress()
            return await self._import_all(job, archives, worker)

    async def _expand(self, job: Job, item: JobItem, archives: Archives) -> None:
        try:
            entries = await _entries(archives, item)
        except (ActivityFileInvalid, NotFound) as error:
            await self.import_file.merge(job.user_id, [_unreadable(job, item, error)])
        else:
            row = LedgerRow.of_zip(Intake(_placeholder(job, item), job.zone))
            await self.jobs.expand(job, item, entries, row)

    async def _import_all(self, job: Job, archives: Archives, worker: Worker) -> bool:
        """While one batch is written, the next is unpacked and decoded."""
        batch = await self._prepared(job, archives, after=-1)
        while batch.intakes:
            if worker.is_stopping:
                await archives.let_go(batch.unpacked)
                return False
            try:
                async with asyncio.TaskGroup() as tasks:
                    following = tasks.create_task(self._prepared(job, archives, after=batch.last))
                    await self.import_file.merge(job.user_id, batch.intakes)
                    await worker.note_progress()
                    await archives.let_go(batch.unpacked)
            except BaseExceptionGroup as group:
                # The other was cancelled with the first; whoever tries again has use for one reason only.
                raise group.exceptions[0] from None
            batch = following.result()
        return True

    async def _prepared(self, job: Job, archives: Archives, *, after: int) -> _Batch:
        items = await self.jobs.pending(job, is_zip=False, after=after, limit=_FILES_AT_ONCE)
        packed = [(item.upload, item.entry) for item in items if item.entry is not None]
        unpacked = await archives.extract(packed)
        rest = iter(unpacked)
        arrived = [(item, item.upload if item.entry is None else next(rest)) for item in items]
        whole = [_incoming(job, item, upload) for item, upload in arrived if isinstance(upload, Upload)]
        intakes = [_unreadable(job, item, error) for item, error in arrived if isinstance(error, ServiceError)]
        intakes += await self.import_file.read(job.user_id, whole, job.zone)
        return _Batch(
            # In the order of the archive: of two recordings that are equally rich the first one stays.
            sorted(intakes, key=lambda intake: intake.position),
            [upload for upload in unpacked if isinstance(upload, Upload)],
            items[-1].position if items else after,
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """``unpacked`` are the files to be let go afterwards, ``last`` the position of its last item."""

    intakes: Sequence[Intake]
    unpacked: Sequence[Upload]
    last: int


def _incoming(job: Job, item: JobItem, upload: Upload) -> Incoming:
    arrival = Arrival(attempt=f"{job.job_id}:{item.position}")
    return Incoming(upload, arrival, ItemMark(job.job_id, item.position))


def _unreadable(job: Job, item: JobItem, error: ServiceError) -> Intake:
    """A file whose content nobody has seen."""
    failure = Failure(error.code, error.message)
    return Intake(_placeholder(job, item), job.zone, Reading(None, failure=failure))


def _placeholder(job: Job, item: JobItem) -> Incoming:
    """An entry of a ZIP by the hash of its place; a whole upload has a hash of its own."""
    upload = item.upload
    if item.entry is not None:
        upload = replace(upload, sha256=hash_of_place(upload.sha256, item.entry), size=0)
    return _incoming(job, item, upload)


async def _entries(archives: Archives, item: JobItem) -> Sequence[Entry]:
    """What the ZIP holds; a ZIP in a ZIP is opened as Garmin packs account exports, one in that is taken for a file.

    An account export has ZIPs of other things too: one of those without recordings is nothing that failed.
    """
    entries = await archives.entries(item.upload, item.entry)
    if not entries and item.entry is None:
        raise ActivityFileInvalid("the ZIP holds no FIT, TCX or GPX file")
    return entries if item.entry is None else [replace(entry, nested=False) for entry in entries]
