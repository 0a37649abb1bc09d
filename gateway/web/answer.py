"""A coach's reply, laid out: the opening, the chart, the rest, the figures and where they are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from gateway.web.numbers import Fact, Mark, find_marks, given_marks, underlined

_LINE_TITLES = ("Session diagnosis", "Primary limiter", "Performance lever", "Next cue")
_BADGE_RULES = "From your data, by rules"
_BADGE_MODEL = "Worded by a model, numbers checked"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, or the titled lines of a run; ``items`` are (title, text), the title empty but in lines."""

    kind: Literal["paragraph", "list", "lines"]
    items: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    chart_id: str
    title: str
    description: str

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Chart:
        return cls(str(item["id"]), str(item["title"]), str(item["description"]))


@dataclass(frozen=True, slots=True)
class SourceLine:
    """``address`` leads to the source where it has a page."""

    text: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """``opening`` stands above the charts, ``rest`` below them."""

    opening: tuple[Block, ...]
    charts: tuple[Chart, ...]
    rest: tuple[Block, ...]
    facts: tuple[Fact, ...]
    sources: tuple[SourceLine, ...]
    badge: str


def lay_out(reply: Mapping[str, Any], answered_by: str) -> Answer:
    """From ``reply`` and ``answeredBy`` of API.md."""
    text = str(reply["text"])
    facts = tuple(Fact.of(item) for item in reply["facts"])
    given = reply.get("marks")
    marks = find_marks(text, facts) if given is None else given_marks(given, text, facts)
    blocks = _blocks(text, marks)
    opening = _opening_length(blocks)
    return Answer(
        opening=blocks[:opening],
        charts=tuple(Chart.of(item) for item in reply["charts"]),
        rest=blocks[opening:],
        facts=facts,
        sources=_sources(reply["sources"], facts),
        badge=_BADGE_MODEL if answered_by.startswith("model:") else _BADGE_RULES,
    )


def _opening_length(blocks: Sequence[Block]) -> int:
    """Up to the titled lines, which a preface may precede; else the first paragraph."""
    for index, block in enumerate(blocks):
        if block.kind == "lines":
            return index + 1
    return min(1, len(blocks))


def _blocks(text: str, marks: Sequence[Mark]) -> tuple[Block, ...]:
    """Paragraphs stand apart by blank lines; lines that begin with a dash or one of the four titles belong together."""
    blocks: list[Block] = []
    offset = 0
    broken = True
    for line in text.split("\n"):
        if line.strip():
            kind, title, start = _read_line(line)
            item = (title, underlined(line[start:], offset + start, marks))
            if not broken and blocks and blocks[-1].kind == kind and kind != "paragraph":
                blocks[-1] = Block(kind, (*blocks[-1].items, item))
            else:
                blocks.append(Block(kind, (item,)))
        broken = not line.strip()
        offset += len(line) + 1
    return tuple(blocks)


def _read_line(line: str) -> tuple[Literal["paragraph", "list", "lines"], str, int]:
    """The kind of a line, its title, and where its text begins."""
    if line.startswith("- "):
        return "list", "", 2
    for title in _LINE_TITLES:
        if line.startswith(f"{title}: "):
            return "lines", title, len(title) + 2
    return "paragraph", "", 0


def _sources(items: Sequence[Mapping[str, Any]], facts: Sequence[Fact]) -> tuple[SourceLine, ...]:
    days = {fact.source_id: fact.text for fact in facts if fact.fact_id.partition(".")[0] == "date"}
    lines = [_source(str(item["kind"]), str(item["id"]), days) for item in items]
    return tuple(dict.fromkeys(lines))


def _source(kind: str, source_id: str, days: Mapping[str, str]) -> SourceLine:
    if kind == "activity":
        return SourceLine(f"Your run of {days[source_id]}" if source_id in days else "Your run", f"/runs/{source_id}")
    if kind == "athlete":
        return SourceLine("Your profile", "/account")
    words = {
        "fitness": "Your training so far",
        "plan": "Your plan",
        "weather": "Weather forecast by Open-Meteo",
        "wellness": "Your wellness data",
        "definition": "How Pace42 defines and works it out",
        "message": "Your question",
    }
    return SourceLine(words.get(kind, kind), None)
