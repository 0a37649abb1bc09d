"""Figures out of JSON that others wrote: what cannot be one is None, and never an error."""

from __future__ import annotations

import datetime as dt
from typing import Any

# In kg; a scale that was stepped on by a suitcase or a child tells nothing of the runner.
_WEIGHTS_KG = (20.0, 400.0)
_LONGEST_TEXT = 500
# Before 2000 a time is no time of a watch, only a zero.
_EARLIEST_UNIX_S = 946_684_800
# No place on Earth is further from UTC.
_FURTHEST_OFFSET_S = 15 * 3600


def text(value: Any) -> str | None:
    """Printable text of at most 500 characters; None for nothing."""
    if not isinstance(value, str):
        return None
    return "".join(char for char in value if char.isprintable())[:_LONGEST_TEXT].strip() or None


def number(value: Any) -> float | None:
    """A figure as it was measured: Garmin says -1 and the like where it has none."""
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e10
    return float(value) if usable else None


def whole(value: Any) -> int | None:
    measured = number(value)
    return None if measured is None or measured > 2**31 - 1 else round(measured)


def kilograms(grams: Any) -> float | None:
    weight = number(grams)
    lightest, heaviest = _WEIGHTS_KG
    return weight / 1000 if weight is not None and lightest <= weight / 1000 <= heaviest else None


def date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def moment(unix_s: Any) -> dt.datetime | None:
    """A point in time from seconds since 1970."""
    measured = number(unix_s)
    return None if measured is None or measured < _EARLIEST_UNIX_S else dt.datetime.fromtimestamp(measured, dt.UTC)


def moment_of_ms(unix_ms: Any) -> dt.datetime | None:
    usable = isinstance(unix_ms, int | float) and not isinstance(unix_ms, bool)
    return moment(unix_ms / 1000) if usable else None


def offset_s(value: Any) -> int | None:
    """An offset from UTC in seconds, which may be negative."""
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _FURTHEST_OFFSET_S
    return round(value) if usable else None
