"""What the coach knows about an activity: the values it reads, in SI units, and nothing derived."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

RUNNING = "running"
INDOOR_SUB_SPORTS = frozenset({"treadmill", "indoor_running", "virtual_activity", "virtual_run"})


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity as a list shows it. A figure that was not recorded is None, never 0."""

    id: uuid.UUID
    version: int
    sport: str
    sub_sport: str | None
    start_time: dt.datetime
    local_date: dt.date
    name: str | None
    distance_m: float | None
    elapsed_s: float | None
    timer_s: float | None
    moving_s: float | None
    ascent_m: float | None
    average_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None
    average_cadence_spm: float | None
    average_power_w: float | None

    @property
    def is_run(self) -> bool:
        return self.sport == RUNNING


@dataclass(frozen=True, slots=True)
class BestEffort:
    """Fastest time over a distance (``span`` in m, ``value`` in s) or best mean over a time (``span`` in s)."""

    kind: str
    span: float
    value: float


@dataclass(frozen=True, slots=True)
class ActivityDetail:
    """One activity with what only its own page holds. ``pauses`` are (start, end) in seconds since the start."""

    activity: Activity
    descent_m: float | None
    average_temperature_c: float | None
    missing: tuple[str, ...]
    pauses: tuple[tuple[float, float], ...]
    best_efforts: tuple[BestEffort, ...]


@dataclass(frozen=True, slots=True)
class Streams:
    """Samples on one strictly increasing time axis (seconds since the start); a missing sample is NaN.

    ``columns`` is keyed by the public stream names: heartRate (bpm), speed (m/s), distance (m), cadence (both feet,
    spm), altitude (m), temperature (degrees C). All columns are as long as ``time_s``.
    """

    time_s: Column
    columns: Mapping[str, Column]

    def column(self, key: str) -> Column | None:
        """The column, or None when it is absent or holds nothing but gaps."""
        values = self.columns.get(key)
        return values if values is not None and bool(np.isfinite(values).any()) else None
