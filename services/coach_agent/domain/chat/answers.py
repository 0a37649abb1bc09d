"""An answer to a question: text made of facts, the charts that go with it, and where it all comes from."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.chat.conversation import Notice
from services.coach_agent.domain.chat.examples import EXAMPLES
from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.facts import Fact, FactBook, Passage, Source, join, unverified_numbers
from services.coach_agent.domain.reviews.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Answer:
    """``opening`` stands before the chart, ``detail`` after it. ``subject`` is the run the answer is about.

    ``intent`` is the question as it was understood, from which the conversation goes on.
    ``notices`` name what was not to be had for it.
    """

    opening: Passage
    detail: Passage
    facts: tuple[Fact, ...]
    chart: ChartRequest | None = None
    suggestions: tuple[str, ...] = ()
    subject: uuid.UUID | None = None
    intent: Intent | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def passage(self) -> Passage:
        return join((self.opening, self.detail), "\n\n")

    @property
    def unverified(self) -> tuple[str, ...]:
        """Numbers of the finished text that are none of its facts; an answer with any must not leave."""
        return unverified_numbers(self.passage.text, self.facts)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(dict.fromkeys(fact.source for fact in self.facts))


def about_run(analysis: Analysis) -> Answer:
    """The analysis of one run as an answer."""
    return Answer(
        opening=analysis.opening,
        detail=analysis.detail,
        facts=analysis.book.facts,
        chart=analysis.chart,
        suggestions=("And the one before?", *EXAMPLES[2:]),
        subject=analysis.reading.metrics.activity_id,
    )


_FIGURES = {
    "distance": "distance",
    "duration": "time",
    "pace": "pace",
    "averageHeartRate": "average heart rate",
    "sessionDuration": "suggested length",
}


def checked(answer: Answer) -> tuple[Answer, tuple[str, ...]]:
    """The answer if each number in its text is a fact, else its figures alone; and the numbers that were none."""
    unverified = answer.unverified
    if not unverified:
        return answer, ()
    figures = [Passage((f"{_FIGURES[fact.label]} ", fact)) for fact in answer.facts if fact.label in _FIGURES]
    said = Passage(("I could not word this answer to my own standard, so here are the figures alone: ",))
    return dataclasses.replace(answer, opening=said + join(figures, ", "), detail=Passage()), unverified


def red_flag() -> Answer:
    """Chest pain, fainting and the like: no analysis, no diagnosis (DOMAIN "An answer")."""
    text = (
        "Stop running and see a doctor before you train again. What you describe can be serious, and no coach can "
        "judge it from here.\n\nIf it is happening now, or comes back at rest, call your local emergency number."
    )
    return Answer(Passage((text,)), Passage(), (), intent=Intent(IntentKind.RED_FLAG))


def no_run_that_day(book: FactBook) -> Answer:
    """There is nothing on the day asked about; ``book`` holds ``askedDate`` and ``date.latest``."""
    said = book.compose("I find nothing of yours on {askedDate}. Your latest is from {date.latest}.")
    return Answer(said, Passage(), book.facts, suggestions=EXAMPLES[:1])


def with_note(answer: Answer, note: str) -> Answer:
    """The answer with a sentence without numbers at the end of its detail."""
    return dataclasses.replace(answer, detail=join((answer.detail, Passage((note,))), "\n\n"))
