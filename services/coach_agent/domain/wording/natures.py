"""Words that make a figure another one than it is: a resting heart rate is no average, and a limit is not what was run.

Each is looked for in the clause before a slot and straight behind the slot; the label of the fact must say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.coach_agent.domain.facts import Fact, SourceKind
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.topics import meaning_of, pattern

# Words of a text, and what the label of a fact must have in it to be spoken of so; in lower case.
_NATURES = (
    (r"resting", r"resting"),
    (r"threshold", r"threshold|tempo|hardshare|moderateshare|driftlimit|zone"),
    (r"(?:the|your|a|an|heart[- ]rate|load) (?:\w+ )?(?:limit|ceiling|cap)", r"ceiling|limit|threshold|high$|share"),
    (r"goals?|targets?|target \w+", r"^session|^target|goal|ceiling|threshold|quarter|limit"),
    (r"(?:race|marathon) (?:pace|time|heart rate)s?", r"race|predict|equivalent|marathon|fastest|record|time"),
    (r"easy (?:pace|heart rate)s?", r"easy(?!ceiling)|^session|^target|paceslow|pacefast"),
    (r"recovery (?:pace|heart rate)s?", r"recovery|resting"),
    (r"tempo (?:pace|heart rate)s?", r"tempo|^session|^target"),
    (r"usual(?:ly)?|typical(?:ly)?|normal(?:ly)?", r"usual|typical|median|average|baseline"),
    (r"(?:stop|paus|rest|walk|wait)(?:p?ed|p?ing)?|stood|sleep|slept", r"stopped|paus|rest|walk|sleep|slept|night"),
    (r"feels? like|felt like|dew point|humidity", r"apparent|feelslike|dewpoint|humidity"),
    (r"lost|missed|still need|short of|to go|remaining", r"remaining|togo|loss|lost|drop|drift|change|stopped"),
    (r"strides?", r"stride"),
    (r"(?:start|warm-up|finish|end|beginning|last part) (?:took|was|lasted|covered)", r"first|last|warmup|quarter"),
    (r"both", r"$^"),
    (r"(?:in|on|over) the (?:hills?|climbs?)|uphill", r"hill|climb|uphill|ascent"),
    (r"gradients?|slopes?|altitude|descents?|downhill", r"gradient|slope|altitude|descent"),
    (r"(?:each|every|per) (?:single )?(?:days?|runs?|one)|each of (?:the|these|those) \w+|daily|a day(?! for)",
     r"daily|perday|average|mean|usual"),
)  # fmt: skip
_BEHIND = (
    (r"(?:in|for|over|on|during|with) (?:each|every|both)|and then some|again", r"$^"),
    (r"of (?:rest|sleep|walking|waiting)", r"stopped|paus|rest|walk|sleep|night"),
    (r"left|to go|remaining|still to come", r"remaining|left|togo"),
    (r"(?:short|off|away|behind|ahead)(?: of)?", r"remaining|short|difference|change|behind|ahead"),
)
_CLAUSE_END = re.compile(
    r"[,;()\u2014\u2013]| - |\b(?:while|whereas|although|though|because|but|so|below|above|under)\b"
)
_IS = re.compile(r"\b(?:is|are|it's)(?: (?:about|around|only|just|now|currently))?\s*$", re.IGNORECASE)
# Of a run that is over these were; said to be, they are taken for what the runner has by nature.
_OF_THE_RUN = frozenset({"heart rate", "cadence", "pace"})
_FINISHED = re.compile(r"\b(?:finish|end)(?:ed|ing)\b[^,;:]*$", re.IGNORECASE)
_STARTED = re.compile(r"\b(?:start|begin)(?:ed|ing)\b[^,;:]*$|\b(?:began|set off|went out)\b[^,;:]*$", re.IGNORECASE)

_HEDGED = re.compile(
    r"\b(?:almost|nearly|close to|up to|at least|at most|(?:just|well) (?:over|under|short of))\s*$", re.IGNORECASE
)
_MEASURED = re.compile(
    r"\b(?:was|were|came to|averaged|reached|hit|settled at|took|lasted|ran)(?: (?:about|around|only|just))?\s*$",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"\b(?:limit|ceiling|threshold|maximum|max|resting|weight|age|warm-?up)\b", re.IGNORECASE)
_BEYOND_ITSELF = re.compile(
    r"\b(?:threshold|ceiling|limit) (?:is|was|lies|sits) (?:well |just )?(?:above|below|over|under)\s*$", re.IGNORECASE
)
_WAS_RUN = re.compile(r"\byou (?:ran|covered|did|averaged|held)\b|\b(?:took|lasted|averaged|was|were)\b", re.IGNORECASE)
_PORTIONS = tuple(
    re.compile(rf"\b{which} {part}\b", re.IGNORECASE)
    for part in ("half", "quarter")
    for which in ("first", "second", "third", "last")
    if (which, part) not in {("third", "half"), ("last", "half")}
)


def natures_of(before: str, fact: Fact, after: str) -> Iterator[Rejection]:
    """``before`` are the words from the slot before, ``after`` those up to the next."""
    clause, behind = _CLAUSE_END.split(before)[-1], " ".join(_CLAUSE_END.split(after)[0].split()[:3])
    label = fact.label.lower()
    named = [(pattern(words).search(clause), own) for words, own in _NATURES]
    named += [(pattern(words).match(behind), own) for words, own in _BEHIND]
    for found, own in named:
        if found is not None and re.search(own, label) is None:
            yield _wrong(fact, found[0])
    yield from _sources(before, clause, fact)
    yield from _parts_of_the_run(before, after, fact)


def _sources(before: str, clause: str, fact: Fact) -> Iterator[Rejection]:
    kind, is_upper = fact.source.kind, fact.label.endswith(("High", "Ceiling"))
    hedged = _HEDGED.search(before)
    if hedged is not None and not (is_upper and hedged[0].lower().startswith("up to")):
        yield Rejection(RejectionKind.METRIC, f"{{fact:{fact.id}}} is exact: neither nearly that nor at least that.")
    if kind in {SourceKind.ATHLETE, SourceKind.DEFINITION} and _MEASURED.search(before) and not _LIMIT.search(clause):
        yield _wrong(fact, "what was measured")
    if _BEYOND_ITSELF.search(before):
        yield _wrong(fact, "a limit beyond itself")
    if kind is SourceKind.PLAN and (told := _WAS_RUN.search(clause)):
        yield _wrong(fact, told[0])
    if kind is SourceKind.ACTIVITY and meaning_of(fact).topic.name in _OF_THE_RUN and _IS.search(before):
        yield Rejection(RejectionKind.METRIC, f"{{fact:{fact.id}}} is of one run: say that it was, not that it is.")


def _parts_of_the_run(before: str, after: str, fact: Fact) -> Iterator[Rejection]:
    label = _spaced(fact.label)
    portions = [one for one in _PORTIONS if one.search(before)]
    own = next((one for one in _PORTIONS if one.search(label)), None)
    if own is None:
        return
    if portions and own not in portions and not own.search(" ".join(after.split()[:4])):
        yield _wrong(fact, "another part of the run")
    is_first = "First" in fact.label
    if (_FINISHED.search(before) and is_first) or (_STARTED.search(before) and not is_first):
        yield _wrong(fact, "the other end of the run")


def _spaced(label: str) -> str:
    """The words of a label: "pace First Half"."""
    return re.sub(r"(?=[A-Z])", " ", label.partition(".")[0])


def _wrong(fact: Fact, said: str) -> Rejection:
    return Rejection(RejectionKind.METRIC, f'{{fact:{fact.id}}} is not what "{said}" makes of it.')
