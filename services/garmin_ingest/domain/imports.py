"""What an import is made of: files on their way in, what is known already, and what becomes of each."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from services.garmin_ingest.domain.identity import Outline, Richness
from services.garmin_ingest.domain.models import Road
from services.garmin_ingest.domain.packing import PackedActivity

SourceName = Literal["upload", "connect_credentials", "personal_api_key", "official_partner"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has arrived and lies in a folder of ours until the import is done with it."""

    file_name: str
    path: Path
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a file comes in: by hand, or from a Garmin account that calls it ``source_id``, and today ``name`` and
    ``sport``.

    ``attempt`` names the job item that brings it, so that a repeated delivery knows its own work again. With a
    ``connection_id`` it is taken only while the runner has this link to Garmin.
    """

    source: SourceName = "upload"
    source_id: str | None = None
    account_hash: bytes | None = None
    name: str | None = None
    attempt: str | None = None
    sport: str | None = None
    sub_sport: str | None = None
    connection_id: uuid.UUID | None = None

    @property
    def road(self) -> Road:
        return "upload" if self.source == "upload" else "sync"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a recording comes from; ``packed`` says that its file is a .gz."""

    content_sha256: bytes
    packed: bool = False
    arrival: Arrival = Arrival()


DeletedBy = Literal["runner", "source", "disconnection"]


@dataclass(frozen=True, slots=True)
class Known:
    """An activity that the runner has, or had, and that a new recording may be.

    ``same_source`` says that the source has brought it before, ``shows_source`` that what is kept of it is from there.
    """

    activity_id: uuid.UUID
    outline: Outline
    richness: Richness
    deleted_by: DeletedBy | None
    same_content: bool
    same_source: bool
    same_attempt: bool
    shows_source: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """An activity that certain bytes gave, and the attempt that brought them, if it made or changed it."""

    activity_id: uuid.UUID
    attempt: str | None


class Verdict(enum.Enum):
    """What to do with a recording."""

    ADD = "add"
    REPLACE = "replace"
    """It is richer than what is there, or what is there was deleted and is brought back by hand."""
    REMEMBER = "remember"
    """It is another recording of a known activity, and not a richer one: only the fact is kept."""
    NOTHING = "nothing"
    STAY_DELETED = "stay_deleted"


@dataclass(frozen=True, slots=True)
class Decision:
    """``activity_id`` is the known activity it is about, None for ADD. ``repeated`` says this attempt did it before,
    ``edited`` that Garmin has changed what it gave before.
    """

    verdict: Verdict
    activity_id: uuid.UUID | None = None
    repeated: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording together with what decides its fate."""

    activity: PackedActivity
    outline: Outline
    richness: Richness
    origin: Origin


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    message: str


FileStatus = Literal["imported", "duplicate", "skipped", "failed", "updated", "removed", "unchanged"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. ``activity_ids`` has one per session; ``kind`` says what a skipped file is.

    ``changes`` say what is different of an original of ``subject`` that was read again.
    """

    file_name: str
    status: FileStatus
    activity_ids: tuple[uuid.UUID, ...] = ()
    failure: Failure | None = None
    kind: str | None = None
    changes: tuple[str, ...] = ()
    subject: uuid.UUID | None = None


JobMark = tuple[dt.datetime, uuid.UUID]
"""When a job was created, and its id: its place in the list of jobs."""

JobKind = Literal["import", "sync", "replay", "removal"]
JobState = Literal["queued", "running", "succeeded", "failed", "dead"]


@dataclass(frozen=True, slots=True)
class Job:
    """Work that outlives its request. ``zone`` is the runner's at the time; ``done`` and ``total`` count items, and
    ``counts`` those done by status; ``results`` are of finished ones, of a job read back only those that its reader
    asked for.

    ``failure`` says why a dead job gave up. A sync works for one connection and no other, on the days from
    ``first_day`` to ``last_day`` where it was asked for some.
    """

    job_id: uuid.UUID
    user_id: uuid.UUID
    state: JobState
    zone: str
    attempts: int
    done: int
    total: int
    results: tuple[FileResult, ...]
    created_at: dt.datetime
    next_retry_at: dt.datetime | None = None
    failure: Failure | None = None
    kind: JobKind = "import"
    connection_id: uuid.UUID | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file that came with a request, and whether its content is a ZIP."""

    upload: Upload
    is_zip: bool


@dataclass(frozen=True, slots=True)
class JobItem:
    """One file of a job still to be done: an upload, or (``entry``) a part of a ZIP; entries of nested ZIPs are
    separated by slashes.
    """

    position: int
    upload: Upload
    entry: str | None
    is_zip: bool
