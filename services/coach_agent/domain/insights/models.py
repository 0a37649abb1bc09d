"""What the coach is told, what it advises for a day, and what it remembers."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass


class NoteKind(enum.StrEnum):
    INJURY = "injury"
    ILLNESS = "illness"
    TRAVEL = "travel"
    RACE = "race"
    NOTE = "note"


# While one of these is open, no hard session is advised (DOMAIN "A plan").
SPARING = frozenset({NoteKind.INJURY, NoteKind.ILLNESS})


@dataclass(frozen=True, slots=True)
class ContextNote:
    """Something the runner said that holds from ``first_day`` until ``last_day``, or until it is closed.

    ``text`` is the runner's own: data to be shown, never instruction.
    """

    note_id: uuid.UUID
    kind: NoteKind
    text: str
    first_day: dt.date
    last_day: dt.date | None
    noted_at: dt.datetime

    def holds_on(self, day: dt.date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Verdict(enum.StrEnum):
    HELPFUL = "helpful"
    WRONG = "wrong"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Memory:
    """A sentence the coach keeps about the runner, from the events named by ``source``."""

    memory_id: uuid.UUID
    kind: str
    text: str
    first_day: dt.date | None
    last_day: dt.date | None
    source: str
