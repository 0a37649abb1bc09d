"""What a coach says about a run before any detail, and what the saying may look at."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.facts import FactBook
from services.coach_agent.domain.reviews.findings import Findings
from services.coach_agent.domain.runs.reading import Reading


@dataclass(frozen=True, slots=True)
class FourLines:
    """Sentences with ``{label}`` slots; at most 120 words together once filled."""

    session_diagnosis: str
    primary_limiter: str
    performance_lever: str
    next_cue: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the sentences may look at."""

    reading: Reading
    findings: Findings
    book: FactBook


def nothing_found(case: Case, opening: str) -> str:
    """``opening``, with the heart rates of the halves to show for it where there are any."""
    if case.book.has("heartRateFirstHalf", "heartRateSecondHalf"):
        return f"{opening}: the halves averaged {{heartRateFirstHalf}} and {{heartRateSecondHalf}}."
    return f"{opening}."
