"""The longest part of a sequence that never goes back."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.streams import Samples


def longest_ordered(values: Samples) -> NDArray[np.int64]:
    """Indices of the longest non-decreasing subsequence of known values (patience sorting, n log n)."""
    if len(values) < 2 or bool(np.all(np.diff(values) >= 0)):
        return np.arange(len(values))
    tails: list[float] = []
    tail_at: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values.tolist()):
        place = bisect_right(tails, value)
        if place == len(tails):
            tails.append(value)
            tail_at.append(index)
        else:
            tails[place], tail_at[place] = value, index
        before.append(tail_at[place - 1] if place else -1)
    chain = [tail_at[-1]]
    while before[chain[-1]] >= 0:
        chain.append(before[chain[-1]])
    return np.array(chain[::-1])
