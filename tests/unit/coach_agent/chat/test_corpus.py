"""Some three hundred questions as runners ask them, answered without any model.

Each names the intent, the facts that must be among the answer's, claims that must not be made, and sometimes words that
must be said; conversations carry the questions before. At least 95 of 100 must be right, and not one number may be
without its fact.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intent import Intent, IntentKind, Span, Thread
from services.coach_agent.domain.chat.intents import read_intent
from shared.errors import ServiceError
from shared.zones import zone
from tests.unit.coach_agent.chat.world import TODAY, World, build

CORPUS = Path(__file__).parent / "corpus"
RIGHT_AT_LEAST = 0.95
_NEVER = (r"\b(VDOT|TSS|CTL|ATL|TSB)\b", r"great job|amazing|well done", r"(?-i:\bNone\b(?! of)|\bnan\b)|[{}]")
_FIELDS = ("distance_m", "target_s", "zone", "place", "hour", "topic", "units")


@dataclass
class Outcome:
    ask: str
    kind: str
    faults: list[str]


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    zone("UTC")  # zones are read from files once, which no answer should be seen doing
    return build()


def questions() -> list[dict[str, Any]]:
    found = []
    for path in sorted(CORPUS.glob("*.toml")):
        document = tomllib.loads(path.read_text())
        found += [{"world": "km"} | document.get("defaults", {}) | question for question in document["question"]]
    return found


async def test_runners_are_understood_and_answered_from_facts(worlds):
    outcomes = [await _asked(worlds[question["world"]], question) for question in questions()]
    wrong = [outcome for outcome in outcomes if outcome.faults]
    untraced = [fault for outcome in wrong for fault in outcome.faults if fault.startswith("untraced")]
    assert len(outcomes) >= 150
    assert untraced == []
    assert 1 - len(wrong) / len(outcomes) >= RIGHT_AT_LEAST, _report(outcomes)


def _report(outcomes: list[Outcome]) -> str:
    by_kind = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind].append(outcome)
    lines = []
    for kind, asked in sorted(by_kind.items()):
        wrong = [outcome for outcome in asked if outcome.faults]
        lines.append(f"{kind}: {len(asked) - len(wrong)} of {len(asked)}")
        lines += [f"    {outcome.ask!r}: {'; '.join(outcome.faults)}" for outcome in wrong]
    return "\n".join(["", *lines])


async def _asked(world: World, question: dict[str, Any]) -> Outcome:
    world.begin()
    thread = Thread()
    for earlier in question.get("after", ()):
        intent = read_intent(earlier, TODAY, thread)
        answer = await world.coach.answer(world.runner, intent)
        thread = Thread(answer.intent, answer.subject)
    intent = read_intent(question["ask"], TODAY, thread)
    faults = _misread(intent, question)
    try:
        answer = await world.coach.answer(world.runner, intent)
    except ServiceError as error:
        if error.code != question.get("error"):
            faults.append(f"{error.code}: {error}")
    else:
        faults += _missaid(answer, question, intent)
        if question.get("error"):
            faults.append("no error")
    return Outcome(question["ask"], question["kind"], faults)


def _misread(intent: Intent, question: dict[str, Any]) -> list[str]:
    found = {name: getattr(intent, name) for name in _FIELDS if name in question}
    found |= {name: _days(getattr(intent, name)) for name in ("span", "other_span") if name in question}
    found |= {name: str(getattr(intent, name)) for name in ("day", "other_day") if name in question}
    found["kind"] = intent.kind.value
    wanted_asked = question.get("asked", "")
    if intent.kind is not IntentKind.CLARIFY and (intent.asked or "") != wanted_asked:
        return [f"asked back {intent.asked!r}"]
    return [f"{name} {value!r}" for name, value in found.items() if value != question[name]]


def _days(span: Span | None) -> list[str]:
    return [] if span is None else [str(span.first), str(span.last)]


def _missaid(answer: Answer, question: dict[str, Any], intent: Intent) -> list[str]:
    text, facts = answer.passage.text, {fact.label: fact for fact in answer.facts}
    faults = [f"untraced {number}" for number in answer.unverified]
    faults += [f"no {label}" for label in question["facts"] if label not in facts]
    faults += [f"says {claim!r}" for claim in (*question["forbid"], *_NEVER) if re.search(claim, text, re.IGNORECASE)]
    faults += [f"does not say {words!r}" for words in question.get("says", ()) if re.search(words, text) is None]
    for label, value in question.get("values", {}).items():
        if label not in facts or facts[label].value != value:
            faults.append(f"{label} is {facts[label].value if label in facts else None}")
    if not text.strip() or "  " in text:
        faults.append("gaps in the text")
    return faults
