"""Whether the rules say as well what a text denies, and what it makes of the runner: these are facts too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.coach_agent.domain.facts import Fact
from services.coach_agent.domain.wording.advising import advises
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.sentences import SlotAt, masked_slots, slots_in, without_slots
from services.coach_agent.domain.wording.topics import mentions

_DENIAL = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|nowhere|neither|nor|without|hardly|barely|scarcely|\w+n['\u2019]t"
    r"|lack(?:s|ed|ing)?|missing|absent|far from|short of|instead of|except|anything but|no sign of)\b",
    re.IGNORECASE,
)
# Turns of phrase that deny nothing about the runner.
_HARMLESS = re.compile(
    r"\bno (?:more|longer) than\b|\bnot (?:only|just)\b|\bno matter\b|\b(?:by|rather than) [\w ]+, not (?:by )?\w+\b"
    r"|\bno(?:t| need to) (?:rush|hurry|force|chase|push|worry)\b|\bwithout (?:forcing|pushing|rushing|straining)\b"
    r"|\bproves? nothing\b|\bnot yet\b|\bif not\b|\band no more\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\byou (?:\w+ )?(?:are|were|have|had|need|did|do|train|managed|felt|feel|got|know)\b|\byou['\u2019](?:re|ve)\b"
    r"|\byour (?:[\w'-]+ ){1,4}(?:is|are|was|were|has|had|need|needs|calls?|tells?)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:()\u2014\u2013]| - |\b(?:but|while|whereas|although|though|because|so)\b")
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    {
        *("your", "that", "this", "with", "from", "have", "been", "were", "there", "than", "then", "them", "what"),
        *("when", "will", "they", "more", "nothing", "never", "without", "neither", "hardly", "barely", "none"),
    }
)


def denials_of(sentence: str, found: list[tuple[SlotAt, Fact]], ground: Ground) -> Iterator[Rejection]:
    """Advice may say what not to do; of a figure nothing may be denied that the rules do not deny."""
    masked, start = _HARMLESS.sub(lambda match: " " * len(match[0]), masked_slots(sentence)), 0
    for stop in [*(match.end() for match in _CLAUSE.finditer(masked)), len(masked)]:
        denial = _DENIAL.search(masked, start, stop)
        inside = {fact.id for slot, fact in found if denial is not None and denial.start() <= slot.start < stop}
        clause = masked[start:stop]
        if denial is not None and (inside or not advises(clause, sentence)) and not _is_said(clause, inside, ground):
            yield Rejection(RejectionKind.NEGATION, f'The coach does not say "{denial[0]}" of this; leave it out.')
        start = stop


def states_of(sentence: str, found: list[tuple[SlotAt, Fact]], ground: Ground) -> Iterator[Rejection]:
    """What the runner is, has or needs: without a figure it has to be in the words of the rules."""
    if found or advises(sentence, sentence):
        return
    for clause in _parts(sentence):
        state = _STATE.search(clause)
        if state is None or advises(clause, sentence):
            continue
        if not any(_content(clause) <= _content(without_slots(said)) for said in ground.support):
            yield Rejection(
                RejectionKind.COMPARISON, f'The coach does not say "{clause.strip()}"; leave it out or use a fact.'
            )


def _is_said(clause: str, ids: set[str], ground: Ground) -> bool:
    content, topics = _content(clause), _topics(clause)
    for sentence in (part for said in ground.support for part in _parts(said)):
        if not _DENIAL.search(_HARMLESS.sub(" ", masked_slots(sentence))):
            continue
        if ids:
            if ids & {slot.fact_id for slot in slots_in(sentence)}:
                return True
        elif (topics and topics <= _topics(sentence)) or content <= _content(without_slots(sentence)):
            return True
    return False


def _parts(text: str) -> Iterator[str]:
    start = 0
    for match in _CLAUSE.finditer(masked_slots(text)):
        yield text[start : match.end()]
        start = match.end()
    yield text[start:]


def _topics(text: str) -> set[str]:
    return {topic.name for _, _, topic in mentions(without_slots(text))}


def _content(text: str) -> set[str]:
    return {word.lower() for word in _CONTENT.findall(text)} - _COMMON
