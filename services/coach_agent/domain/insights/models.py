"""What the coach is told, what it advises for a day, and what it remembers."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.facts import Fact, Mark, Passage
from services.coach_agent.domain.fitness.models import Light


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


class Subject(enum.StrEnum):
    """What can be evaluated: the advice of a day, or an answer in a conversation."""

    INSIGHT = "insight"
    ANSWER = "answer"


class Verdict(enum.StrEnum):
    HELPFUL = "helpful"
    WRONG = "wrong"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Memory:
    """A sentence the coach keeps about the runner with the facts in it, from the events named by ``source``."""

    memory_id: uuid.UUID
    kind: str
    passage: Passage
    first_day: dt.date | None
    last_day: dt.date | None
    source: str

    @property
    def text(self) -> str:
        return self.passage.text


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke for the advice, with its sentence as the runner reads it."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Insight:
    """The advice for one day: the same data always give the same one, under the same id.

    ``advice`` is a kind of workout, ``rest`` included. ``rule`` decided; ``reasons`` begin with it. Each number in
    ``text`` and in the reasons is one of ``facts``; ``marks`` are of ``text``.
    """

    insight_id: uuid.UUID
    day: dt.date
    rule: str
    advice: str
    duration_s: float | None
    text: str
    reasons: tuple[Reason, ...]
    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...]
    workout_id: uuid.UUID | None
    light: Light
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a runner thought of an insight or of an answer (``subject``); ``rule`` is what had decided it."""

    evaluation_id: uuid.UUID
    user_id: uuid.UUID
    insight_id: uuid.UUID
    subject: Subject
    rule: str
    verdict: Verdict
    text: str | None
    evaluated_at: dt.datetime
