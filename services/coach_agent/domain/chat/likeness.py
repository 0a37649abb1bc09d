"""The phrasing that a question is most like, when no rule recognises it: words weighed by how much they tell."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from services.coach_agent.domain.chat.days import mentioned_days
from services.coach_agent.domain.chat.intent import IntentKind
from services.coach_agent.domain.chat.periods import mentioned_periods
from services.coach_agent.domain.chat.phrasings import PHRASINGS
from services.coach_agent.domain.chat.question import Question
from services.coach_agent.domain.chat.words import mended

LEAST_LIKENESS = 0.36
_SLOTS = (
    (re.compile(r"\bzones? ?[1-5]\b"), "<zone>"),
    (re.compile(r"\b(half marathon|half|marathon|\d+(\.\d+)? (km|miles))\b"), "<distance>"),
    (re.compile(r"\b(sub|under|below|break) \d+|\d{1,2}:\d{2}(:\d{2})?\b"), "<time>"),
    (re.compile(r"\b\d+(\.\d+)?\b"), "<number>"),
)
_SILENT = frozenset(
    {
        *("a", "an", "the", "to", "of", "is", "be", "and", "in", "on", "at", "for", "it", "with", "me", "please"),
        *("so", "that", "this", "i", "my", "you", "your", "do", "did", "does", "have", "had", "has", "am", "are"),
        *("was", "were", "or", "if", "can", "could", "would", "will", "there", "just", "then", "any", "some", "as"),
        *("by", "from", "over", "been", "go", "get", "got", "really", "actually"),
    }
)
# Words that stand for the same thing, each line under its first word.
_SAME = (
    "run runs outing jog session workout training activity exercise",
    "fast faster fastest quick quicker quickest speed rapid",
    "slow slower slowest sluggish",
    "distance km miles mileage volume ground kilometers",
    "total sum tally count amount number altogether add",
    "compare contrast versus against difference differ beside stack comparison",
    "good great well better best improve improved improving progress",
    "bad worse worst poor terrible",
    "hard tough intense demanding heavy strenuous",
    "easy light gentle relaxed recovery",
    "tired fatigue exhausted worn drained fatigued exhaustion",
    "fit fitness shape condition conditioning fitter",
    "recovered rested fresh recover recovery",
    "hurt pain ache aching sore hurts hurting painful",
    "sick ill unwell poorly",
    "plan schedule program programme",
    "suggest recommend advise propose idea ideas advice suggestion recommended",
    "predict estimate guess project expect expected prediction",
    "weather forecast rain temperature conditions",
    "analyze review look check assess evaluate summarize rate critique judge",
    "limit border boundary edge limits borders begin start end range ranges",
    "beats heart",
    "show give tell list",
    "month monthly",
    "week weekly",
    "possible realistic doable reach feasible chance chances",
    "record personal bests",
)
_CONCEPT = {word: line.split()[0] for line in reversed(_SAME) for word in line.split()}
_ENDINGS = ("ing", "ies", "es", "ed", "s", "er", "ly")


def likely_kind(q: Question) -> IntentKind | None:
    """The kind of the nearest phrasing; None when all are far."""
    asked = Counter(_tokens(_slotted(q)))
    weights, index, lengths = _index()
    own = sum(weights.get(token, weights[""]) for token in asked)
    if not own:
        return None
    scores: defaultdict[int, float] = defaultdict(float)
    for token in asked:
        for place in index.get(token, ()):
            scores[place] += weights[token]
    if not scores:
        return None
    likeness = {place: 2.0 * score / (own + lengths[place][1]) for place, score in scores.items()}
    best = max(likeness, key=lambda place: (likeness[place], -place))
    return lengths[best][0] if likeness[best] >= LEAST_LIKENESS else None


def _slotted(q: Question) -> str:
    """The question with what it names replaced by the kind of thing that it is."""
    text = q.text
    named = [(m.start, m.end, "<day>") for m in mentioned_days(text, q.today, forward=True)]
    named += [(m.start, m.end, "<period>") for m in mentioned_periods(text, q.today, ahead=True)]
    for start, end, slot in sorted(named, reverse=True):
        text = f"{text[:start]} {slot} {text[end:]}"
    for pattern, slot in _SLOTS:
        text = pattern.sub(slot, text)
    return text


def _tokens(text: str) -> Iterable[str]:
    words = [_CONCEPT.get(word) or _stem(word) for word in text.split() if word not in _SILENT]
    yield from words
    yield from (f"{first} {second}" for first, second in itertools.pairwise(words))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.startswith("<"):
            return word.removesuffix(ending)
    return word


@functools.cache
def _index() -> tuple[dict[str, float], dict[str, list[int]], list[tuple[IntentKind, float]]]:
    """Weights of words and pairs of words, where each occurs, and each phrasing's kind and whole weight."""
    phrasings = [
        (kind, set(_tokens(mended(text) if "<" not in text else text)))
        for kind, texts in PHRASINGS.items()
        for text in texts
    ]
    seen = Counter(token for _, tokens in phrasings for token in tokens)
    # Pairs tell word order but are rarely met again, so they weigh half.
    weights = {
        token: math.log(1.0 + len(phrasings) / count) * (0.5 if " " in token else 1.0) for token, count in seen.items()
    }
    weights[""] = 0.35 * math.log(1.0 + len(phrasings))
    index: defaultdict[str, list[int]] = defaultdict(list)
    for place, (_, tokens) in enumerate(phrasings):
        for token in tokens:
            index[token].append(place)
    lengths = [(kind, sum(weights[token] for token in tokens)) for kind, tokens in phrasings]
    return weights, dict(index), lengths
