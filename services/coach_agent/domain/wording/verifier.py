"""The verifier of a language model's text: sentence by sentence, nothing is shown that is not borne out.

It is built to reject what it does not understand. What it lets by is a sentence of plain English in which each figure
is a slot, each slot is spoken of as what its fact is, and each comparison is one that the facts or the rules make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.coach_agent.domain.facts import Fact, Passage
from services.coach_agent.domain.wording.binding import binding_of
from services.coach_agent.domain.wording.comparing import comparing_of
from services.coach_agent.domain.wording.denying import denials_of, states_of
from services.coach_agent.domain.wording.forbidden import forbidden_in
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.numbers import numbers_in
from services.coach_agent.domain.wording.rejections import Rejection, RejectionKind
from services.coach_agent.domain.wording.sentences import (
    LONGEST_SENTENCE,
    SlotAt,
    pieces_of,
    slots_in,
    without_slots,
)
from services.coach_agent.domain.wording.surface import surface_of
from services.coach_agent.domain.wording.vocabulary import vocabulary_of
from services.coach_agent.domain.wording.whose import Whose

# Goes into the key of kept texts: what an older verifier let by is looked at again.
VERIFIER_VERSION = 3
_WORD = re.compile(r"[^\W\d_]")
_MEASURE = re.compile(r"an? [a-z ]+|few|daily")


class Verifier:
    """Verifies the sentences of one text in their order; ``ground`` may grow between them."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._whose = Whose(ground)

    def widen(self, ground: Ground) -> None:
        """With facts that a tool has found meanwhile."""
        self.ground = ground
        self._whose.widen(ground)

    def verify(self, sentence: str) -> tuple[Passage, tuple[Rejection, ...]]:
        """The sentence with its facts in place, and what speaks against it; the passage is to be used only when
        nothing does.
        """
        text = sentence.strip()
        words = without_slots(text)
        slots = slots_in(text)
        found = [(slot, self.ground.facts[slot.fact_id]) for slot in slots if slot.fact_id in self.ground.facts]
        rejections = tuple(self._rejections(text, words, found, slots))
        return self._passage(sentence) if not rejections else Passage(), rejections

    def _rejections(
        self, text: str, words: str, found: list[tuple[SlotAt, Fact]], slots: tuple[SlotAt, ...]
    ) -> Iterator[Rejection]:
        if not _WORD.search(words) or len(text) > LONGEST_SENTENCE:
            yield Rejection(RejectionKind.LANGUAGE, "Write whole sentences of moderate length.")
        yield from surface_of(words)
        for slot in slots:
            if slot.fact_id not in self.ground.facts:
                yield Rejection(
                    RejectionKind.SLOT, f"There is no fact {slot.fact_id}; use only the ids that are listed."
                )
        for number in self._numbers(words):
            yield Rejection(RejectionKind.NUMBER, f'"{number}" is a number; numbers come from {{fact:id}} slots only.')
        yield from vocabulary_of(words, [fact for _, fact in found], self.ground)
        yield from binding_of(text, found)
        yield from self._whose.of(text, found)
        yield from comparing_of(text, found, self.ground)
        yield from denials_of(text, found, self.ground)
        yield from states_of(text, found, self.ground)
        yield from forbidden_in(words, self.ground, has_fact=bool(found))

    def _numbers(self, words: str) -> Iterator[str]:
        """A measure in words may be the rules' own, "a week ago" as they say it; digits and numerals never are."""
        for number in numbers_in(words):
            if not (_MEASURE.fullmatch(number) and all(self._says(phrase) for phrase in _phrases(number, words))):
                yield number

    def _says(self, phrase: str) -> bool:
        return any(phrase in f"{without_slots(said).lower()} " for said in self.ground.support)

    def _passage(self, sentence: str) -> Passage:
        parts = pieces_of(sentence)
        pieces = [part if index % 2 == 0 else self.ground.facts[part] for index, part in enumerate(parts)]
        return Passage(tuple(piece for piece in pieces if piece != ""))


def _phrases(number: str, words: str) -> list[str]:
    """The measure with the word behind it, each time it is said."""
    return re.findall(rf"\b{number}\b[^\w]*\w*", words.lower())
