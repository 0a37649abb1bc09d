"""How the load of a week sits beside the weeks before it, and how evenly it is spread.

Context for a coach, not a prediction of injury. Every function takes one finite load a day (0 where nothing was done)
and returns a column as long; a day whose figure would rest on too short a history, or on a division by nothing, is NaN.
"""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.fitness.impulse_response import smoothed, start_value
from services.coach_agent.domain.models import Column

ACUTE_DAYS = 7
CHRONIC_DAYS = 28
# Loads as even as this differ by rounding only, and a ratio to their deviation would be a number without meaning.
_EVEN = 1e-9


def acute_chronic_ratio(load: Column) -> Column:
    """7-day over 28-day mean daily load, the week being part of the month (DOMAIN "Acute:chronic ratio").

    NaN for the first 27 days, and where the 28 days hold no load at all.
    """
    return _ratio(_means(load, ACUTE_DAYS), _means(load, CHRONIC_DAYS))


def acute_chronic_ewma_ratio(load: Column) -> Column:
    """The same with exponentially weighted means of weight 2/(N+1) (Williams et al. 2017, Br J Sports Med 51:209).

    Both start, as fitness does, from the mean of the first 14 days. NaN where the rolling ratio is: a mean that fades
    for ever never tells that there was nothing to compare with.
    """
    start = start_value(load)
    acute, chronic = (smoothed(load, 2.0 / (days + 1), start) for days in (ACUTE_DAYS, CHRONIC_DAYS))
    known = np.nan_to_num(_means(load, CHRONIC_DAYS)) > 0
    return np.where(known, _ratio(acute, chronic), np.nan)


def monotony(load: Column) -> Column:
    """Mean over standard deviation of the daily load of the 7 days that end with each day.

    Foster 1998 (Med Sci Sports Exerc 30:1164), with the deviation of all seven days, of which the week is no sample.
    NaN for the first 6 days and for a week of seven equal loads, a week of rest among them: evenness has no measure
    where nothing varies.
    """
    mean = _means(load, ACUTE_DAYS)
    deviation = np.sqrt(_means(load, ACUTE_DAYS, around=mean))
    return _ratio(mean, np.where(deviation > _EVEN * mean, deviation, np.nan))


def strain(load: Column) -> Column:
    """Load of the 7 days times their monotony (Foster 1998); NaN where monotony is."""
    return ACUTE_DAYS * _means(load, ACUTE_DAYS) * monotony(load)


def _means(load: Column, days: int, *, around: Column | None = None) -> Column:
    """Means of the ``days`` that end with each day, or of their squared distances from the day's value of ``around``.

    Summed day by day, so that weeks of rest come out as exactly 0.
    """
    windows = max(0, len(load) - days + 1)
    total = np.zeros(windows)
    for day in range(days if windows else 0):
        of_day = load[day : day + windows]
        total += of_day if around is None else (of_day - around[days - 1 :]) ** 2
    return np.concatenate((np.full(len(load) - windows, np.nan), total / days))


def _ratio(above: Column, below: Column) -> Column:
    ratio: Column = np.full(len(above), np.nan)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio
