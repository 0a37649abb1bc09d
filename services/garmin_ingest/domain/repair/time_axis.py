"""A time axis that only goes forward: samples out of order are dropped, doubled ones merged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.models import RecordingWarning
from services.garmin_ingest.domain.ordering import longest_ordered
from services.garmin_ingest.domain.repair.places import counted
from services.garmin_ingest.domain.streams import Samples, Streams

# No session pauses for a day: a longer step is a damaged time, and everything past it belongs to nothing.
_LONGEST_STEP_S = 24 * 3600.0


def repair_time_axis(streams: Streams) -> tuple[Streams, list[RecordingWarning]]:
    """Streams with strictly increasing times of at least 0, keeping as many samples as can stay in order."""
    timed = np.flatnonzero(np.isfinite(streams.time_s) & (streams.time_s >= 0))
    merged = _merge_doubles(streams if len(timed) == len(streams) else _rows(streams, timed))
    in_order = longest_ordered(merged.time_s, strictly=True)
    kept = in_order[_longest_without_a_leap(merged.time_s[in_order])]
    dropped = len(streams) - len(timed) + len(merged) - len(kept)
    if not dropped:
        return merged, []
    text = f"{counted(dropped, 'sample')} of {len(streams)} with a time that goes back or cannot be: dropped."
    return _rows(merged, kept), [RecordingWarning("TIME_WENT_BACK", text)]


def _rows(streams: Streams, rows: NDArray[np.int64]) -> Streams:
    return Streams(streams.time_s[rows], {name: column[rows] for name, column in streams.columns.items()})


def _longest_without_a_leap(times: Samples) -> NDArray[np.int64]:
    stretches = np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > _LONGEST_STEP_S) + 1)
    return max(stretches, key=len)


def _merge_doubles(streams: Streams) -> Streams:
    """One sample a moment: where a device wrote several in a row, the first known value of each signal."""
    times = streams.time_s
    firsts = np.flatnonzero(np.diff(times, prepend=np.nan) != 0)
    if len(firsts) == len(times):
        return streams
    group = np.searchsorted(firsts, np.arange(len(times)), side="right") - 1
    merged: dict[str, Samples] = {}
    for name, column in streams.columns.items():
        # Assigned from the last to the first, so that the first known value of a group stays.
        known = np.flatnonzero(~np.isnan(column))[::-1]
        merged[name] = np.full(len(firsts), np.nan)
        merged[name][group[known]] = column[known]
    return Streams(times[firsts], merged)
