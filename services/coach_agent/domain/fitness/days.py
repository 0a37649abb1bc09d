"""The days that a question about fitness is about."""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.coach_agent.domain.fitness.models import FitnessSeries, FitnessState
from services.coach_agent.domain.models import Column
from shared.errors import ValidationFailed

USUAL_DAYS = 84
LONGEST_DAYS = 11 * 366


def asked_days(first: dt.date | None, last: dt.date | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """Both ends included; the last twelve weeks where neither is given, and never past today.

    Raises ValidationFailed.
    """
    end = min(last or today, today)
    begin = first or end - dt.timedelta(days=USUAL_DAYS - 1)
    if last is not None and begin > last:
        raise _refused("to", "is before 'from'")
    if begin > end:
        raise _refused("from", "is after today")
    if (end - begin).days >= LONGEST_DAYS:
        raise _refused("from", "is more than eleven years before 'to'; ask for them in several calls")
    return begin, end


def days_between(state: FitnessState, first: dt.date, last: dt.date) -> FitnessSeries:
    """A value for each day from ``first`` to ``last``; NaN before the first activity.

    Fitness, fatigue and form are NaN throughout where too little is known to speak of them.
    """
    series, days = state.series, (last - first).days + 1
    nothing = np.full(days, np.nan)
    if series is None:
        return FitnessSeries(first, nothing, nothing, nothing, nothing)

    def cut(column: Column) -> Column:
        place = series.index(first)
        known = column[max(0, place) : max(0, place + days)]
        return np.concatenate((np.full(min(days, max(0, -place)), np.nan), known))

    if state.now.fitness is None:
        return FitnessSeries(first, cut(series.load), nothing, nothing, nothing)
    return FitnessSeries(first, cut(series.load), cut(series.fitness), cut(series.fatigue), cut(series.form))


def _refused(field: str, issue: str) -> ValidationFailed:
    return ValidationFailed(f"{field!r} {issue}.", details=[{"field": field, "issue": issue}])
