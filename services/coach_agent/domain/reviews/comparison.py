"""Two runs side by side: what changed, and whether it was fitness, effort or the kind of session."""

from __future__ import annotations

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.examples import EXAMPLES
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind, join
from services.coach_agent.domain.reviews.run_facts import add_key_figures
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import Reading, read_run

SAME_PACE = 0.01
SAME_HEART_RATE_BPM = 2.0
SAME_LOAD = 0.15


def compare_runs(latest: RunMetrics, earlier: RunMetrics, athlete: Athlete) -> Answer:
    """Observations, one chart, then what to make of it. The earlier run's facts carry ``.previous``."""
    book = FactBook(athlete.profile.units)
    readings = read_run(latest, athlete), read_run(earlier, athlete)
    add_key_figures(book, readings[0])
    add_key_figures(book, readings[1], ".previous")
    _add_differences(book)
    observations = [_sizes(book), _speed_and_effort(book), _cost(book), _kinds(readings), _drift(book)]
    said = [book.compose(text) for text in observations if text][:5]
    drawn = all(run.measured.trace is not None for run in (latest, earlier))
    return Answer(
        opening=join((Passage(("- ",)) + passage for passage in said), "\n"),
        detail=book.compose(_meaning(book, readings)),
        facts=book.facts,
        chart=ChartRequest("comparison", (latest.activity_id, earlier.activity_id)) if drawn else None,
        suggestions=(EXAMPLES[0], EXAMPLES[3]),
        subject=latest.activity_id,
    )


def _add_differences(book: FactBook) -> None:
    source = Source(SourceKind.FITNESS, "comparison")
    if book.has("pace", "pace.previous"):
        book.pace("paceDifference", abs(book["pace"].value - book["pace.previous"].value), source)
    if book.has("averageHeartRate", "averageHeartRate.previous"):
        difference = abs(book["averageHeartRate"].value - book["averageHeartRate.previous"].value)
        book.heart_rate("heartRateDifference", difference, source)
    if book.has("efficiencyFactor", "efficiencyFactor.previous"):
        book.percent("efficiencyChange", abs(_efficiency_change(book)), source, decimals=1)


def _efficiency_change(book: FactBook) -> float:
    return 100.0 * (book["efficiencyFactor"].value / book["efficiencyFactor.previous"].value - 1.0)


def _sizes(book: FactBook) -> str:
    def size(suffix: str) -> str:
        labels = [f"{label}{suffix}" for label in ("distance", "duration", "pace") if f"{label}{suffix}" in book]
        return ", ".join(f"{{{label}}}" for label in labels)

    return f"The latest, on {{date}}: {size('')}. The one before, on {{date.previous}}: {size('.previous')}."


def _speed_and_effort(book: FactBook) -> str:
    if "paceDifference" not in book:
        return "Pace cannot be compared, since a distance is missing."
    change = book["pace"].value / book["pace.previous"].value - 1.0
    speed = (
        "at the same pace" if abs(change) <= SAME_PACE else f"{{paceDifference}} {'slower' if change > 0 else 'faster'}"
    )
    if "heartRateDifference" not in book:
        return f"The latest was run {speed}; without heart rate in both, effort cannot be compared."
    beats = book["averageHeartRate"].value - book["averageHeartRate.previous"].value
    if abs(beats) <= SAME_HEART_RATE_BPM:
        return f"The latest was run {speed} with much the same heart rate."
    return (
        f"The latest was run {speed}, and heart rate was {{heartRateDifference}} {'higher' if beats > 0 else 'lower'}."
    )


def _cost(book: FactBook) -> str:
    if not book.has("load", "load.previous"):
        return ""
    ratio = book["load"].value / book["load.previous"].value if book["load.previous"].value else 2.0
    word = "about as much as" if abs(ratio - 1) <= SAME_LOAD else "more than" if ratio > 1 else "less than"
    return f"It cost you a load of {{load}}, {word} the {{load.previous}} before."


def _kinds(readings: tuple[Reading, Reading]) -> str:
    latest, earlier = (reading.kind.type for reading in readings)
    if latest is earlier:
        return f"Both count as {latest} sessions, so they bear comparison."
    return f"They are different sessions, {latest} and {earlier} before, so pace alone says little."


def _drift(book: FactBook) -> str:
    if not book.has("decoupling", "decoupling.previous"):
        return ""
    held = book["decoupling"].value < book["decoupling.previous"].value
    return f"Endurance held {'better' if held else 'less well'}: drift of {{decoupling}} after {{decoupling.previous}}."


def _meaning(book: FactBook, readings: tuple[Reading, Reading]) -> str:
    if "efficiencyChange" not in book:
        return "For a fuller comparison both runs need distance and heart rate."
    if readings[0].kind.type is not readings[1].kind.type:
        return (
            "Across different kinds of session, ground covered per heartbeat says little about fitness. To see "
            "progress, compare like with like: easy runs of much the same length on much the same course."
        )
    change = _efficiency_change(book)
    hot = any((reading.metrics.average_temperature_c or 0.0) >= 25.0 for reading in readings)
    caution = " Heat played a part, so wait for a cooler run before you read much into it." if hot else ""
    if abs(change) < 2.0:
        return (
            "Each heartbeat bought the same ground as before, to within {efficiencyChange}. Fitness stands where it "
            f"was.{caution}"
        )
    if change > 0:
        return (
            "Each heartbeat bought {efficiencyChange} more ground on level terms than in the run before. A single pair "
            f"proves nothing, but repeated it is what getting fitter looks like.{caution}"
        )
    return (
        "Each heartbeat bought {efficiencyChange} less ground on level terms than in the run before. Tired legs, poor "
        f"sleep, heat or a different session explain that more often than lost fitness does.{caution}"
    )
