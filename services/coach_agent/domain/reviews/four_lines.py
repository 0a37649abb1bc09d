"""The four lines a coach says about a run, before any detail: diagnosis, limiter, lever, cue."""

from __future__ import annotations

from collections.abc import Callable

from services.coach_agent.domain.reviews import lines_easy, lines_hard, lines_incomplete
from services.coach_agent.domain.reviews.lines import Case, FourLines
from services.coach_agent.domain.runs.session_kind import SessionType


def four_lines(case: Case) -> FourLines:
    """The lines for this kind of session and for what its data show."""
    if case.findings.too_short:
        return lines_incomplete.too_short(case)
    if case.reading.metrics.activity.is_run and not case.book.has("distance", "pace"):
        return lines_incomplete.without_distance(case)
    return _BY_TYPE[case.reading.kind.type](case)


_BY_TYPE: dict[SessionType, Callable[[Case], FourLines]] = {
    SessionType.RACE: lines_hard.race,
    SessionType.INTERVALS: lines_hard.intervals,
    SessionType.TEMPO: lines_hard.tempo,
    SessionType.LONG: lines_easy.long,
    SessionType.PROGRESSION: lines_easy.progression,
    SessionType.RECOVERY: lines_easy.recovery,
    SessionType.EASY: lines_easy.easy,
    SessionType.OTHER: lines_incomplete.other,
}
