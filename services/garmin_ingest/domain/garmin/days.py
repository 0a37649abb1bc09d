"""Arithmetic of ranges of days: what is missing, and in which pieces it is fetched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from services.garmin_ingest.domain.garmin.models import Days

# Before the first watch that records a run.
EARLIEST = dt.date(1990, 1, 1)
_DAY = dt.timedelta(days=1)
# The place on Earth that is furthest ahead of UTC; there a runner may be in tomorrow already.
_FURTHEST_AHEAD = dt.timedelta(hours=14)


def latest_day(now: dt.datetime) -> dt.date:
    """The latest date that it is anywhere."""
    return (now + _FURTHEST_AHEAD).date()


def joined(ranges: Iterable[Days]) -> list[Days]:
    """The same days in the fewest ranges, oldest first."""
    found: list[Days] = []
    for each in sorted(ranges, key=lambda days: days.first):
        if each.last < each.first:
            continue
        if found and each.first <= found[-1].last + _DAY:
            found[-1] = Days(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return found


def without(days: Days, others: Iterable[Days]) -> list[Days]:
    """The days that are in none of the others, oldest first."""
    left: list[Days] = []
    first = days.first
    for other in joined(others):
        if first <= days.last and other.first > first:
            left.append(Days(first, min(days.last, other.first - _DAY)))
        first = max(first, other.last + _DAY)
    if first <= days.last:
        left.append(Days(first, days.last))
    return left


def pieces(ranges: Iterable[Days], *, sizes: Sequence[int]) -> list[Days]:
    """The ranges newest first, cut into pieces of so many days; the last size is that of all further pieces."""
    found: list[Days] = []
    for each in reversed(joined(ranges)):
        last = each.last
        while last >= each.first:
            size = sizes[min(len(found), len(sizes) - 1)]
            first = max(each.first, last - dt.timedelta(days=size - 1))
            found.append(Days(first, last))
            last = first - _DAY
    return found
