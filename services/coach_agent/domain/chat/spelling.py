"""Misspelt words: the word of a vocabulary that lies one slip of the fingers away, found without comparing with all.

Two words are one slip apart when they become equal by leaving out a letter of either (Damerau's insertion, deletion,
substitution and transposition); words of seven letters and more may hold two slips.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

SHORTEST = 4
SUBSTITUTED_FROM = 6  # a letter changed in a shorter word makes another word too often: pace, page, race
TWO_SLIPS_FROM = 7
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "ly", "est", "er", "ting")


class Speller:
    """Mends towards ``vocabulary``; words of ``left_alone`` are what they are, however close to one of ours."""

    def __init__(self, vocabulary: Iterable[str], left_alone: Iterable[str]) -> None:
        self._known = frozenset(vocabulary)
        self._left_alone = frozenset(left_alone)
        index: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            if len(word) >= SHORTEST - 1:
                for rest in _shortened(word):
                    index[rest].append(word)
        self._index = dict(index)

    def mend(self, word: str) -> str:
        """The word meant: the closest of the vocabulary that begins with the same letter, else the word itself."""
        if len(word) < SHORTEST or not word.isalpha() or self._is_word(word):
            return word
        candidates = {known for rest in _shortened(word) for known in self._index.get(rest, ()) if known[0] == word[0]}
        near = [(slips, known) for known in candidates if (slips := _slips(word, known)) is not None]
        return min(near)[1] if near else word

    def _is_word(self, word: str) -> bool:
        """A known word, also with an ending: "quickly" is no misspelt "quicker"."""
        stems = (word.removesuffix(ending) for ending in _ENDINGS)
        return any(stem in self._known or stem in self._left_alone for stem in stems)


def _shortened(word: str) -> Iterator[str]:
    yield word
    once = {word[:i] + word[i + 1 :] for i in range(len(word))}
    yield from once
    if len(word) >= TWO_SLIPS_FROM:
        yield from {rest[:i] + rest[i + 1 :] for rest in once for i in range(len(rest))}


def _slips(word: str, known: str) -> int | None:
    """How many slips lie between the two; None when more than a word of that length may hold."""
    slips = _distance(word, known)
    if slips == 1 and len(known) < SUBSTITUTED_FROM and len(word) == len(known) and sorted(word) != sorted(known):
        return None
    return slips if slips <= (2 if min(len(word), len(known)) >= TWO_SLIPS_FROM else 1) else None


def _distance(first: str, second: str) -> int:
    """Damerau-Levenshtein distance, adjacent letters transposed at most once (optimal string alignment)."""
    before: list[int] = []
    previous = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        current = [i]
        for j, other in enumerate(second, start=1):
            cost = previous[j - 1] + (letter != other)
            cost = min(cost, previous[j] + 1, current[j - 1] + 1)
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
