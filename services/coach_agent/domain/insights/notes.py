"""What the runner tells the coach about their life: it constrains plans and answers until it is closed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.insights.models import ContextNote, NoteKind
from services.coach_agent.domain.insights.ports import NoteStore
from services.coach_agent.domain.runner import Runner
from shared.clock import Clock
from shared.errors import Conflict, ValidationFailed
from shared.ids import uuid7

LONGEST_TEXT = 1000
# A note further away says nothing about training now, and is more likely a slip of the year.
_FURTHEST = dt.timedelta(days=730)
# More than a runner has going on at once; past it, a client is writing in a loop.
_MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class NewNote:
    """``last_day`` is None for as long as the runner does not know when it ends."""

    kind: NoteKind
    text: str
    first_day: dt.date
    last_day: dt.date | None


@dataclass(frozen=True, slots=True)
class Notes:
    store: NoteStore
    clock: Clock

    async def add(self, runner: Runner, new: NewNote) -> ContextNote:
        """Raises ValidationFailed for days in the wrong order or far away, Conflict past 50 open notes."""
        _check_days(new.first_day, new.last_day, runner.today)
        if await self.store.count_open(runner.user_id, runner.today) >= _MOST_OPEN:
            raise Conflict("There are fifty open notes already. Close or delete one that no longer holds.")
        last_day = _last_day(new.kind, new.first_day, new.last_day)
        note = ContextNote(uuid7(), new.kind, new.text, new.first_day, last_day, self.clock.now())
        await self.store.add(runner.user_id, note)
        return note

    async def end(self, runner: Runner, note_id: uuid.UUID, last_day: dt.date | None) -> ContextNote:
        """Set the last day on which a note holds; None opens it again. Raises NotFound, ValidationFailed."""

        def decide(note: ContextNote) -> ContextNote:
            # What is over before it began was noted by mistake; the day before its first closes it for good.
            earliest = note.first_day - dt.timedelta(days=1)
            if last_day is not None and last_day < earliest:
                raise ValidationFailed.of_field("to", f"must not be before {earliest}")
            if last_day is not None and last_day - runner.today > _FURTHEST:
                raise ValidationFailed.of_field("to", "must be within two years of today")
            return dataclasses.replace(note, last_day=_last_day(note.kind, note.first_day, last_day))

        return await self.store.change(runner.user_id, note_id, decide)

    async def delete(self, runner: Runner, note_id: uuid.UUID) -> None:
        """Raises NotFound."""
        await self.store.delete(runner.user_id, note_id)

    async def page(
        self, runner: Runner, *, open_only: bool, before: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[ContextNote], uuid.UUID | None]:
        """The latest noted first, and where the next page begins."""
        since = runner.today if open_only else None
        return await self.store.page(runner.user_id, not_over_before=since, before=before, limit=limit)


def _last_day(kind: NoteKind, first_day: dt.date, last_day: dt.date | None) -> dt.date | None:
    """A race of which no last day is said is run on its first; everything else holds until it is closed."""
    return first_day if kind is NoteKind.RACE and last_day is None else last_day


def _check_days(first: dt.date, last: dt.date | None, today: dt.date) -> None:
    if abs(first - today) > _FURTHEST:
        raise ValidationFailed.of_field("from", "must be within two years of today")
    if last is not None and last < first:
        raise ValidationFailed.of_field("to", "must not be before 'from'")
    if last is not None and last - today > _FURTHEST:
        raise ValidationFailed.of_field("to", "must be within two years of today")
