"""Phases of training: stretches of weeks with much the same weekly distance, and breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.models import Column

# Four weeks are the shortest rhythm that training is planned in; a shorter stretch is a bad week, not a phase.
BLOCK_WEEKS = 4
# A change of the block's weekly distance that a runner would call more or less training.
_CHANGE = 0.3
_BREAK_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Phase:
    first_day: dt.date
    last_day: dt.date
    weekly_distance_m: float

    @property
    def is_break(self) -> bool:
        return self.weekly_distance_m == 0.0


def phases_of(history: History, today: dt.date) -> tuple[Phase, ...]:
    """The phases up to the last full week, the oldest first; the first run ever fixes where they begin and end.

    A break is three weeks or more without a run. Between breaks, blocks of four weeks whose weekly distance differs by
    less than 30 % from the mean of the phase so far belong together.
    """
    weeks, first = _weekly_distances(history, today)
    found: list[Phase] = []
    for begin, end, resting in _stretches(weeks):
        if resting:
            found.append(_phase(first, begin, end, 0.0))
            continue
        start = begin
        for block in range(begin + BLOCK_WEEKS, end, BLOCK_WEEKS):
            mean, following = weeks[start:block].mean(), weeks[block : min(block + BLOCK_WEEKS, end)]
            # What is left at the end may be a single week, which says little by itself.
            if following.size == BLOCK_WEEKS and abs(following.mean() - mean) > _CHANGE * mean:
                found.append(_phase(first, start, block, float(mean)))
                start = block
        found.append(_phase(first, start, end, float(weeks[start:end].mean())))
    return tuple(found)


def _weekly_distances(history: History, today: dt.date) -> tuple[Column, dt.date]:
    """Metres run in each week from a Monday on, the running week left out."""
    monday = today - dt.timedelta(days=today.weekday())
    counted = history.is_run & np.isfinite(history.distance_m) & (history.day < monday.toordinal())
    if not counted.any():
        return np.zeros(0), monday
    begun = dt.date.fromordinal(int(history.day[counted].min()))
    first = begun - dt.timedelta(days=begun.weekday())
    week = (history.day[counted] - first.toordinal()) // 7
    weeks = np.bincount(week, weights=history.distance_m[counted], minlength=(monday - first).days // 7)
    return weeks.astype(np.float64), first


def _stretches(weeks: Column) -> list[tuple[int, int, bool]]:
    """(begin, end, resting) of weeks; rests shorter than a break belong to the running around them."""
    found: list[tuple[int, int, bool]] = []
    begin = 0
    for end in range(1, len(weeks) + 1):
        if end < len(weeks) and (weeks[end] > 0) == (weeks[begin] > 0):
            continue
        resting = bool(weeks[begin] == 0) and end - begin >= _BREAK_WEEKS
        if found and found[-1][2] == resting:
            found[-1] = (found[-1][0], end, resting)
        else:
            found.append((begin, end, resting))
        begin = end
    return found


def _phase(first: dt.date, begin: int, end: int, weekly_m: float) -> Phase:
    last = first + dt.timedelta(weeks=end) - dt.timedelta(days=1)
    return Phase(first + dt.timedelta(weeks=begin), last, weekly_m)
