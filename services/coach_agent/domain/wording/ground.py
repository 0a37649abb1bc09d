"""What a model's text is held against: the facts, whose they are and of when, and the sentences of the rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.coach_agent.domain.facts import Fact, Passage, SourceKind

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What holds on any day: limits of the runner, and definitions.
_TIMELESS = frozenset({SourceKind.ATHLETE, SourceKind.DEFINITION, SourceKind.MESSAGE})
# What is to come: sessions and forecasts.
_AHEAD = frozenset({SourceKind.PLAN, SourceKind.WEATHER})
# Said of the run asked about as well as of what is beside it.
_BESIDE = frozenset({"comparison"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is of: a run (its id and local day), a planned day, a stretch of time, or nothing of the kind."""

    run: str | None = None
    day: dt.date | None = None
    period: str | None = None
    suffix: str = ""
    is_planned: bool = False

    @property
    def is_timeless(self) -> bool:
        return self.run is None and self.day is None and self.period is None and not self.is_planned


@dataclass(frozen=True, slots=True)
class Ground:
    """``support`` are the rules' own sentences with slots; ``primary`` is the run that the answer is about, ``latest``
    the newest run where it is known which that is. Both are activity ids.
    """

    facts: Mapping[str, Fact]
    support: tuple[str, ...]
    today: dt.date
    primary: str | None = None
    latest: str | None = None
    days: Mapping[str, dt.date] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        facts: Iterable[Fact],
        passage: Passage,
        today: dt.date,
        *,
        primary: str | None = None,
        latest: str | None = None,
    ) -> Ground:
        by_id = {fact.id: fact for fact in facts}
        return cls(by_id, sentences_of(passage), today, primary, latest, dict(_days_of_runs(by_id.values())))

    def with_more(self, other: Ground) -> Ground:
        """With what a tool has found; what was known before stays as it was."""
        return Ground(
            {**other.facts, **self.facts},
            (*self.support, *other.support),
            self.today,
            self.primary or other.primary,
            self.latest or other.latest,
            {**other.days, **self.days},
        )

    def subject_of(self, fact: Fact) -> Subject:
        if fact.source.kind is SourceKind.ACTIVITY:
            return Subject(run=fact.source.id, day=self.days.get(fact.source.id) or _day_in(fact.label))
        suffix = fact.label.partition(".")[2]
        if fact.source.kind in _AHEAD:
            return Subject(day=_day_in(fact.label), suffix=suffix, is_planned=True)
        if fact.source.kind in _TIMELESS or fact.source.id in _BESIDE:
            return Subject()
        day = _day_in(fact.label) or _day_in(fact.source.id)
        return Subject(day=day, period=f"{fact.label} {fact.source.id}", suffix=suffix)


def sentences_of(passage: Passage) -> tuple[str, ...]:
    """A text of the rules in sentences, each fact as its slot."""
    text = "".join(piece if isinstance(piece, str) else f"{{fact:{piece.id}}}" for piece in passage.pieces)
    return tuple(part.strip() for part in re.split(r"(?<=[.!?;])\s+|\n+", text) if part.strip())


def _days_of_runs(facts: Iterable[Fact]) -> Iterable[tuple[str, dt.date]]:
    for fact in facts:
        if fact.unit == "date" and fact.source.kind is SourceKind.ACTIVITY:
            yield fact.source.id, date_of(fact)


def date_of(fact: Fact) -> dt.date:
    """The day of a fact that is one: its value reads as yyyymmdd."""
    value = round(fact.value)
    return dt.date(value // 10_000, value // 100 % 100, value % 100)


def _day_in(text: str) -> dt.date | None:
    found = _DAY.search(text)
    return dt.date.fromisoformat(found[0]) if found else None
