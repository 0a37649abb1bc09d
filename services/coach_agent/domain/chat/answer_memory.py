"""What the coach remembers of the runner, and where to read it all and delete it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import MOST_OBSERVATIONS, Inquiry, counted
from services.coach_agent.domain.facts import Fact, Passage, Source, SourceKind, join
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.models import Memory

_WHERE = (
    "It is concluded from your runs and your notes, never from what you write here. On the Account page, under "
    '"what the coach remembers", you find all of it, and delete what you do not want remembered.'
)
_NOTHING = "I remember nothing of you yet: habits and phases follow from some weeks of runs, the rest from your notes."
_SUGGESTIONS = ("How much did I run this month?", "Am I getting fitter?")


@dataclass(frozen=True, slots=True)
class MemoryAnswers:
    memories: Memories

    async def remembered(self, inquiry: Inquiry) -> Answer:
        """The latest of what is remembered, and how much there is in all."""
        found = await self.memories.all(inquiry.runner)
        where = Passage((_WHERE,))
        if not found:
            return Answer(Passage((_NOTHING,)), where, (), suggestions=_SUGGESTIONS)
        shown = [_numbered(memory, n) for n, memory in enumerate(found[:MOST_OBSERVATIONS], start=1)]
        opening = join((Passage(("- ",)) + passage for passage in shown), "\n")
        facts = tuple(fact for passage in shown for fact in passage.facts)
        if len(found) > len(shown):
            book = inquiry.book()
            book.count("memories", len(found), Source(SourceKind.FITNESS, "memory"))
            noun = counted(book, "memories", "thing", "things")
            opening = join((book.compose(f"I remember {noun} of you; the latest are these:"), opening), "\n")
            facts = (*book.facts, *facts)
        return Answer(opening, where, facts, suggestions=_SUGGESTIONS)


def _numbered(memory: Memory, number: int) -> Passage:
    """The sentence with labels of its own, for each memory has a first day and a last."""
    return Passage(
        tuple(
            dataclasses.replace(piece, label=f"{piece.label}.{number}") if isinstance(piece, Fact) else piece
            for piece in memory.passage.pieces
        )
    )
