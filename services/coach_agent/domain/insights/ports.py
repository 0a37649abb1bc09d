"""What insights need from outside."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Protocol

from services.coach_agent.domain.insights.models import ContextNote


class NoteReader(Protocol):
    """The runner's notes as the plan and the answers read them."""

    async def holding_on(self, user_id: uuid.UUID, day: dt.date) -> Sequence[ContextNote]:
        """The notes that hold on a local day, the oldest first."""
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
