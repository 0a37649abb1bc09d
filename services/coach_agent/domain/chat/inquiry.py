"""One question with everything about its asker that an answer is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.chat.intent import Intent, Span
from services.coach_agent.domain.errors import NoData
from services.coach_agent.domain.facts import Fact, FactBook, Passage, Source, SourceKind, join
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.units import date_text

HOW_TO_GET_DATA = "Import a FIT, TCX or GPX file on the Runs page, and ask again."
NOTHING_YET = "There is nothing to answer this from yet. " + HOW_TO_GET_DATA
QUESTION = Source(SourceKind.MESSAGE, "question")
MOST_OBSERVATIONS = 5


@dataclass(frozen=True, slots=True)
class Inquiry:
    """``athlete`` reads in the units that the question asks for."""

    runner: Runner
    intent: Intent
    athlete: Athlete

    @property
    def today(self) -> dt.date:
        return self.runner.today

    def book(self) -> FactBook:
        return FactBook(self.athlete.profile.units)


def observations(book: FactBook, sentences: list[str]) -> Passage:
    """A line each, those without anything to say left out."""
    said = [book.compose(text) for text in sentences if text][:MOST_OBSERVATIONS]
    return join((Passage(("- ",)) + passage for passage in said), "\n")


def add_period(book: FactBook, label: str, span: Span) -> None:
    """The days of a period as one fact; the value is how many they are."""
    book.put(Fact(label, span.days, "d", period_text(span), QUESTION))


def period_text(span: Span) -> str:
    """A period as it is said: "October 2026", "2025", "9 to 15 November 2026"."""
    first, last = span.first, span.last
    if first == last:
        return date_text(first)
    ends_month = (last + dt.timedelta(1)).day == 1
    if first.day == 1 and ends_month and (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    if first.year != last.year:
        return f"{date_text(first)} to {date_text(last)}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begin} to {date_text(last)}"


def within(span: Span) -> str:
    """The word that stands before a period: on a day, from one to another, in a month or a year."""
    if span.first == span.last:
        return "on"
    return "from" if " to " in period_text(span) else "in"


def counted(book: FactBook, label: str, one: str, many: str) -> str:
    """The slot of a count with its noun."""
    return f"{{{label}}} {one if book[label].value == 1 else many}"


def nothing_yet() -> NoData:
    return NoData(NOTHING_YET)
