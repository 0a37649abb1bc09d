"""An answer's text as HTML in which each number stands out with its source. Everything in it is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

_SOURCES = {
    "activity": "from the recording",
    "fitness": "from your training so far",
    "plan": "from your plan",
    "weather": "from the weather forecast",
    "wellness": "from your wellness data",
    "athlete": "from your profile",
    "definition": "by definition",
    "message": "from your question",
}
_SUFFIXES = {"previous": "of the run before", "latest": "of your latest run"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
# A number goes on after these, so what ends or begins beside them is only a part of one.
_DIGITS_GO_ON = re.compile(r"[.,:]?\d")
_DIGITS_BEFORE = re.compile(r"\d[.,:]?$")


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of an answer as the page shows it: what it is, as the runner reads it, and where it comes from."""

    fact_id: str
    name: str
    text: str
    source: str
    source_kind: str
    source_id: str

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Fact:
        """From a ``fact`` of API.md."""
        source = item["source"]
        kind = str(source["kind"])
        return cls(
            fact_id=str(item["id"]),
            name=name_of(str(item["label"])),
            text=str(item["text"]),
            source=_SOURCES.get(kind, f"from {kind}"),
            source_kind=kind,
            source_id=str(source["id"]),
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in a text (in code points) a fact stands."""

    start: int
    end: int
    fact: Fact


def name_of(label: str) -> str:
    """``timeInZone1.previous`` as "Time in zone 1 of the run before"."""
    base, _, suffix = label.partition(".")
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in _WORD.findall(base)]
    name = " ".join(words) or label
    name = name[:1].upper() + name[1:]
    return f"{name} {_SUFFIXES.get(suffix, f'({suffix})')}" if suffix else name


def find_marks(text: str, facts: Iterable[Fact]) -> list[Mark]:
    """Where the facts' texts stand in ``text``: the longest first, none inside another, none inside a longer number."""
    taken: list[Mark] = []
    for fact in sorted(facts, key=lambda fact: -len(fact.text)):
        for start in _occurrences(text, fact.text):
            end = start + len(fact.text)
            if all(end <= mark.start or start >= mark.end for mark in taken):
                taken.append(Mark(start, end, fact))
    return sorted(taken, key=lambda mark: mark.start)


def _occurrences(text: str, wanted: str) -> Iterable[int]:
    if not any(character.isdigit() for character in wanted):
        return
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        cut_before = wanted[0].isdigit() and _DIGITS_BEFORE.search(text[max(0, start - 2) : start])
        cut_after = wanted[-1].isdigit() and _DIGITS_GO_ON.match(text, end)
        if not cut_before and not cut_after:
            yield start
        start = text.find(wanted, end)


def given_marks(items: Iterable[Mapping[str, Any]], text: str, facts: Sequence[Fact]) -> list[Mark]:
    """The marks that came with an answer; what does not fit the text or overlaps is left out."""
    by_id = {fact.fact_id: fact for fact in facts}
    found: list[Mark] = []
    for item in sorted(items, key=lambda item: int(item["start"])):
        start, end, fact = int(item["start"]), int(item["end"]), by_id.get(str(item["factId"]))
        if fact is not None and (found[-1].end if found else 0) <= start < end <= len(text):
            found.append(Mark(start, end, fact))
    return found


def underlined(text: str, offset: int, marks: Sequence[Mark]) -> Markup:
    """``text``, which begins at ``offset`` of the marked text, with its facts underlined."""
    pieces: list[Markup] = []
    position = 0
    for mark in marks:
        start, end = mark.start - offset, mark.end - offset
        if start < position or end > len(text):
            continue
        pieces += [Markup.escape(text[position:start]), _fact(text[start:end], mark.fact)]
        position = end
    return Markup().join([*pieces, Markup.escape(text[position:])])


_FACT = Markup(
    '<span class="fact" tabindex="0">{text}'
    '<span class="fact-note" role="note"><span class="fact-name">{name}</span> {source}</span></span>'
)


def _fact(text: str, fact: Fact) -> Markup:
    return _FACT.format(text=text, name=fact.name, source=fact.source)
