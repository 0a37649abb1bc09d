"""The times of messages, also of those whose header only tells the last five bits of theirs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.fit.columns import gathered
from services.garmin_ingest.domain.fit.wire import FitPart
from services.garmin_ingest.domain.streams import Samples

TIMESTAMP = 253
_FIVE_BITS = 0x1F


class Stamps:
    """The FIT seconds of the messages with a compressed-timestamp header, counted on from the full time before."""

    def __init__(self, part: FitPart) -> None:
        self._offsets = np.array(part.compressed, dtype=np.int64)
        self._seconds = _counted_on(part) if part.compressed else np.empty(0)

    def fill(self, times: Samples, offsets: NDArray[np.int64]) -> Samples:
        """``times`` of the messages at those offsets, with what their headers tell where it is NaN."""
        if not len(self._offsets) or not len(offsets):
            return times
        at = np.minimum(np.searchsorted(self._offsets, offsets), len(self._offsets) - 1)
        told = np.where(self._offsets[at] == offsets, self._seconds[at], np.nan)
        return np.where(np.isnan(times), told, times)


def _counted_on(part: FitPart) -> Samples:
    """A header's five bits are the next time after the last known one that ends with them."""
    full_offsets, full_seconds = _full_times(part)
    # A message's own full time is known before its header is counted on.
    following = np.searchsorted(full_offsets, part.compressed, side="right").tolist()
    last, known = 0, 0
    seconds: list[int] = []
    for offset, full in zip(part.compressed, following, strict=True):
        if full > known:
            last, known = full_seconds[full - 1], full
        bits = part.data[offset] & _FIVE_BITS
        last += (bits - last) & _FIVE_BITS
        seconds.append(last)
    return np.array(seconds, dtype=np.float64)


def _full_times(part: FitPart) -> tuple[NDArray[np.int64], list[int]]:
    offsets, seconds = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for definition in part.definitions:
        if TIMESTAMP in definition.fields and len(definition):
            group = gathered(part.data, definition)
            times = group.numbers(TIMESTAMP)
            if times is None:
                continue
            known = ~np.isnan(times)
            offsets.append(group.offsets[known])
            seconds.append(times[known])
    all_offsets, all_seconds = np.concatenate(offsets), np.concatenate(seconds)
    order = np.argsort(all_offsets)
    return all_offsets[order], [int(second) for second in all_seconds[order].tolist()]
