"""Streams as somebody wants to see them: fewer points, and pace beside speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.streams import BY_NAME, PACE_KEY, SPEED, TIME_SCALE, Samples, Streams
from services.garmin_ingest.domain.totals import MOVING_FROM_M_PER_S

Resolution = Literal["low", "medium", "high"]

# A phone is some four hundred pixels wide, a screen two thousand; a point for every second pixel makes a line.
_MOST_POINTS: dict[Resolution, int | None] = {"low": 200, "medium": 1000, "high": None}
_PACE_UNIT = "s/km"


@dataclass(frozen=True, slots=True)
class StreamView:
    """Columns by public key on ``time_s``; NaN where there is no sample. ``units`` has the same keys."""

    time_s: Samples
    columns: dict[str, Samples]
    units: dict[str, str]


def view(streams: Streams, keys: Sequence[str] | None, resolution: Resolution) -> StreamView:
    """``keys`` chooses, None takes all; a signal the activity lacks is left out.

    Fewer points are means of neighbours, of their times as of their values; pace is that of the mean speed, and
    missing while standing still.
    """
    starts = _bucket_starts(len(streams), _MOST_POINTS[resolution])
    columns: dict[str, Samples] = {}
    units: dict[str, str] = {}
    for name, values in streams.columns.items():
        signal = BY_NAME[name]
        means = _means(values, starts, signal.scale)
        if keys is None or signal.key in keys:
            columns[signal.key], units[signal.key] = means, signal.unit
        if name == SPEED and (keys is None or PACE_KEY in keys):
            columns[PACE_KEY], units[PACE_KEY] = _pace(means), _PACE_UNIT
    return StreamView(_means(streams.time_s, starts, TIME_SCALE), columns, units)


def _bucket_starts(samples: int, most: int | None) -> NDArray[np.int64] | None:
    if most is None or samples <= most:
        return None
    return (np.arange(most) * samples // most).astype(np.int64)


def _means(values: Samples, starts: NDArray[np.int64] | None, scale: float) -> Samples:
    """The means from each start to the next, kept to ``1 / scale``, at which the samples themselves are kept."""
    if starts is None:
        return values
    known = ~np.isnan(values)
    counts = np.add.reduceat(known.astype(np.float64), starts)
    sums = np.add.reduceat(np.where(known, values, 0.0), starts)
    means = np.where(counts > 0, sums / np.maximum(counts, 1.0), np.nan)
    return np.asarray(np.round(means * scale) / scale, dtype=np.float64)


def _pace(speed: Samples) -> Samples:
    moving = np.nan_to_num(speed) >= MOVING_FROM_M_PER_S
    pace: Samples = np.where(moving, 1000.0 / np.where(moving, speed, 1.0), np.nan)
    return np.round(pace, 1)
