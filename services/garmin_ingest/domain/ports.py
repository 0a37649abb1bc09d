"""What garmin_ingest needs from outside, as it wishes it were."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from services.garmin_ingest.domain.formats.archive import Entry
from services.garmin_ingest.domain.import_plan import Plan
from services.garmin_ingest.domain.imports import Arrival, Failure, Job, JobItem, JobMark, JobState, Source, Upload
from services.garmin_ingest.domain.intake import Intake, LedgerRow
from services.garmin_ingest.domain.reading import Reading
from services.garmin_ingest.domain.roster import Roster
from services.garmin_ingest.domain.stored import ActivitySummary, ListFilter, StoredActivity
from services.garmin_ingest.domain.streams import Streams
from shared.errors import ServiceError


class HeldActivities(Protocol):
    """What one runner has, while no other import and no deletion of theirs can run."""

    async def roster(self, intakes: Sequence[Intake]) -> Roster:
        """All that the files may be: what began about then, gave the same bytes, or has the same name at its source.

        Raises GarminNotConnected for an arrival over a link that is gone.
        """
        ...

    async def recognise(self, sha256: bytes, arrival: Arrival) -> bool:
        """Remember that bytes which are here came by another road too, under the name and type they have at Garmin;
        whether that changed an activity. To be called after ``roster``.
        """
        ...

    async def write(self, plan: Plan) -> None:
        """Write the changes with their events, the ledger and the outcomes of items."""
        ...


class ActivityStore(Protocol):
    def hold(self, user_id: uuid.UUID) -> AbstractAsyncContextManager[HeldActivities]:
        """One transaction, one holder of a user at a time; all that was written is kept when the block ends well."""
        ...

    async def with_contents(self, user_id: uuid.UUID, sha256s: Sequence[bytes]) -> Mapping[bytes, Sequence[Source]]:
        """What each of these bytes gave, in the order of the file; only where it gave something and all of it lives."""
        ...

    async def page(self, user_id: uuid.UUID, wanted: ListFilter) -> list[ActivitySummary]:
        """Newest first, at most ``wanted.limit``."""
        ...

    async def get(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> StoredActivity | None: ...

    async def streams(self, user_id: uuid.UUID, activity_id: uuid.UUID, names: Sequence[str] | None) -> Streams | None:
        """Those of the named signals that the activity has (all of them for None)."""
        ...

    async def delete(self, user_id: uuid.UUID, activity_id: uuid.UUID) -> bool:
        """Forget an activity but for the marks it would be recognised by; whether there was a living one.

        Its original is removed by a job of the same transaction.
        """
        ...

    async def follow_removal(self, user_id: uuid.UUID, source_id: str) -> list[uuid.UUID]:
        """Delete what Garmin has no more, unless it also came by hand or from elsewhere; which activities that were."""
        ...

    async def remove_unused(self, user_id: uuid.UUID, sha256: bytes, remove: Callable[[], Awaitable[None]]) -> None:
        """Await ``remove`` while no import can run, unless a living activity comes from these bytes."""
        ...


class JobStore(Protocol):
    async def add(self, job: Job, items: Sequence[JobItem]) -> None:
        """Store a job and enqueue its work, both or neither. Results that it has already count as done."""
        ...

    async def get(self, user_id: uuid.UUID, job_id: uuid.UUID, *, results: int = 0) -> Job | None:
        """The job with at most so many results of failed items, and as many of the newest of all."""
        ...

    async def page(self, user_id: uuid.UUID, limit: int, after: JobMark | None, *, results: int) -> list[Job]:
        """Jobs older than ``after``, newest first, each as ``get`` gives it."""
        ...

    async def pending(self, job: Job, *, is_zip: bool, after: int = -1, limit: int = 100) -> list[JobItem]:
        """ZIPs or other files without a result, in order, behind the position ``after``."""
        ...

    async def uploads(self, user_id: uuid.UUID, job_id: uuid.UUID) -> list[Upload]:
        """The files that the job came with."""
        ...

    async def wanted(self) -> set[Path]:
        """The files of all jobs of all users that have not succeeded: they are waited for, or may be queued again."""
        ...

    async def expand(self, job: Job, item: JobItem, entries: Sequence[Entry], row: LedgerRow) -> None:
        """Replace a ZIP by its entries, and enter it in the ledger; doing it twice is the same as once."""
        ...

    async def set_state(self, job: Job, state: JobState, *, attempts: int, failure: Failure | None = None) -> None: ...


class OriginalStore(Protocol):
    """All raise UpstreamUnavailable while it is away, and ``keep`` ServiceOverloaded where it is full."""

    async def keep(self, user_id: uuid.UUID, sha256: bytes, file: Path) -> None:
        """Keep a copy of ``file``; when this returns it will survive a loss of power. Twice is the same as once."""
        ...

    async def keep_many(self, user_id: uuid.UUID, files: Mapping[bytes, Path]) -> None:
        """Keep each file under its hash, in less time than one by one; some may be kept where this raises."""
        ...

    def read(self, user_id: uuid.UUID, sha256: bytes) -> AsyncIterator[bytes]:
        """The bytes in pieces. Raises NotFound."""
        ...

    async def remove(self, user_id: uuid.UUID, sha256: bytes) -> None: ...

    async def remove_all(self, user_id: uuid.UUID) -> None:
        """Forget every original of the user."""
        ...


class IncomingFile(Protocol):
    """A file being received; ``size`` bytes of it so far. End it with ``close`` or ``discard``."""

    size: int
    file_name: str

    async def write(self, data: bytes) -> None:
        """Raises ServiceOverloaded where there is no room for it."""
        ...

    async def close(self) -> Upload:
        """The finished file, on disk. Raises as ``write`` does."""
        ...

    async def discard(self) -> None:
        """Remove what has arrived."""
        ...


class IncomingStore(Protocol):
    async def create(self, user_id: uuid.UUID, file_name: str) -> IncomingFile: ...

    async def remove(self, *uploads: Upload) -> None:
        """Remove what is still there."""
        ...

    async def sweep(self, *, older_than: dt.timedelta, keep: Collection[Path]) -> None:
        """Remove what a process that died left behind, but for ``keep``."""
        ...


class Archives(Protocol):
    """The ZIPs of one job, read off the event loop."""

    async def entries(self, zip_file: Upload, inside: str | None) -> list[Entry]:
        """What may be recordings in the ZIP, or in the ZIP ``inside`` it; keys are those that ``extract`` takes.

        Raises ActivityFileInvalid, and NotFound where the ZIP is no longer there.
        """
        ...

    async def extract(self, entries: Sequence[tuple[Upload, str]]) -> list[Upload | ServiceError]:
        """Unpack entries, given by their ZIP and key, into files that are there until they are let go.

        One that cannot be unpacked gives what ``entries`` raises.
        """
        ...

    async def let_go(self, uploads: Sequence[Upload]) -> None: ...


class Worker(Protocol):
    """Whoever runs a job that is done in parts."""

    @property
    def is_stopping(self) -> bool:
        """Whether what is left had better be handed back."""
        ...

    async def note_progress(self) -> None:
        """Learn that a part is done for good. A job that never gets on is taken for one that kills its workers."""
        ...


class RecordingReader(Protocol):
    async def read(self, file: Path, zone_name: str) -> Reading:
        """Decode a file off the event loop."""
        ...
