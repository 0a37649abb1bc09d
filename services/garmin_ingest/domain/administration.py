"""What an administrator sees of everybody's work, and may do about it. Nothing here has personal data in clear."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from services.garmin_ingest.domain.garmin.models import ConnectionMark, ConnectionState, SourceKind
from services.garmin_ingest.domain.imports import Failure, JobKind, JobMark, JobState
from shared.dead_letters import LetterMark, Standing
from shared.errors import NotFound

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOfSomebody:
    job_id: uuid.UUID
    user_id: uuid.UUID
    kind: JobKind
    state: JobState
    attempts: int
    done: int
    total: int
    created_at: dt.datetime
    updated_at: dt.datetime
    next_retry_at: dt.datetime | None
    failure: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Work that gave up. ``message`` is known where a job of a user says why it is dead."""

    letter_id: int
    entrypoint: str
    attempts: int
    created_at: dt.datetime
    failed_at: dt.datetime
    code: str
    message: str | None
    user_id: uuid.UUID | None
    job_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOfSomebody:
    user_id: uuid.UUID
    connection_id: uuid.UUID
    source: SourceKind
    state: ConnectionState
    connected_at: dt.datetime
    last_attempt_at: dt.datetime | None
    last_success_at: dt.datetime | None
    next_sync_at: dt.datetime | None
    cooldown_until: dt.datetime | None
    error_code: str | None


@dataclass(frozen=True, slots=True)
class JobFilter:
    state: JobState | None = None
    kind: JobKind | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something, in which request."""

    administrator: uuid.UUID
    request_id: str | None


class AdministrationStore(Protocol):
    """Lists are newest first, at most ``limit``, older than ``after``."""

    async def jobs(self, wanted: JobFilter, limit: int, after: JobMark | None) -> Sequence[JobOfSomebody]: ...

    async def letters(self, limit: int, after: LetterMark | None) -> Sequence[Letter]: ...

    async def links(self, limit: int, after: ConnectionMark | None) -> Sequence[LinkOfSomebody]: ...

    async def retry(self, letter_id: int, deed: Deed) -> Standing:
        """Queue a dead letter again, with its record in the audit log; one that is queued already stays as it is.

        Raises Conflict.
        """
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """``has_more`` says that another page follows the last item."""

    items: Sequence[ItemT]
    has_more: bool

    @classmethod
    def of(cls, found: Sequence[ItemT], limit: int) -> Page[ItemT]:
        """From one item more than was asked for, if there is one."""
        return cls(found[:limit], len(found) > limit)


@dataclass(frozen=True, slots=True)
class Administration:
    store: AdministrationStore

    async def jobs(self, wanted: JobFilter, limit: int, after: JobMark | None) -> Page[JobOfSomebody]:
        return Page.of(await self.store.jobs(wanted, limit + 1, after), limit)

    async def letters(self, limit: int, after: LetterMark | None) -> Page[Letter]:
        return Page.of(await self.store.letters(limit + 1, after), limit)

    async def links(self, limit: int, after: ConnectionMark | None) -> Page[LinkOfSomebody]:
        return Page.of(await self.store.links(limit + 1, after), limit)

    async def retry(self, letter_id: int, deed: Deed) -> None:
        """Raises NotFound for what is no dead letter, or is done by now, and Conflict."""
        if await self.store.retry(letter_id, deed) is Standing.ABSENT:
            raise NotFound("There is no such dead letter; its work may be done by now.")
