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
    in_order = timed[longest_ordered(streams.time_s[timed])]
    kept = in_order[_longest_without_a_leap(streams.time_s[in_order])]
    dropped = len(streams) - len(kept)
    warnings: list[RecordingWarning] = []
    if dropped:
        text = (
            f"{counted(dropped, 'sample')} of {len(streams)} had a time that goes back or cannot be, and were dropped."
        )
        warnings.append(RecordingWarning("TIME_WENT_BACK", text))
    columns = {name: column[kept] for name, column in streams.columns.items()}
    return _merge_doubles(streams.time_s[kept], columns), warnings


def _longest_without_a_leap(times: Samples) -> NDArray[np.int64]:
    stretches = np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > _LONGEST_STEP_S) + 1)
    return max(stretches, key=len)


def _merge_doubles(times: Samples, columns: dict[str, Samples]) -> Streams:
    """One sample a moment: where a device wrote two, the first value known of each signal."""
    firsts = np.flatnonzero(np.diff(times, prepend=-1.0) > 0)
    if len(firsts) == len(times):
        return Streams(times, columns)
    merged = {name: column[firsts] for name, column in columns.items()}
    group = np.searchsorted(firsts, np.arange(len(times)), side="right") - 1
    for name, column in columns.items():
        known = np.flatnonzero(~np.isnan(column))[::-1]
        filled = merged[name].copy()
        filled[group[known]] = column[known]
        merged[name] = filled
    return Streams(times[firsts], merged)
