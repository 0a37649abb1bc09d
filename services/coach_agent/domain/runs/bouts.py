"""Fast bouts with recoveries between them: what makes a session intervals, read from the speed alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.grade import smooth
from services.coach_agent.domain.runs.timeline import Timeline

STEP_S = 5.0
SHORTEST_BOUT_S = 20.0
LONGEST_BOUT_S = 1200.0
SHORTEST_BREAK_S = 15.0
# Waiting at a traffic light is no recovery, unless the bouts are as short themselves.
SHORTEST_RECOVERY_S = 35.0
FEWEST_BOUTS = 3
# A warm-up or a cool-down between the repetitions' speed and a walk is no repetition.
SLOWEST_AGAINST_MEDIAN = 0.9
# Repetitions are alike in speed and, ladders included, in length; traffic lights, hills and play are not.
LARGEST_SPREAD = 0.12
LARGEST_LENGTH_SPREAD = 0.5
# Half a minute fast happens by itself, through noise in the position or a descent; on purpose it is half a minute each.
SHORT_BOUT_S = 90.0
SMALLEST_SWING_M_PER_S = 0.1
LARGEST_SHORT_LENGTH_SPREAD = 0.25
# Faster by less than a fifth is the natural swing of a run, not work and rest.
SMALLEST_CONTRAST = 1.2


@dataclass(frozen=True, slots=True)
class Bouts:
    """Repeated fast stretches: how many, how long and fast on average, and how the last compares with the first.

    ``typical_recovery_s`` is the median of the breaks between them.
    """

    count: int
    mean_duration_s: float
    mean_speed_m_per_s: float
    typical_recovery_s: float
    spread_pct: float
    last_against_first_pct: float


def find_bouts(timeline: Timeline, equivalent_m: Column) -> Bouts | None:
    """Bouts of 20 s to 20 min well above the rest of the run, at least three, alike in speed and length; else None.

    Works on grade-adjusted speed over timer time in steps of 5 s smoothed over 15 s. Fast and slow are told apart where
    the variance between them is largest (Otsu 1979); where that only parts running from walking, once more among the
    running.
    """
    timer_s = float(timeline.timer_s.sum())
    if timer_s < 600 or not timeline.has_distance:
        return None
    clock = np.concatenate(([0.0], np.cumsum(timeline.timer_s)))
    covered = np.concatenate(([0.0], np.cumsum(equivalent_m)))
    edges = np.arange(0.0, timer_s, STEP_S)
    speed = smooth(np.diff(np.interp(edges, clock, covered)) / STEP_S, 3)
    border = _otsu(speed)
    return _above(speed, border) or _above(speed, _otsu(speed[speed > border]))


def _above(speed: Column, border: float) -> Bouts | None:
    fast = speed > border
    if not fast.any() or fast.all() or speed[fast].mean() < SMALLEST_CONTRAST * speed[~fast].mean():
        return None
    starts, ends = _stretches(_without_blips(fast))
    return _describe(speed, starts, ends)


def _otsu(values: Column) -> float:
    """The threshold with the largest variance between the classes below and above it."""
    if not len(values) or np.ptp(values) < SMALLEST_SWING_M_PER_S:
        return float(values.max(initial=0.0))
    counts, edges = np.histogram(values, bins=64)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * centres)
    mean_below = sums[:-1] / np.maximum(below, 1)
    mean_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1:-1][np.argmax(below * above * (mean_below - mean_above) ** 2)])


def _stretches(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    changes = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return changes[::2], changes[1::2]


def _without_blips(fast: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fast stretches joined across recoveries too short to be any."""
    joined = fast.copy()
    starts, ends = _stretches(~fast)
    for start, end in zip(starts, ends, strict=True):
        if start > 0 and end < len(fast) and (end - start) * STEP_S < SHORTEST_BREAK_S:
            joined[start:end] = True
    return joined


def _describe(speed: Column, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Bouts | None:
    lengths = (ends - starts) * STEP_S
    kept = (lengths >= SHORTEST_BOUT_S) & (lengths <= LONGEST_BOUT_S)
    if kept.sum() < FEWEST_BOUTS:
        return None
    speeds = np.array([speed[start:end].mean() for start, end in zip(starts, ends, strict=True)])
    kept &= speeds >= SLOWEST_AGAINST_MEDIAN * np.median(speeds[kept])
    starts, ends, lengths, speeds = starts[kept], ends[kept], lengths[kept], speeds[kept]
    if len(speeds) < FEWEST_BOUTS:
        return None
    recoveries = (starts[1:] - ends[:-1]) * STEP_S
    spread = float(speeds.std() / speeds.mean())
    uneven = LARGEST_SHORT_LENGTH_SPREAD if lengths.mean() < SHORT_BOUT_S else LARGEST_LENGTH_SPREAD
    alike = spread <= LARGEST_SPREAD and lengths.std() <= uneven * lengths.mean()
    if not alike or np.median(recoveries) < min(SHORTEST_RECOVERY_S, 0.5 * lengths.mean()):
        return None
    return Bouts(
        count=len(speeds),
        mean_duration_s=float(lengths.mean()),
        mean_speed_m_per_s=float((speeds * lengths).sum() / lengths.sum()),
        typical_recovery_s=float(np.median(recoveries)),
        spread_pct=100.0 * spread,
        last_against_first_pct=float(100.0 * (speeds[-1] / speeds[0] - 1.0)),
    )
