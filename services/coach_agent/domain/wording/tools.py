"""What a model may look up: computations of the rules for the runner who asks, and nothing else.

A tool is granted by words of the question itself. No text that comes out of a file, a note or a device can grant one:
such text is read after the tools are chosen, and a call beyond them is refused and written down. A tool takes one value
out of a list and no id, so that nobody else's data can be named.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from services.coach_agent.domain.chat.intent import Intent, IntentKind, Metric, Span
from services.coach_agent.domain.facts import Fact, Passage, SourceKind
from services.coach_agent.domain.wording.ground import Ground

# As many computations as one question is worth; a model in a circle is stopped.
MOST_CALLS = 3
ONLY = "all"


@dataclass(frozen=True, slots=True)
class Tool:
    """``choices`` are the values its one argument may have, with what is computed for each.

    ``because`` is the word of the question that granted it.
    """

    name: str
    description: str
    choices: Mapping[str, Intent]
    because: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a computation of the rules brought to light."""

    facts: tuple[Fact, ...]
    passage: Passage
    primary: str | None = None
    latest: str | None = None


LookUp = Callable[[Intent], Awaitable[Found]]

_RUN = r"runs?|ran|jog\w*|training|workouts?|sessions?|race[sd]?"


def tools_for(question: str, today: dt.date) -> tuple[Tool, ...]:
    """The tools that the words of a question grant."""
    week = today - dt.timedelta(days=today.weekday())
    month = today.replace(day=1)
    spans = {
        "this week": Span(week, today),
        "last week": Span(week - dt.timedelta(days=7), week - dt.timedelta(days=1)),
        "this month": Span(month, today),
        "last month": Span((month - dt.timedelta(days=1)).replace(day=1), month - dt.timedelta(days=1)),
    }
    days = [today - dt.timedelta(days=n) for n in range(15)]
    tomorrow = today + dt.timedelta(days=1)
    offers: tuple[tuple[str, str, str, Mapping[str, Intent]], ...] = (
        ("last_run", "Facts of the latest run.", _RUN, _only(IntentKind.ANALYSE_LAST)),
        ("run_of_day", "Facts of the run of a day.", r"yesterday|today|\w+day|days?",
         {str(day): Intent(IntentKind.ANALYSE_DAY, day=day) for day in days}),
        ("last_two_runs", "The latest run beside the one before it.",
         r"compar\w+|before|previous|versus|vs|differen\w+", _only(IntentKind.COMPARE)),
        ("next_run", "What the coach's rules advise to run tomorrow.",
         r"tomorrow|next|should|plan\w*|advice|suggest\w*", _only(IntentKind.NEXT_RUN, day=tomorrow)),
        ("fitness", "Fitness, fatigue, form and load of the weeks.",
         r"fit\w*|form|fatigue\w*|tired\w*|shape|load|fresh\w*", _only(IntentKind.FITNESS)),
        ("readiness", "How ready the body is today.", r"read(?:y|iness)|recover\w*|sleep|slept|rest\w*",
         _only(IntentKind.READINESS)),
        ("records", "The best times over distances.", r"records?|best|fastest|pbs?|prs?", _only(IntentKind.RECORDS)),
        ("totals", "Distance, time and number of runs of a stretch of days.",
         r"weeks?|months?|total\w*|mileage|volume|many|much|far",
         {name: Intent(IntentKind.TOTALS, span=span) for name, span in spans.items()}),
        ("trend", "How things have moved over the weeks.", r"trend\w*|improv\w*|progress\w*|better|worse|getting",
         {metric.value: Intent(IntentKind.TREND, metric=metric) for metric in Metric}),
    )  # fmt: skip
    granted = ((offer, re.search(rf"\b(?:{offer[2]})\b", question, re.IGNORECASE)) for offer in offers)
    return tuple(Tool(name, said, choices, word[0]) for (name, said, _, choices), word in granted if word is not None)


def _only(kind: IntentKind, *, day: dt.date | None = None) -> dict[str, Intent]:
    return {ONLY: Intent(kind, day=day)}


@dataclass(slots=True)
class Toolbox:
    """The tools granted to one question, what they found, and the log of what was asked of them."""

    tools: tuple[Tool, ...]
    look_up: LookUp
    ground: Ground
    log: Callable[[str, str, str], None]
    calls: list[tuple[str, str]] = field(default_factory=list)
    _asked: int = 0

    async def call(self, name: str, which: object) -> Ground | None:
        """What the tool found; None where the call is not granted. ``ground`` grows by what is found."""
        tool = next((tool for tool in self.tools if tool.name == name), None)
        self._asked += 1
        if tool is None:
            self.log(name, "", "refused: the question grants no such tool")
            return None
        if not isinstance(which, str) or which not in tool.choices:
            self.log(name, "", "refused: no value of the list")
            return None
        if self._asked > MOST_CALLS:
            self.log(name, which, "refused: too many calls")
            return None
        self.log(name, which, f"granted: the question says {tool.because!r}")
        found = await self.look_up(tool.choices[which])
        new = _renamed(found, self.ground)
        self.calls.append((name, which))
        self.ground = self.ground.with_more(new)
        return new


def _renamed(found: Found, known: Ground) -> Ground:
    """What was found, its labels told apart from those of other things that are known already."""
    own = Ground.of(found.facts, found.passage, known.today, primary=found.primary, latest=found.latest)
    names = {fact.label: _free_label(fact, own, known) for fact in found.facts}
    facts = {fact.label: dataclasses.replace(fact, label=names[fact.label]) for fact in found.facts}
    pieces = tuple(piece if isinstance(piece, str) else facts[piece.label] for piece in found.passage.pieces)
    return Ground.of(facts.values(), Passage(pieces), known.today, primary=found.primary, latest=found.latest)


def _free_label(fact: Fact, own: Ground, known: Ground) -> str:
    there = known.facts.get(fact.label)
    if there is None or (there.source == fact.source and there.text == fact.text):
        return fact.label
    base = fact.label.partition(".")[0]
    if fact.source.kind is SourceKind.ACTIVITY and (day := own.days.get(fact.source.id)) is not None:
        return f"{base}.{day}" if f"{base}.{day}" not in known.facts else f"{base}.{day}.{fact.source.id[:8]}"
    return f"{fact.label}.{len(known.facts)}"
