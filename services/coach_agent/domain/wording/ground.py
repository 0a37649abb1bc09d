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
# Said of the run asked about as well as of what is beside it.
_BESIDE = frozenset({"comparison"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is of: a run (its id and local day), a planned day, a stretch of time, or nothing of the kind."""

    run: str | None = None
    day: dt.date | None = None
    period: str | None = None
    is_planned: bool = False

    @property
    def is_timeless(self) -> bool:
        return self.run is None and self.day is None and self.period is None and not self.is_planned


@dataclass(frozen=True, slots=True)
class Ground:
    """``primary`` is the run that the answer is about; ``support`` the rules' own sentences, with slots."""

    facts: Mapping[str, Fact]
    support: tuple[str, ...]
    today: dt.date
    primary: str | None = None
    primary_is_latest: bool = False
    days: Mapping[str, dt.date] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        facts: Iterable[Fact],
        passages: Iterable[Passage],
        today: dt.date,
        *,
        primary: str | None,
        primary_is_latest: bool,
    ) -> Ground:
        by_id = {fact.id: fact for fact in facts}
        support = tuple(sentence for passage in passages for sentence in _sentences(passage))
        return cls(by_id, support, today, primary, primary_is_latest, dict(_days_of_runs(by_id.values())))

    def with_more(self, facts: Iterable[Fact], passage: Passage) -> Ground:
        """With what a tool has found."""
        by_id = {**{fact.id: fact for fact in facts}, **self.facts}
        return Ground(
            by_id,
            (*self.support, *_sentences(passage)),
            self.today,
            self.primary,
            self.primary_is_latest,
            dict(_days_of_runs(by_id.values())),
        )

    def subject_of(self, fact: Fact) -> Subject:
        if fact.source.kind is SourceKind.ACTIVITY:
            return Subject(run=fact.source.id, day=self.days.get(fact.source.id) or _day_in(fact.label))
        if fact.source.kind is SourceKind.PLAN:
            return Subject(day=_day_in(fact.label), is_planned=True)
        if fact.source.kind in _TIMELESS or fact.source.id in _BESIDE:
            return Subject()
        day = _day_in(fact.label) or _day_in(fact.source.id)
        return Subject(day=day, period=f"{fact.label} {fact.source.id}")


def _sentences(passage: Passage) -> list[str]:
    text = "".join(piece if isinstance(piece, str) else f"{{fact:{piece.id}}}" for piece in passage.pieces)
    return [part.strip() for part in re.split(r"(?<=[.!?;])\s+|\n+", text) if part.strip()]


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
