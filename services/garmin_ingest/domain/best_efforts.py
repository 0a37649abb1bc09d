"""Fastest times over distances, and best means of a signal over durations."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.models import DistanceEffort, MeanEffort
from services.garmin_ingest.domain.repair.distance import filled
from services.garmin_ingest.domain.repair.gaps import gap_threshold_s
from services.garmin_ingest.domain.repair.signals import FASTEST_RUN_M_PER_S
from services.garmin_ingest.domain.splits import MILE_M, time_at_distance, time_between, within
from services.garmin_ingest.domain.streams import Samples, Streams

EFFORT_DISTANCES_M = (400.0, 800.0, 1000.0, MILE_M, 3000.0, 5000.0, 10_000.0, 15_000.0, 21_097.5, 42_195.0)
EFFORT_DURATIONS_S = (5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 5400)
# Two weeks at one value a second; past it the signals of a recording are not looked through.
_LONGEST_S = 14 * 24 * 3600


def distance_efforts(recorded: Streams, sport: str) -> tuple[DistanceEffort, ...]:
    """Runs only: the fastest elapsed time over each distance that the run reaches.

    The fastest window of a distance that grows linearly between samples begins or ends at a sample, so both kinds
    are tried: from each sample forward, and from each sample back.
    """
    distance = recorded.get(streams.DISTANCE)
    if distance is None or len(recorded) < 2 or sports.family(sport) != "running":
        return ()
    course = _Course(recorded.time_s, filled(recorded.time_s, distance))
    found = (course.fastest(target) for target in EFFORT_DISTANCES_M)
    return tuple(effort for effort in found if effort is not None)


class _Course:
    """How far along a run was at each sample, for finding the fastest stretch of a length.

    A quick look at all stretches tells how fast each can be at the most; only the ones that can be faster than the
    fastest of that look are measured.
    """

    def __init__(self, time_s: Samples, along_m: Samples) -> None:
        self._time_s, self._along_m = time_s, along_m
        grows = np.diff(along_m) > 0
        self._places = along_m[np.append(True, grows)]
        self._reached_s = time_s[np.append(True, grows)]
        self._left_s = time_s[np.append(grows, True)]

    def fastest(self, target_m: float) -> DistanceEffort | None:
        along, time_s = self._along_m, self._time_s
        # The distance never falls: the samples that can begin a stretch come first, those that can end one last.
        begins = along[: np.count_nonzero(along + target_m <= along[-1])]
        first_end = len(along) - np.count_nonzero(along - target_m >= along[0])
        if not len(begins):
            return None
        least_forward = np.interp(begins + target_m, self._places, self._reached_s) - time_s[: len(begins)]
        least_back = time_s[first_end:] - np.interp(along[first_end:] - target_m, self._places, self._left_s)
        limit = self._limit(target_m, least_forward)
        forward = self._forward(np.flatnonzero(least_forward <= limit), target_m)
        back = self._back(first_end + np.flatnonzero(least_back <= limit), target_m)
        starts, lengths = (np.concatenate(pair) for pair in zip(forward, back, strict=True))
        believable = lengths >= _shortest_s(target_m)
        if not believable.any():
            return None
        best = int(np.argmin(np.where(believable, lengths, np.inf)))
        return DistanceEffort(target_m, float(lengths[best]), float(starts[best]))

    def _limit(self, target_m: float, least: Samples) -> float:
        """What no stretch has to be looked at that takes longer; a little more, for the rounding of the quick look."""
        believable = np.where(least >= _shortest_s(target_m), least, np.inf)
        quickest = int(np.argmin(believable))
        if np.isinf(believable[quickest]):
            return np.inf
        distance = self._along_m[quickest] + target_m
        after = max(int(self._along_m.searchsorted(distance)), 1)
        before_m, step_m = self._along_m[after - 1], self._along_m[after] - self._along_m[after - 1]
        share = min(max((distance - before_m) / step_m, 0.0), 1.0) if step_m > 0 else 0.0
        reached_s = self._time_s[after - 1] + share * (self._time_s[after] - self._time_s[after - 1])
        return float(reached_s - self._time_s[quickest]) + 1e-6

    def _forward(self, begins: NDArray[np.int64], target_m: float) -> tuple[Samples, Samples]:
        """Start and length of the stretch that begins at each of those samples."""
        starts = self._time_s[begins]
        return starts, time_at_distance(self._time_s, self._along_m, self._along_m[begins] + target_m) - starts

    def _back(self, ends: NDArray[np.int64], target_m: float) -> tuple[Samples, Samples]:
        """Start and length of the stretch that ends at each of those samples."""
        distances = self._along_m[ends] - target_m
        after = within(self._along_m.searchsorted(distances, side="right"), 1, len(self._along_m) - 1)
        starts = time_between(self._time_s, self._along_m, after, distances, on_a_plateau=1.0)
        return starts, self._time_s[ends] - starts


def _shortest_s(target_m: float) -> float:
    """Faster than a sprinter is a jump of the distance, and no effort."""
    return target_m / FASTEST_RUN_M_PER_S


def mean_efforts(recorded: Streams) -> tuple[MeanEffort, ...]:
    """Best mean heart rate and power over each duration, on values of one second; no window reaches over a gap."""
    if len(recorded) < 2 or recorded.time_s[-1] > _LONGEST_S:
        return ()
    found: list[MeanEffort] = []
    signals: tuple[tuple[Literal["heartRate", "power"], str], ...] = (
        ("heartRate", streams.HEART_RATE),
        ("power", streams.POWER),
    )
    for key, name in signals:
        column = recorded.get(name)
        if column is not None:
            found += _best_means(key, *_each_second(recorded.time_s, column))
    return tuple(found)


def _each_second(time_s: Samples, values: Samples) -> tuple[Samples, Samples]:
    """Values on whole seconds by linear interpolation, NaN inside gaps of the recording or of the signal."""
    known = ~np.isnan(values)
    times, signal = time_s[known], values[known]
    seconds = np.arange(np.ceil(times[0]), np.floor(times[-1]) + 1)
    if np.array_equal(seconds, times):
        return seconds, signal
    after = np.clip(np.searchsorted(times, seconds, side="left"), 1, max(len(times) - 1, 1))
    if len(times) < 2:
        return seconds, np.full(len(seconds), signal[0])
    too_wide = times[after] - times[after - 1] > gap_threshold_s(time_s)
    on_a_sample = (seconds == times[after]) | (seconds == times[after - 1])
    return seconds, np.where(too_wide & ~on_a_sample, np.nan, np.interp(seconds, times, signal))


def _best_means(key: Literal["heartRate", "power"], seconds: Samples, values: Samples) -> list[MeanEffort]:
    missing = np.isnan(values)
    has_gaps = bool(missing.any())
    sums, gaps = np.zeros(len(values) + 1), np.zeros(len(values) + 1)
    np.cumsum(np.where(missing, 0.0, values) if has_gaps else values, out=sums[1:])
    np.cumsum(missing, out=gaps[1:])
    found: list[MeanEffort] = []
    for duration in EFFORT_DURATIONS_S:
        if duration > len(values):
            break
        totals = sums[duration:] - sums[:-duration]
        if has_gaps:
            totals[gaps[duration:] > gaps[:-duration]] = -np.inf
        best = int(totals.argmax())
        if totals[best] > -np.inf:
            found.append(MeanEffort(key, float(duration), float(totals[best]) / duration, float(seconds[best])))
    return found
