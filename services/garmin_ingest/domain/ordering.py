"""The longest part of a sequence that never goes back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.streams import Samples


def longest_ordered(values: Samples, *, strictly: bool) -> NDArray[np.int64]:
    """Indices of the longest subsequence of known values that never falls, or (``strictly``) that always rises.

    Patience sorting, n log n.
    """
    steps = np.diff(values)
    if len(values) < 2 or bool(np.all(steps > 0 if strictly else steps >= 0)):
        return np.arange(len(values))
    place_of = bisect_left if strictly else bisect_right
    tails: list[float] = []
    tail_at: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values.tolist()):
        place = place_of(tails, value)
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
