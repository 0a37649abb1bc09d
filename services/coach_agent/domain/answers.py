"""An answer to a question: text made of facts, the charts that go with it, and where it all comes from."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.analysis import Analysis
from services.coach_agent.domain.facts import Fact, FactBook, Passage, Source, join, unverified_numbers
from services.coach_agent.domain.intents import EXAMPLES


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """A chart that belongs to an answer: its kind and the activities it draws, the one asked about first."""

    kind: str
    activity_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """``opening`` stands before the chart, ``detail`` after it. ``subject`` is the run the answer is about."""

    opening: Passage
    detail: Passage
    facts: tuple[Fact, ...]
    chart: ChartRequest | None = None
    suggestions: tuple[str, ...] = ()
    subject: uuid.UUID | None = None

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
    subject = analysis.reading.metrics.activity_id
    drawn = analysis.reading.metrics.measured.trace is not None
    return Answer(
        opening=analysis.opening,
        detail=analysis.detail,
        facts=analysis.book.facts,
        chart=ChartRequest("run", (subject,)) if drawn else None,
        suggestions=("And the one before?", *EXAMPLES[2:]),
        subject=subject,
    )


def bare_figures(analysis: Analysis) -> Answer:
    """What remains when the full text failed its check: the figures alone, which are facts by construction."""
    book = analysis.book
    labels = [label for label in ("distance", "duration", "pace", "averageHeartRate") if label in book]
    figures = book.compose("Your run in figures: " + ", ".join(f"{{{label}}}" for label in labels) + ".")
    return Answer(figures, Passage(), book.facts, subject=analysis.reading.metrics.activity_id)


def red_flag() -> Answer:
    """Chest pain, fainting and the like: no analysis, no diagnosis (DOMAIN "An answer")."""
    text = (
        "Stop running and see a doctor before you train again. What you describe can be serious, and no coach can "
        "judge it from here.\n\nIf it is happening now, or comes back at rest, call your local emergency number."
    )
    return Answer(Passage((text,)), Passage(), ())


def not_yet() -> Answer:
    text = (
        "I cannot answer that yet. What I can do now: analyse a run, the last one or one of a day you name, compare "
        "your last runs, and say what to run tomorrow."
    )
    return Answer(Passage((text,)), Passage((_examples(),)), (), suggestions=EXAMPLES)


def no_run_that_day(book: FactBook) -> Answer:
    """There is nothing on the day asked about; ``book`` holds ``askedDate`` and ``date.latest``."""
    said = book.compose("I find nothing of yours on {askedDate}. Your latest is from {date.latest}.")
    return Answer(said, Passage(), book.facts, suggestions=EXAMPLES[:1])


def with_note(answer: Answer, note: str) -> Answer:
    """The answer with a sentence without numbers at the end of its detail."""
    return dataclasses.replace(answer, detail=join((answer.detail, Passage((note,))), "\n\n"))


def _examples() -> str:
    return "\n".join(["Try one of these:", *(f"- {example}" for example in EXAMPLES)])
