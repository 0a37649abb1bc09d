"""The runner's days as their watch or scale saw them: what readiness and resting heart rate are read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


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
