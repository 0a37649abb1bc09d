"""What insights need from outside."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Protocol

from services.coach_agent.domain.insights.models import ContextNote, Evaluation, Insight, Verdict


class NoteReader(Protocol):
    """The runner's notes as the plan and the answers read them."""

    async def holding_on(self, user_id: uuid.UUID, day: dt.date) -> Sequence[ContextNote]:
        """The notes that hold on a local day, the oldest first."""
        ...

    async def not_over_before(self, user_id: uuid.UUID, day: dt.date) -> Sequence[ContextNote]:
        """The notes that hold on ``day`` or later, also those yet to begin, the oldest first."""
        ...


class NoteStore(NoteReader, Protocol):
    async def add(self, user_id: uuid.UUID, note: ContextNote) -> None: ...

    async def count_open(self, user_id: uuid.UUID, day: dt.date) -> int:
        """Notes that hold on ``day`` or later."""
        ...

    async def change(
        self, user_id: uuid.UUID, note_id: uuid.UUID, decide: Callable[[ContextNote], ContextNote]
    ) -> ContextNote:
        """Store what ``decide`` makes of the note. Raises NotFound, and what ``decide`` does."""
        ...

    async def delete(self, user_id: uuid.UUID, note_id: uuid.UUID) -> None:
        """Raises NotFound."""
        ...

    async def page(
        self, user_id: uuid.UUID, *, not_over_before: dt.date | None, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[ContextNote], uuid.UUID | None]: ...


class InsightStore(Protocol):
    async def keep(self, user_id: uuid.UUID, insight: Insight) -> None:
        """Store an insight; one kept under the same id stays as it is."""
        ...

    async def on(self, user_id: uuid.UUID, day: dt.date) -> Insight | None:
        """The latest advice that was given for a day."""
        ...

    async def get(self, user_id: uuid.UUID, insight_id: uuid.UUID) -> Insight | None: ...


class EvaluationStore(Protocol):
    async def keep(self, evaluation: Evaluation) -> None:
        """Store; it takes the place of an earlier one of the same user about the same thing."""
        ...

    async def page(
        self, *, verdict: Verdict | None, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[Evaluation], uuid.UUID | None]:
        """Of all users, the latest first, and where the next page begins."""
        ...


class ForgottenStore(Protocol):
    """The ids of what a runner had the coach forget: nothing of what it said."""

    async def ids(self, user_id: uuid.UUID) -> frozenset[uuid.UUID]: ...

    async def add(self, user_id: uuid.UUID, memory_id: uuid.UUID) -> None: ...
