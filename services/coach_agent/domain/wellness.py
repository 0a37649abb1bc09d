"""The runner's days as their watch or scale saw them: what readiness and resting heart rate are read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

RESTING_DAYS = 60
RESTING_WEEK_DAYS = 7
# Most of a week; the mean of one or two nights would find the lowest night and not the lowest week.
FEWEST_RESTING_NIGHTS = 4
# Nobody who runs rests beyond these; a watch taken off reports such rates.
LOWEST_RESTING_BPM, HIGHEST_RESTING_BPM = 25.0, 110.0


@dataclass(frozen=True, slots=True)
class WellnessDay:
    """A local day and the night that ended on it; None where nothing was recorded."""

    day: dt.date
    sleep_s: float | None = None
    hrv_rmssd_ms: float | None = None
    resting_heart_rate_bpm: float | None = None
    weight_kg: float | None = None


class WellnessSource(Protocol):
    """The days of one runner."""

    async def days(self, first: dt.date, last: dt.date) -> Sequence[WellnessDay]:
        """Those that hold anything, oldest first; both ends are included."""
        ...


def lowest_weekly_resting_bpm(days: Sequence[WellnessDay], today: dt.date) -> float | None:
    """The lowest 7-day mean of resting heart rate within the 60 days up to ``today`` (DOMAIN "Heart-rate zones").

    A week counts with 4 nights or more; None when no week does.
    """
    nightly = np.full(RESTING_DAYS, np.nan)
    for night in days:
        age, bpm = (today - night.day).days, night.resting_heart_rate_bpm
        if 0 <= age < RESTING_DAYS and bpm is not None and LOWEST_RESTING_BPM <= bpm <= HIGHEST_RESTING_BPM:
            nightly[age] = bpm
    weeks = sliding_window_view(nightly, RESTING_WEEK_DAYS)
    full = weeks[np.isfinite(weeks).sum(axis=1) >= FEWEST_RESTING_NIGHTS]
    return float(np.nanmean(full, axis=1).min()) if len(full) else None
