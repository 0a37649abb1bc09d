"""What reading originals again needs from storage, and the values that go to and fro."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from services.garmin_ingest.domain.identity import Richness
from services.garmin_ingest.domain.imports import Arrival, Candidate, Failure, Job
from services.garmin_ingest.domain.ports import HeldActivities
from services.garmin_ingest.domain.reading import Reading
from services.garmin_ingest.domain.revision import AsStored


@dataclass(frozen=True, slots=True)
class ReplayFilter:
    """Which originals to read again. Without ``decoder`` those that a decoder of another version than today's read."""

    user_id: uuid.UUID | None = None
    decoder: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class ReplayItem:
    """An original of some user, at its place in the job."""

    position: int
    user_id: uuid.UUID
    sha256: bytes


@dataclass(frozen=True, slots=True)
class FirstComing:
    """How an original came in, as the ledger has it; ``zone`` is None where nobody knows any more."""

    arrival: Arrival
    zone: str | None
    packed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of an original that is known. ``stored`` is None for an activity that was deleted; ``is_shown`` says
    that the activity shows this original and not a richer one.
    """

    session_index: int
    activity_id: uuid.UUID
    attempt: str | None
    is_shown: bool
    named_by_garmin: bool
    richness: Richness
    stored: AsStored | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Revised:
    """An activity as it reads today. With ``takes_over`` it showed another recording until now."""

    activity_id: uuid.UUID
    candidate: Candidate
    takes_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    status: Literal["updated", "unchanged", "failed", "imported"]
    changes: tuple[str, ...] = ()
    activity_ids: tuple[uuid.UUID, ...] = ()
    failure: Failure | None = None


class HeldForReplay(HeldActivities, Protocol):
    """One transaction, while no import and no deletion of the user can run."""

    async def coming(self, sha256: bytes) -> FirstComing | None:
        """How the original came in; None where it is not kept any more."""
        ...

    async def sessions(self, sha256: bytes) -> Sequence[Session]: ...

    async def revise(self, revised: Sequence[Revised]) -> None:
        """Write the activities, with an event for each."""
        ...

    async def decoded(self, sha256: bytes, reading: Reading) -> None:
        """Enter in the ledger which decoder read the original and what it warned of, or why it could not."""
        ...

    async def let_go(self, sha256: bytes) -> None:
        """Queue the removal of an original that nothing living comes from."""
        ...

    async def finish(self, job: Job, item: ReplayItem, result: ReplayResult) -> None: ...


class ReplayStore(Protocol):
    async def add(self, job: Job, wanted: ReplayFilter, *, request_id: str | None) -> None:
        """Store a job with an item for each original that is wanted, on record, and enqueue its work."""
        ...

    async def pending(self, job: Job, limit: int) -> Sequence[ReplayItem]:
        """Items without a result, in order."""
        ...

    async def coming(self, user_id: uuid.UUID, sha256: bytes) -> FirstComing | None: ...

    def hold(self, user_id: uuid.UUID) -> AbstractAsyncContextManager[HeldForReplay]: ...
