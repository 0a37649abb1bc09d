"""A run drawn with few points: despiked, smoothed and thinned, ready for a chart in any units and theme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.models import Column, Streams
from services.coach_agent.domain.runs.timeline import MOVING_SPEED_M_PER_S, Timeline

MOST_POINTS = 600
SHORTEST_STEP_S = 5.0
SMOOTHING_S = 30.0


@dataclass(frozen=True, slots=True)
class Trace:
    """At most 600 points of time, distance, speed, heart rate and altitude; NaN where there is nothing to draw."""

    time_s: Column
    distance_m: Column
    speed_m_per_s: Column
    heart_rate_bpm: Column
    altitude_m: Column


def draw_trace(streams: Streams, timeline: Timeline) -> Trace:
    """Means over equal steps of elapsed time; speed and heart rate after a median of five and a 30 s running mean."""
    time_s = timeline.time_s
    span = float(time_s[-1] - time_s[0])
    step = max(SHORTEST_STEP_S, span / (MOST_POINTS - 1))
    grid = time_s[0] + np.arange(int(span // step) + 1) * step
    distance = np.interp(grid, time_s, timeline.distance_m)
    back = np.maximum(grid - SMOOTHING_S / 2, time_s[0])
    ahead = np.minimum(grid + SMOOTHING_S / 2, time_s[-1])
    covered = np.interp(ahead, time_s, timeline.distance_m) - np.interp(back, time_s, timeline.distance_m)
    speed = np.divide(covered, ahead - back, out=np.zeros_like(covered), where=ahead > back)
    altitude = streams.column("altitude")
    return Trace(
        time_s=grid,
        distance_m=distance,
        speed_m_per_s=np.where(speed >= MOVING_SPEED_M_PER_S, speed, np.nan),
        heart_rate_bpm=_on_grid(time_s, _despiked(timeline.heart_rate_bpm), grid),
        altitude_m=np.full_like(grid, np.nan) if altitude is None else _on_grid(time_s, _despiked(altitude), grid),
    )


def _despiked(values: Column) -> Column:
    """Median of five neighbours, so that a lone spike disappears and an edge stays where it is."""
    if len(values) < 5:
        return values
    padded = np.concatenate((values[:2], values, values[-2:]))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    return np.where(np.isfinite(windows).all(axis=1), np.median(windows, axis=1), values)


def _on_grid(time_s: Column, values: Column, grid: Column) -> Column:
    """Mean over 30 s around each grid point; NaN where no sample lies within 15 s."""
    known = np.isfinite(values)
    if not known.any():
        return np.full_like(grid, np.nan)
    times, sums = time_s[known], np.concatenate(([0.0], np.cumsum(values[known])))
    first = np.searchsorted(times, grid - SMOOTHING_S / 2, side="left")
    last = np.searchsorted(times, grid + SMOOTHING_S / 2, side="right")
    counts = last - first
    means: Column = np.divide(sums[last] - sums[first], counts, out=np.full_like(grid, np.nan), where=counts > 0)
    return means
