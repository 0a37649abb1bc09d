"""What notifications need from outside: a place to wait, whole and then runner by runner."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from services.garmin_ingest.domain.garmin.models import Days
from services.garmin_ingest.domain.garmin.partner_ports import SummaryKind
from services.garmin_ingest.domain.imports import Failure


class IncomingPayload(Protocol):
    """A body being received."""

    async def write(self, data: bytes) -> None: ...

    async def keep(self) -> None:
        """Store it and queue its work, both or neither; one that is here already is kept once."""
        ...


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One element for one runner. ``subject`` is what it is about: those of one subject are worked off in order."""

    user_id: uuid.UUID
    account_hash: bytes
    position: int
    kind: str
    subject: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoticeMark:
    """A notice that waits: its place in the runner's line, and what it is about."""

    payload_id: uuid.UUID
    position: int
    kind: str
    subject: str
    account_hash: bytes


class PayloadStore(Protocol):
    def create(self) -> IncomingPayload: ...

    async def open(self, payload_id: uuid.UUID) -> Iterator[bytes] | None:
        """The body in pieces, each made when it is asked for; None where it has been worked off."""
        ...

    def spreading(self, payload_id: uuid.UUID) -> AbstractAsyncContextManager[Spreading]:
        """One transaction: what is added in it is there, with its jobs, when the block ends well."""
        ...


class Spreading(Protocol):
    async def add(self, notices: Sequence[NewNotice]) -> None:
        """Adding one twice is the same as once."""
        ...

    async def done(self, failure: Failure | None) -> None:
        """Let go of the body, or keep it with what is wrong with it."""
        ...


class NoticeStore(Protocol):
    def alone(self, user_id: uuid.UUID) -> AbstractAsyncContextManager[None]:
        """Raises ServiceOverloaded where somebody works on this runner's notices already."""
        ...

    async def waiting(self, user_id: uuid.UUID, payload_id: uuid.UUID) -> Sequence[NoticeMark]:
        """In the order in which they came. Of this payload also those that failed and may be tried again."""
        ...

    async def content(self, user_id: uuid.UUID, mark: NoticeMark) -> bytes: ...

    async def settle(self, user_id: uuid.UUID, mark: NoticeMark, outcome: str) -> None:
        """Write the outcome to the ledger and let go of the content."""
        ...

    async def fail(self, user_id: uuid.UUID, mark: NoticeMark, failure: Failure, *, final: bool) -> None:
        """Remember a failure; one that is ``final`` is in the ledger and its content is kept."""
        ...

    async def give_up(self, user_id: uuid.UUID, payload_id: uuid.UUID, failure: Failure) -> None:
        """Fail all of this payload that still wait; they may be tried again by hand."""
        ...


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    kind: SummaryKind
    days: Days


class BackfillStore(Protocol):
    async def plan(
        self, user_id: uuid.UUID, connection_id: uuid.UUID, requests: Sequence[BackfillRequest], *, again: bool
    ) -> None:
        """Those that failed wait again, and with ``again`` also those that Garmin has taken."""
        ...

    async def waiting(self, user_id: uuid.UUID, connection_id: uuid.UUID) -> Sequence[BackfillRequest]: ...

    async def taken(self, user_id: uuid.UUID, connection_id: uuid.UUID, request: BackfillRequest) -> None: ...

    async def failed(
        self, user_id: uuid.UUID, connection_id: uuid.UUID, request: BackfillRequest, code: str
    ) -> None: ...

    async def arrived(self, user_id: uuid.UUID, connection_id: uuid.UUID, kind: SummaryKind, day: dt.date) -> None:
        """Something of that day has come."""
        ...
