"""What goes in and out over HTTP for administrators."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.garmin_ingest.domain.administration import JobFilter, JobOfSomebody, Letter, LinkOfSomebody
from services.garmin_ingest.domain.imports import JobMark
from services.garmin_ingest.domain.replay_ports import ReplayFilter
from services.garmin_ingest.handlers.connection_bodies import OUTSIDE, Kind
from services.garmin_ingest.handlers.cursor import from_cursor
from services.garmin_ingest.handlers.import_bodies import ErrorAnswer, Progress
from shared.dead_letters import LetterMark
from shared.http.parsing import ApiModel


class AdminPageQuery(ApiModel):
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None
    limit: int = Field(50, ge=1, le=200)

    def after(self) -> JobMark | None:
        """Raises ValidationFailed."""
        return None if self.cursor is None else from_cursor(self.cursor)

    def after_letter(self) -> LetterMark | None:
        """Raises ValidationFailed."""
        mark = self.after()
        # A cursor of another list may hold a number that no dead letter has.
        return None if mark is None else (mark[0], min(mark[1].int, 2**63 - 1))


class AdminJobsQuery(AdminPageQuery):
    state: Literal["queued", "running", "succeeded", "failed", "dead"] | None = None
    kind: Literal["import", "sync", "replay", "removal"] | None = None

    def wanted(self) -> JobFilter:
        return JobFilter(self.state, self.kind)


class AdminJobAnswer(ApiModel):
    id: uuid.UUID
    user_id: uuid.UUID
    kind: str
    state: str
    progress: Progress
    attempts: int
    next_retry_at: dt.datetime | None
    error: ErrorAnswer | None
    created_at: dt.datetime
    updated_at: dt.datetime

    @classmethod
    def of(cls, job: JobOfSomebody) -> AdminJobAnswer:
        return cls(
            id=job.job_id,
            user_id=job.user_id,
            kind=job.kind,
            state=job.state,
            progress=Progress(done=job.done, total=job.total),
            attempts=job.attempts,
            next_retry_at=job.next_retry_at,
            error=ErrorAnswer.of(job.failure),
            created_at=job.created_at,
            updated_at=job.updated_at,
        )


class AdminJobList(ApiModel):
    items: list[AdminJobAnswer]
    next_cursor: str | None


class LetterError(ApiModel):
    code: str
    message: str | None


class DeadLetterAnswer(ApiModel):
    """Work that gave up. ``createdAt`` is when it was queued or last put off, ``failedAt`` when it gave up."""

    id: str
    entrypoint: str
    attempts: int
    created_at: dt.datetime
    failed_at: dt.datetime
    error: LetterError
    user_id: uuid.UUID | None
    job_id: uuid.UUID | None

    @classmethod
    def of(cls, letter: Letter) -> DeadLetterAnswer:
        return cls(
            id=str(letter.letter_id),
            entrypoint=letter.entrypoint,
            attempts=letter.attempts,
            created_at=letter.created_at,
            failed_at=letter.failed_at,
            error=LetterError(code=letter.code, message=letter.message),
            user_id=letter.user_id,
            job_id=letter.job_id,
        )


class DeadLetterList(ApiModel):
    items: list[DeadLetterAnswer]
    next_cursor: str | None


class RetriedAnswer(ApiModel):
    id: str
    state: Literal["queued"] = "queued"


class AdminConnectionAnswer(ApiModel):
    user_id: uuid.UUID
    source: Kind
    state: str
    connected_at: dt.datetime
    last_attempt_at: dt.datetime | None
    last_success_at: dt.datetime | None
    next_sync_at: dt.datetime | None
    cooldown_until: dt.datetime | None
    error_code: str | None

    @classmethod
    def of(cls, link: LinkOfSomebody) -> AdminConnectionAnswer:
        return cls(
            user_id=link.user_id,
            source=OUTSIDE[link.source],
            state=link.state,
            connected_at=link.connected_at,
            last_attempt_at=link.last_attempt_at,
            last_success_at=link.last_success_at,
            next_sync_at=link.next_sync_at,
            cooldown_until=link.cooldown_until,
            error_code=link.error_code,
        )


class AdminConnectionList(ApiModel):
    items: list[AdminConnectionAnswer]
    next_cursor: str | None


class ReplayBody(ApiModel):
    """Which originals to read again; without ``decoder`` those that another version than today's read or refused."""

    user_id: uuid.UUID | None = None
    decoder: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,16}/[0-9]{1,6}$")] | None = None
    outcome: Literal["imported", "duplicate", "skipped", "failed", "updated"] | None = None

    def wanted(self) -> ReplayFilter:
        return ReplayFilter(self.user_id, self.decoder, self.outcome)
