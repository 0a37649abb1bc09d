"""Facts, sentences made of facts, and the check that no number in a finished text is anything else.

A sentence is written with ``{label}`` slots and never with digits of its own. What leaves is checked once more as
plain text, as a reader would: each number in it must be one of its facts' numbers, as the fact's text says it.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from services.coach_agent.domain import units as say
from services.coach_agent.domain.athlete import Units


class SourceKind(enum.StrEnum):
    ACTIVITY = "activity"
    FITNESS = "fitness"
    PLAN = "plan"
    WEATHER = "weather"
    WELLNESS = "wellness"
    ATHLETE = "athlete"
    DEFINITION = "definition"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Source:
    """What a fact comes from; ``id`` is an activity id, or a name within the kind."""

    kind: SourceKind
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure: ``value`` in the SI ``unit``, ``text`` as the runner reads it. The label is also its id."""

    label: str
    value: float
    unit: str
    text: str
    source: Source

    @property
    def id(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Passage:
    """Text in pieces: strings and the facts that stand between them."""

    pieces: tuple[str | Fact, ...] = ()

    @property
    def text(self) -> str:
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Fact))

    def __add__(self, other: Passage) -> Passage:
        return Passage(self.pieces + other.pieces)

    def __bool__(self) -> bool:
        return bool(self.pieces)


def join(passages: Iterable[Passage], separator: str) -> Passage:
    pieces: list[str | Fact] = []
    for passage in passages:
        if passage:
            pieces += [separator, *passage.pieces] if pieces else passage.pieces
    return Passage(tuple(pieces))


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a text (in code points) a fact stands."""

    start: int
    end: int
    fact_id: str


def marks(passage: Passage) -> tuple[Mark, ...]:
    found, position = [], 0
    for piece in passage.pieces:
        text = piece if isinstance(piece, str) else piece.text
        if isinstance(piece, Fact):
            found.append(Mark(position, position + len(text), piece.id))
        position += len(text)
    return tuple(found)


_SLOT = re.compile(r"\{([A-Za-z0-9.\-]+)\}")


class FactBook:
    """The facts of one answer by label, and the sentences made from them. A label is added once."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self._facts: dict[str, Fact] = {}

    def __contains__(self, label: str) -> bool:
        return label in self._facts

    def __getitem__(self, label: str) -> Fact:
        return self._facts[label]

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(self._facts.values())

    def has(self, *labels: str) -> bool:
        return all(label in self._facts for label in labels)

    def put(self, fact: Fact) -> None:
        self._facts.setdefault(fact.label, fact)

    def compose(self, template: str) -> Passage:
        """A passage from a sentence with ``{label}`` slots. A slot without a fact is a KeyError, a bug of ours."""
        parts = _SLOT.split(template)
        pieces = [part if i % 2 == 0 else self._facts[part] for i, part in enumerate(parts)]
        return Passage(tuple(piece for piece in pieces if piece != ""))

    def distance(self, label: str, metres: float, source: Source) -> None:
        self.put(Fact(label, metres, "m", say.distance_text(metres, self.units), source))

    def height(self, label: str, metres: float, source: Source) -> None:
        self.put(Fact(label, metres, "m", say.height_text(metres, self.units), source))

    def duration(self, label: str, seconds: float, source: Source) -> None:
        self.put(Fact(label, seconds, "s", say.clock_text(seconds), source))

    def pace(self, label: str, seconds_per_km: float, source: Source) -> None:
        self.put(Fact(label, seconds_per_km, "s/km", say.pace_text(seconds_per_km, self.units), source))

    def heart_rate(self, label: str, bpm: float, source: Source) -> None:
        self.put(Fact(label, bpm, "bpm", f"{bpm:.0f} bpm", source))

    def cadence(self, label: str, spm: float, source: Source) -> None:
        self.put(Fact(label, spm, "spm", f"{spm:.0f} spm", source))

    def percent(self, label: str, percent: float, source: Source, *, decimals: int = 0) -> None:
        self.put(Fact(label, percent, "%", say.percent_text(percent, decimals=decimals), source))

    def temperature(self, label: str, celsius: float, source: Source) -> None:
        self.put(Fact(label, celsius, "degC", say.temperature_text(celsius, self.units), source))

    def count(self, label: str, number: int, source: Source) -> None:
        self.put(Fact(label, number, "count", str(number), source))

    def number(self, label: str, value: float, unit: str, source: Source, *, decimals: int = 0) -> None:
        rounded = round(value, decimals) + 0.0  # what rounds to nothing from below is said without a sign
        self.put(Fact(label, value, unit, f"{rounded:.{decimals}f}", source))

    def date(self, label: str, day: dt.date, source: Source) -> None:
        """A day as a fact: the value reads as yyyymmdd."""
        value = day.year * 10_000 + day.month * 100 + day.day
        self.put(Fact(label, value, "date", say.date_text(day), source))


_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# Numbers can hide in words; a text of ours has no need of them. "one" and "second" are words before they are numbers.
_NUMBER_WORD = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundred|thousand|dozen|twice|thrice|double|triple)\b",
    re.IGNORECASE,
)


def unverified_numbers(text: str, facts: Iterable[Fact]) -> tuple[str, ...]:
    """Numbers in ``text``, in digits of any script or in words, that no fact's text holds; empty when all is well."""
    known = {number for fact in facts for number in _NUMBER.findall(fact.text)}
    plain = unicodedata.normalize("NFKC", text)
    digits = [number for number in _NUMBER.findall(plain) if number not in known]
    odd = [char for char in text if unicodedata.category(char) in {"Nl", "No"}]
    return (*digits, *odd, *_NUMBER_WORD.findall(plain))
