"""What a sync needs from outside, beside the ports of the link itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from services.garmin_ingest.domain.garmin.models import Connection, Days, RemoteActivity
from services.garmin_ingest.domain.imports import Failure, FileResult, Job

RemoteState = Literal["imported", "skipped", "failed", "removed"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of an activity at Garmin when it was last looked at; ``failures`` in a row."""

    digest: bytes
    state: RemoteState
    failures: int


class SyncLog(Protocol):
    """What a sync writes about itself; each is ignored where the user has another connection by now."""

    async def began(self, connection: Connection, at: dt.datetime) -> None: ...

    async def covered(self, connection: Connection, days: Days) -> None: ...

    async def succeeded(self, connection: Connection, at: dt.datetime, *, next_sync_at: dt.datetime) -> None: ...

    async def failed(
        self,
        connection: Connection,
        failure: Failure,
        *,
        cooldown_until: dt.datetime | None = None,
        broken: bool = False,
    ) -> None:
        """A broken connection is not synced again; one that cools down is, when that is over."""
        ...


class RemoteActivities(Protocol):
    """What Garmin was last seen to have, and what this sync does with it."""

    async def seen(self, connection: Connection, source_ids: Sequence[str]) -> Mapping[str, Seen]: ...

    async def kept(self, connection: Connection, days: Days) -> list[RemoteActivity]:
        """Those that began on these days and that Garmin still had; named by their day, without what is not kept."""
        ...

    async def failed_days(self, connection: Connection, *, fewer_than: int) -> list[Days]:
        """The days of activities that failed, but fewer than so many times."""
        ...

    async def plan(self, job: Job, activities: Sequence[RemoteActivity]) -> None:
        """Make them items of the job, those that are not yet. Raises GarminNotConnected as ``settle`` does."""
        ...

    async def settle(
        self, job: Job, connection: Connection, activity: RemoteActivity, result: FileResult, *, state: RemoteState
    ) -> None:
        """Write down what became of one, as an item of the job and for the next sync.

        Raises GarminNotConnected where the user has another connection by now.
        """
        ...


class Turn(Protocol):
    def require(self) -> None:
        """Raises UpstreamUnavailable where somebody else may have the turn by now."""
        ...


class Turns(Protocol):
    def take(self, user_id: uuid.UUID) -> AbstractAsyncContextManager[Turn | None]:
        """The user's turn, which one process has at a time and which ends with it; None while another has it."""
        ...


class SyncJobs(Protocol):
    async def request(
        self, connection: Connection, days: Days | None, *, quiet_since: dt.datetime, most_waiting: int
    ) -> uuid.UUID:
        """The job that does this: a new one, one that waits or runs for the same days, or, where none are named, one
        made after ``quiet_since``. Raises RateLimited where too many wait.
        """
        ...

    async def queue_due(self, now: dt.datetime, *, limit: int, next_sync_at: Callable[[], dt.datetime]) -> int:
        """Queue the syncs that are due, each once whoever asks, and how many connections that were."""
        ...

    async def reached(self, job: Job, day: dt.date) -> None:
        """Everything from this day on is done."""
        ...

    async def where(self, job: Job) -> dt.date | None:
        """The day that ``reached`` was told last."""
        ...

    async def forget_old(self, user_id: uuid.UUID, *, before: dt.datetime) -> None:
        """Remove syncs that ended well before then, and all that is known of them."""
        ...
