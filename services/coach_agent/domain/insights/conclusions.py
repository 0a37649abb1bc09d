"""Conclusions about a runner: phases of training, injuries and illnesses, races, and habits.

Each has an id made of what it is about, so that the same conclusion keeps its id while its figures grow.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.insights.models import ContextNote, Memory, NoteKind
from services.coach_agent.domain.insights.phases import Phase, phases_of

HABIT_WEEKS = 12
# A weekday is a habit when the runner ran on it in half of the weeks or more.
_HABIT_SHARE = 0.5
_RUNS_FOR_A_HABIT = 12
_PHASES_TOLD = 8
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_NOTE_WORDS = {NoteKind.INJURY: "an injury", NoteKind.ILLNESS: "an illness"}


@dataclass(frozen=True, slots=True)
class _Subject:
    user_id: uuid.UUID
    units: Units
    today: dt.date

    def memory(self, kind: str, key: str, template: str, book: FactBook, days: tuple[dt.date | None, ...]) -> Memory:
        first, last = days
        memory_id = uuid.uuid5(self.user_id, f"memory {kind} {key}")
        return Memory(memory_id, kind, book.compose(template), first, last, source=kind)


def conclude(
    user_id: uuid.UUID, history: History, notes: Sequence[ContextNote], *, units: Units, today: dt.date
) -> tuple[Memory, ...]:
    """Everything worth remembering, the latest first; empty for a runner of whom nothing is known."""
    subject = _Subject(user_id, units, today)
    found = [*_habits(subject, history), *_of_notes(subject, history, notes), *_phases(subject, history)]
    return tuple(sorted(found, key=lambda memory: (memory.last_day or today, str(memory.memory_id)), reverse=True))


def _phases(subject: _Subject, history: History) -> Iterator[Memory]:
    for phase in phases_of(history, subject.today)[-_PHASES_TOLD:]:
        book, source = FactBook(subject.units), Source(SourceKind.FITNESS, "phases")
        book.date("first", phase.first_day, source)
        book.date("last", phase.last_day, source)
        book.distance("weekly", phase.weekly_distance_m, source)
        yield subject.memory(
            "phase", str(phase.first_day), _phase_words(phase), book, (phase.first_day, phase.last_day)
        )


def _phase_words(phase: Phase) -> str:
    if phase.is_break:
        return "From {first} to {last} you did not run."
    return "From {first} to {last} you ran about {weekly} a week."


def _of_notes(subject: _Subject, history: History, notes: Sequence[ContextNote]) -> Iterator[Memory]:
    """Injuries, illnesses and races. What the runner wrote stays in the note and is not repeated here."""
    for note in notes:
        book, source = FactBook(subject.units), Source(SourceKind.MESSAGE, str(note.note_id))
        book.date("first", note.first_day, source)
        days = (note.first_day, note.last_day)
        if note.kind in _NOTE_WORDS:
            template = f"You noted {_NOTE_WORDS[note.kind]} on {{first}}, and it is still open."
            if note.last_day is not None:
                book.date("last", note.last_day, source)
                template = f"You had {_NOTE_WORDS[note.kind]} from {{first}} to {{last}}."
            yield subject.memory(str(note.kind), str(note.note_id), template, book, days)
        elif note.kind is NoteKind.RACE and note.first_day <= subject.today:
            raced = _race_run(history, note.first_day)
            if raced is None:
                continue
            activity = Source(SourceKind.ACTIVITY, str(history.activity_ids[raced]))
            book.distance("distance", float(history.distance_m[raced]), activity)
            book.duration("duration", float(history.timer_s[raced]), activity)
            template = "You raced on {first}: {distance} in {duration}."
            yield subject.memory("race", str(note.note_id), template, book, (note.first_day, note.first_day))


def _race_run(history: History, day: dt.date) -> int | None:
    """The longest run of a day; None where none has a distance and a time."""
    on_day = np.flatnonzero(
        (history.day == day.toordinal())
        & history.is_run
        & np.isfinite(history.distance_m)
        & np.isfinite(history.timer_s)
    )
    return int(on_day[np.argmax(history.distance_m[on_day])]) if on_day.size else None


def _habits(subject: _Subject, history: History) -> Iterator[Memory]:
    """The last twelve weeks: which weekdays, how often, how long."""
    since = subject.today - dt.timedelta(weeks=HABIT_WEEKS)
    recent = history.is_run & (history.day > since.toordinal())
    days = np.unique(history.day[recent])
    if days.size < _RUNS_FOR_A_HABIT:
        return
    book, source = FactBook(subject.units), Source(SourceKind.FITNESS, "habits")
    book.number("perWeek", days.size / HABIT_WEEKS, "runs/week", source, decimals=1)
    lasting = history.moving_s[recent]
    if np.isfinite(lasting).any():
        book.duration("usual", float(np.nanmedian(lasting)), source)
    # Ordinal 1, the first of January of year 1, was a Monday.
    counts = np.bincount((days - 1) % 7, minlength=7)
    usual = [name for name, count in zip(_WEEKDAYS, counts, strict=True) if count >= _HABIT_SHARE * HABIT_WEEKS]
    template = "You run about {perWeek} times a week"
    template += f", mostly on {_listed(usual)}" if 0 < len(usual) < 7 else ""
    template += ", for {usual} at a time." if "usual" in book else "."
    yield subject.memory("habit", "week", template, book, (since + dt.timedelta(days=1), subject.today))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
