"""What a log-in needs from outside: a count of the earlier ones, and a way to the process that waits for its code."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from services.garmin_ingest.domain.garmin.ports import LogInKind


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a log-in was counted: not while the account cools down, and not before ``free_at``."""

    cooldown_until: dt.datetime | None = None
    free_at: dt.datetime | None = None


class LogInStore(Protocol):
    async def admit(
        self, login_hash: bytes, kind: LogInKind, *, at: dt.datetime, most: int, within: dt.timedelta
    ) -> Admission:
        """Count one log-in unless there were ``most`` within the time before; atomic under any number at once."""
        ...

    async def cool_down(self, login_hash: bytes, until: dt.datetime) -> None:
        """Never shortens a cool-down."""
        ...

    async def cooldown_until(self, login_hash: bytes, *, at: dt.datetime) -> dt.datetime | None: ...


ChallengeState = Literal["waiting", "answered", "taken", "done"]


@dataclass(frozen=True, slots=True)
class Challenge:
    """Where a log-in with a code stands. ``outcome`` is JSON of the code number ``attempt``, once that is settled."""

    state: ChallengeState
    attempt: int
    outcome: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AnsweredChallenge:
    challenge_id: uuid.UUID
    attempt: int
    code: str = field(repr=False)


class ChallengeStore(Protocol):
    """Passes the code of a log-in to the process that holds it, and the outcome back."""

    async def open(
        self, challenge_id: uuid.UUID, user_id: uuid.UUID, *, owner_id: uuid.UUID, expires_at: dt.datetime
    ) -> None: ...

    async def answer(self, challenge_id: uuid.UUID, user_id: uuid.UUID, code: str, *, now: dt.datetime) -> int | None:
        """The number of this code; None unless the challenge is this user's, waits, and has time left."""
        ...

    async def look(self, challenge_id: uuid.UUID, user_id: uuid.UUID) -> Challenge | None: ...

    async def take_answered(self, owner_id: uuid.UUID) -> list[AnsweredChallenge]:
        """The codes that have come for this process, each given once."""
        ...

    async def settle(self, challenge_id: uuid.UUID, outcome: Mapping[str, Any], *, again: bool) -> None:
        """Give the outcome of the code that was taken; ``again`` lets another code be tried."""
        ...

    async def drop(self, challenge_id: uuid.UUID) -> None: ...

    async def sweep(self, before: dt.datetime) -> None:
        """Remove challenges that expired before then, whoever held them."""
        ...
