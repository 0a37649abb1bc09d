"""Track points gathered one after another, as both XML formats give them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sized

import numpy as np

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.streams import Samples

# More than eleven days at one sample a second.
_MOST_POINTS = 1_000_000
# Old training software exports a season of workouts into one file.
_MOST_RECORDINGS = 1000
# Nobody takes 120 strides a minute with one foot for half a run: such a file already counts both feet.
_FASTEST_STRIDES = 120


class Points:
    """Grows by one point at a time; ``add`` takes any of the known signals, what is left out is missing."""

    def __init__(self) -> None:
        self._times = array("d")
        self._columns: dict[str, array[float]] = {}

    def __len__(self) -> int:
        return len(self._times)

    def add(self, unix_s: float, values: dict[str, float]) -> None:
        if len(self._times) >= _MOST_POINTS:
            raise ActivityFileInvalid("it holds more samples than any recording")
        before = len(self._times)
        self._times.append(unix_s)
        for name, value in values.items():
            if math.isnan(value):
                continue
            column = self._columns.setdefault(name, array("d"))
            column.extend([math.nan] * (before - len(column)))
            column.append(value)

    def times(self) -> Samples:
        return np.array(self._times, dtype=np.float64)

    def columns(self, sport: str) -> dict[str, Samples]:
        """The signals that have at least one sample; strides become steps of both feet for sports on foot."""
        found: dict[str, Samples] = {}
        for name, column in self._columns.items():
            values = np.full(len(self._times), np.nan)
            values[: len(column)] = column
            found[name] = values
        if streams.CADENCE in found and sports.on_foot(sport):
            found[streams.CADENCE] = both_feet(found[streams.CADENCE])
        return found


def refuse_more(recordings: Sized) -> None:
    """Raises ActivityFileInvalid where a file goes on past what one may hold."""
    if len(recordings) > _MOST_RECORDINGS:
        raise ActivityFileInvalid("it holds more recordings than one file may have; export them one by one")


def both_feet(cadence: Samples) -> Samples:
    """Steps a minute: the formats count one foot, but some exporters already count both."""
    moving = cadence[cadence > 0]
    counts_one_foot = len(moving) == 0 or float(np.median(moving)) <= _FASTEST_STRIDES
    return cadence * 2 if counts_one_foot else cadence
