"""Fastest times over distances, and best means of a signal over durations."""

from __future__ import annotations

from typing import Literal

import numpy as np

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.models import DistanceEffort, MeanEffort
from services.garmin_ingest.domain.repair.distance import filled
from services.garmin_ingest.domain.repair.gaps import gap_threshold_s
from services.garmin_ingest.domain.repair.signals import FASTEST_RUN_M_PER_S
from services.garmin_ingest.domain.splits import MILE_M, time_at_distance
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
    along = filled(recorded.time_s, distance)
    found = (_fastest(recorded.time_s, along, target) for target in EFFORT_DISTANCES_M)
    return tuple(effort for effort in found if effort is not None)


def _fastest(time_s: Samples, along_m: Samples, target_m: float) -> DistanceEffort | None:
    begins = along_m + target_m <= along_m[-1]
    ends = along_m - target_m >= along_m[0]
    if not begins.any():
        return None
    forward_starts = time_s[begins]
    forward = time_at_distance(time_s, along_m, along_m[begins] + target_m) - forward_starts
    backward_starts = _last_time_at_distance(time_s, along_m, along_m[ends] - target_m)
    backward = time_s[ends] - backward_starts
    starts, lengths = np.concatenate([forward_starts, backward_starts]), np.concatenate([forward, backward])
    # Faster than a sprinter is a jump of the distance, and no effort.
    believable = lengths >= target_m / FASTEST_RUN_M_PER_S
    if not believable.any():
        return None
    best = int(np.argmin(np.where(believable, lengths, np.inf)))
    return DistanceEffort(target_m, float(lengths[best]), float(starts[best]))


def _last_time_at_distance(time_s: Samples, along_m: Samples, distances_m: Samples) -> Samples:
    """When each distance is left behind; the counterpart of ``time_at_distance``."""
    after = np.clip(np.searchsorted(along_m, distances_m, side="right"), 1, len(along_m) - 1)
    step = along_m[after] - along_m[after - 1]
    share = np.where(step > 0, (distances_m - along_m[after - 1]) / np.where(step > 0, step, 1.0), 1.0)
    return np.asarray(time_s[after - 1] + np.clip(share, 0.0, 1.0) * (time_s[after] - time_s[after - 1]))


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
    after = np.clip(np.searchsorted(times, seconds, side="left"), 1, max(len(times) - 1, 1))
    if len(times) < 2:
        return seconds, np.full(len(seconds), signal[0])
    too_wide = times[after] - times[after - 1] > gap_threshold_s(time_s)
    on_a_sample = (seconds == times[after]) | (seconds == times[after - 1])
    return seconds, np.where(too_wide & ~on_a_sample, np.nan, np.interp(seconds, times, signal))


def _best_means(key: Literal["heartRate", "power"], seconds: Samples, values: Samples) -> list[MeanEffort]:
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    counts = np.concatenate([[0], np.cumsum(~np.isnan(values))])
    found: list[MeanEffort] = []
    for duration in EFFORT_DURATIONS_S:
        if duration > len(values):
            break
        whole = counts[duration:] - counts[:-duration] == duration
        if whole.any():
            means = np.where(whole, (sums[duration:] - sums[:-duration]) / duration, -np.inf)
            best = int(np.argmax(means))
            found.append(MeanEffort(key, float(duration), float(means[best]), float(seconds[best])))
    return found
