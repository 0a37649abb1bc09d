"""A text that arrives in pieces, cut into whole sentences, and the slots in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A full stop counts once the space after it has come: "0." may go on, and so may "e.g".
_END = re.compile(r"[.!?…]['\")\]]*(?=\s)|\n")
_SLOT = re.compile(r"\{fact:([A-Za-z0-9.\-]+)\}")
# Longer than any sentence a reader would finish; a text without an end is not waited for.
LONGEST_SENTENCE = 600


class SentenceSplitter:
    """Takes text as it comes and gives the sentences that are complete, each with the white space after it."""

    def __init__(self) -> None:
        self._pending = ""

    def feed(self, text: str) -> list[str]:
        self._pending += text
        found = []
        while (sentence := self._next()) is not None:
            found.append(sentence)
        return found

    def rest(self) -> str:
        """What is left when the text is over."""
        rest, self._pending = self._pending, ""
        return rest

    def _next(self) -> str | None:
        for end in _END.finditer(self._pending):
            stop = end.end()
            while stop < len(self._pending) and self._pending[stop].isspace():
                stop += 1
            # White space at the very end may still grow; a sentence keeps all of what follows it.
            if stop == len(self._pending):
                break
            sentence, self._pending = self._pending[:stop], self._pending[stop:]
            if sentence.strip():
                return sentence
            self._pending = self._pending.lstrip()
            return self._next()
        if len(self._pending) > LONGEST_SENTENCE:
            sentence, self._pending = self._pending, ""
            return sentence
        return None


@dataclass(frozen=True, slots=True)
class SlotAt:
    """A slot and where it stands in its sentence."""

    fact_id: str
    start: int
    end: int


def slots_in(sentence: str) -> tuple[SlotAt, ...]:
    return tuple(SlotAt(match[1], match.start(), match.end()) for match in _SLOT.finditer(sentence))


def without_slots(sentence: str) -> str:
    """The words alone, each slot a space."""
    return _SLOT.sub(" ", sentence)


def masked_slots(sentence: str) -> str:
    """The sentence with the ids of its slots blotted out, each character where it was."""
    return _SLOT.sub(lambda match: "{" + "_" * (len(match[0]) - 2) + "}", sentence)


def pieces_of(sentence: str) -> tuple[str, ...]:
    """Text and fact ids in turn, beginning and ending with text."""
    return tuple(_SLOT.split(sentence))
