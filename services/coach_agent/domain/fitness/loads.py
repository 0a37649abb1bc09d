"""What each activity of a history cost, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.heart_rate import BIN_BPM
from services.coach_agent.domain.runs.intensity import EASY_OF_THRESHOLD
from services.coach_agent.domain.runs.load import load_per_second
from services.coach_agent.domain.runs.metrics import SHORTEST_PACED_M, SMALLEST_COVERAGE

_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Efforts:
    """One value an activity, in the order of the history.

    ``load`` is NaN where neither heart rate nor pace is known; ``from_pace`` marks loads estimated from pace. The three
    times are seconds of heart rate below 90 % of threshold, up to threshold, and from there on.
    """

    load: Column
    from_pace: NDArray[np.bool_]
    easy_s: Column
    moderate_s: Column
    hard_s: Column


def measure_efforts(history: History, athlete: Athlete) -> Efforts:
    """DOMAIN "Load of a run" for activities of any sport, by heart rate where it covers them, else runs by pace."""
    covered = history.heart_rate_coverage >= SMALLEST_COVERAGE
    threshold = athlete.threshold_bpm
    easy = EASY_OF_THRESHOLD * threshold > BIN_BPM
    hard = threshold <= BIN_BPM
    per_second = load_per_second(athlete)
    weights = np.full_like(BIN_BPM, np.nan) if per_second is None else per_second
    bands = np.column_stack((weights, easy, ~easy & ~hard, hard)).astype(np.float32)
    by_heart_rate, *times = np.where(covered, _weighted(history.histogram, bands).T, 0.0)
    by_pace = _by_pace(history, athlete)
    load = np.where(covered, by_heart_rate, by_pace)
    return Efforts(load, ~covered & np.isfinite(by_pace), *times)


def _weighted(histogram: NDArray[np.float32], weights: NDArray[np.float32]) -> Column:
    """The products in single precision, which is good to a millionth and needs no copy of the histograms.

    A block at a time: for larger ones the linear algebra starts threads, which cost more than they bring.
    """
    starts = range(0, len(histogram), _BLOCK)
    blocks = [histogram[start : start + _BLOCK] @ weights for start in starts]
    return np.concatenate([np.empty((0, weights.shape[1])), *blocks])


def _by_pace(history: History, athlete: Athlete) -> Column:
    """(grade-adjusted speed / threshold speed)² · hours · 100; flat where no altitude is known; NaN without a pace."""
    threshold = athlete.threshold_pace.value
    paced = history.is_run & (history.distance_m >= SHORTEST_PACED_M) & (history.moving_s > 0)
    factor = np.where(np.isfinite(history.grade_adjusted_factor), history.grade_adjusted_factor, 1.0)
    metres = np.where(paced, history.distance_m * factor, np.nan)
    seconds = np.where(paced, history.moving_s, np.nan)
    relative = metres / seconds * (np.nan if threshold is None else threshold / 1000.0)
    load: Column = relative**2 * seconds / 36.0
    return load
