"""Imports that outlive their request: many files, or a ZIP of them, with progress and an outcome for each."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.garmin_ingest.domain.import_batches import ImportBatches
from services.garmin_ingest.domain.imports import Failure, FileResult, Job, JobItem, JobMark, Received
from services.garmin_ingest.domain.ports import IncomingStore, JobStore, Worker
from shared.clock import Clock
from shared.errors import NotFound, ServiceError
from shared.ids import uuid7
from shared.job_queue import PutOff

# An export of many years has 200,000 files; what went wrong and what happened last is what a runner can read.
_RESULTS_OF_ONE = 200
_RESULTS_IN_LIST = 10


@dataclass(frozen=True, slots=True)
class JobPage:
    """``has_more`` says that another page follows the last item."""

    items: Sequence[Job]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJobs:
    jobs: JobStore
    incoming: IncomingStore
    batches: ImportBatches
    clock: Clock

    async def start(
        self, user_id: uuid.UUID, files: Sequence[Received], refused: Sequence[FileResult], zone: str
    ) -> uuid.UUID:
        """Queue the import of ``files``, which are the job's from now on; ``refused`` are outcomes already known."""
        job = Job(
            job_id=uuid7(),
            user_id=user_id,
            state="queued",
            zone=zone,
            attempts=0,
            done=len(refused),
            total=len(files) + len(refused),
            results=tuple(refused),
            created_at=self.clock.now(),
        )
        items = [JobItem(at, file.upload, None, file.is_zip) for at, file in enumerate(files, start=len(refused))]
        await self.jobs.add(job, items)
        return job.job_id

    async def get(self, user_id: uuid.UUID, job_id: uuid.UUID) -> Job:
        """Raises NotFound."""
        job = await self.jobs.get(user_id, job_id, results=_RESULTS_OF_ONE)
        if job is None:
            raise NotFound("There is no such job.")
        return job

    async def page(self, user_id: uuid.UUID, limit: int, after: JobMark | None) -> JobPage:
        """Newest first."""
        found = await self.jobs.page(user_id, limit + 1, after, results=_RESULTS_IN_LIST)
        return JobPage(found[:limit], len(found) > limit)

    async def run(self, user_id: uuid.UUID, job_id: uuid.UUID, *, attempts: int, worker: Worker) -> None:
        """Do what is left of a job; each finished file is remembered, so a repeated run goes on where the last died.

        A dead job that is queued again is one of those. Raises PutOff where the ``worker`` stops before all is done.
        """
        job = await self.jobs.get(user_id, job_id)
        if job is None or job.state == "succeeded":
            return
        await self.jobs.set_state(job, "running", attempts=attempts + 1)
        try:
            is_done = await self.batches.run(job, worker)
        except ServiceError:
            # What may pass: it will be tried again, and the runner sees that it waits.
            with contextlib.suppress(ServiceError):
                await self.jobs.set_state(job, "queued", attempts=attempts + 1)
            raise
        if not is_done:
            await self.jobs.set_state(job, "queued", attempts=attempts + 1)
            raise PutOff(dt.timedelta(0))
        await self.jobs.set_state(job, "succeeded", attempts=attempts + 1)
        await self.incoming.remove(*await self.jobs.uploads(user_id, job_id))

    async def bury(self, user_id: uuid.UUID, job_id: uuid.UUID, error: ServiceError) -> None:
        """Mark a job that gave up, with its reason; its files stay, so that it can be queued again."""
        job = await self.jobs.get(user_id, job_id)
        if job is not None:
            failure = Failure(error.code, error.message)
            await self.jobs.set_state(job, "dead", attempts=job.attempts, failure=failure)

    async def sweep(self, *, older_than: dt.timedelta) -> None:
        """Remove files on their way in that no job will ask for."""
        await self.incoming.sweep(older_than=older_than, keep=await self.jobs.wanted())
