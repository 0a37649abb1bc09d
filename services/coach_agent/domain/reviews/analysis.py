"""One run, analysed: figures, zones, load, kind, the four lines, the description and what is missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.charts.run_chart import is_drawable
from services.coach_agent.domain.facts import FactBook, Passage, join
from services.coach_agent.domain.reviews.description import describe, missing_sentences
from services.coach_agent.domain.reviews.findings import find
from services.coach_agent.domain.reviews.four_lines import four_lines
from services.coach_agent.domain.reviews.lines import Case, FourLines
from services.coach_agent.domain.reviews.run_facts import add_definitions, add_details, add_key_figures
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import Reading, read_run

LINE_TITLES = {
    "session_diagnosis": "Session diagnosis",
    "primary_limiter": "Primary limiter",
    "performance_lever": "Performance lever",
    "next_cue": "Next cue",
}
MOST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything said about one run. ``lines`` is keyed like ``LINE_TITLES``; ``missing`` by what is missing."""

    reading: Reading
    book: FactBook
    lines: dict[str, Passage]
    kind_reason: Passage
    description: Passage
    missing: dict[str, Passage]

    @property
    def chart(self) -> ChartRequest | None:
        """The run's chart; None for a recording with nothing to draw."""
        metrics = self.reading.metrics
        return ChartRequest("run", (metrics.activity_id,)) if is_drawable(metrics) else None

    @property
    def opening(self) -> Passage:
        """The four lines, one a line, each behind its title."""
        return join((Passage((f"{LINE_TITLES[name]}: ",)) + line for name, line in self.lines.items()), "\n")

    @property
    def detail(self) -> Passage:
        """The description and, as its last paragraph, what is missing."""
        kind = Passage((f"Session kind: {self.reading.kind.type}. ",)) + self.kind_reason
        return join((self.description, kind, join(self.missing.values(), " ")), "\n\n")


def analyse(metrics: RunMetrics, athlete: Athlete, history: Sequence[RunMetrics] = ()) -> Analysis:
    """The analysis of one activity; ``history`` are the runner's earlier runs, newest first, as far as at hand."""
    reading = read_run(metrics, athlete, history)
    findings = find(reading)
    book = FactBook(athlete.profile.units)
    add_key_figures(book, reading)
    add_details(book, reading, findings)
    add_definitions(book)
    previous = _run_before(metrics, history)
    if previous is not None:
        add_key_figures(book, read_run(previous, athlete, history), ".previous")
    case = Case(reading, findings, book)
    return Analysis(
        reading=reading,
        book=book,
        lines=_filled(four_lines(case), book),
        kind_reason=book.compose(reading.kind.reason),
        description=describe(case),
        missing={key: book.compose(text) for key, text in missing_sentences(reading).items()},
    )


def _filled(lines: FourLines, book: FactBook) -> dict[str, Passage]:
    return {field.name: book.compose(getattr(lines, field.name)) for field in dataclasses.fields(lines)}


def _run_before(metrics: RunMetrics, history: Sequence[RunMetrics]) -> RunMetrics | None:
    earlier = [
        other
        for other in history
        if other.activity.is_run and other.activity.start_time < metrics.activity.start_time and other.pace_s_per_km
    ]
    return max(earlier, key=lambda other: other.activity.start_time, default=None) if metrics.activity.is_run else None
