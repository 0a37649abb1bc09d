"""What goes in and out over HTTP about imports and their jobs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from services.garmin_ingest.domain.imports import Failure, FileResult, Job, JobMark
from services.garmin_ingest.handlers.cursor import from_cursor
from shared.http.parsing import ApiModel


class ErrorAnswer(ApiModel):
    code: str
    message: str

    @classmethod
    def of(cls, failure: Failure | None) -> ErrorAnswer | None:
        return None if failure is None else cls(code=failure.code, message=failure.message)


class JobsQuery(ApiModel):
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None
    limit: int = Field(50, ge=1, le=200)

    def after(self) -> JobMark | None:
        """Raises ValidationFailed."""
        return None if self.cursor is None else from_cursor(self.cursor)


class ItemAnswer(ApiModel):
    """One file. ``activityId`` is the first of ``activityIds``; ``kind`` says what a skipped file is.

    In a job that reads originals again ``fileName`` is the original's hash, ``userId`` whose it is, and ``changes``
    say what is different now.
    """

    file_name: str
    status: str
    activity_id: uuid.UUID | None
    activity_ids: list[uuid.UUID]
    kind: str | None
    error: ErrorAnswer | None
    changes: list[str]
    user_id: uuid.UUID | None

    @classmethod
    def of(cls, result: FileResult) -> ItemAnswer:
        return cls(
            file_name=result.file_name,
            status=result.status,
            activity_id=next(iter(result.activity_ids), None),
            activity_ids=list(result.activity_ids),
            kind=result.kind,
            error=ErrorAnswer.of(result.failure),
            changes=list(result.changes),
            user_id=result.subject,
        )


class ImportAnswer(ApiModel):
    results: list[ItemAnswer]

    @classmethod
    def of(cls, results: Sequence[FileResult]) -> ImportAnswer:
        return cls(results=[ItemAnswer.of(result) for result in results])


class QueuedAnswer(ApiModel):
    job_id: uuid.UUID


class Progress(ApiModel):
    done: int
    total: int


class JobAnswer(ApiModel):
    """``progress`` counts all files, ``counts`` those that are done by status; ``items`` are up to 200 that failed and
    the newest 200, in a list of jobs 10 of each. ``error`` says why a job is dead.
    """

    id: uuid.UUID
    kind: str
    state: str
    progress: Progress
    counts: dict[str, int]
    items: list[ItemAnswer]
    attempts: int
    next_retry_at: dt.datetime | None
    error: ErrorAnswer | None
    created_at: dt.datetime

    @classmethod
    def of(cls, job: Job) -> JobAnswer:
        return cls(
            id=job.job_id,
            kind=job.kind,
            state=job.state,
            progress=Progress(done=job.done, total=job.total),
            counts=dict(job.counts),
            items=[ItemAnswer.of(result) for result in job.results],
            attempts=job.attempts,
            next_retry_at=job.next_retry_at,
            error=ErrorAnswer.of(job.failure),
            created_at=job.created_at,
        )


class JobList(ApiModel):
    items: list[JobAnswer]
    next_cursor: str | None
