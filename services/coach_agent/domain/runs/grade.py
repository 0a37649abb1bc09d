"""What a slope costs: running on gradient i compared with running on the flat."""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.models import Column

STEEPEST = 0.45  # the range Minetti measured; outside it the polynomial is a guess
WINDOW_M = 30.0
GRID_M = 5.0


def running_cost_j_per_kg_m(gradient: Column) -> Column:
    """Energy cost of running on ``gradient`` (rise over run, clipped to ±0.45), in J/kg/m.

    Minetti et al. 2002, J Appl Physiol 93:1039, equation for running; 3.6 on the flat.
    """
    i = np.clip(gradient, -STEEPEST, STEEPEST)
    cost: Column = np.polyval([155.4, -30.4, -43.3, 46.3, 19.5, 3.6], i).astype(np.float64)
    return cost


def equivalent_distance_m(distance_m: Column, altitude_m: Column) -> Column:
    """Cumulative flat distance that would have cost the same, at each sample: distance weighted by C(i)/C(0).

    Altitude is laid on a grid of about 5 m over distance and smoothed over a 30 m window; the gradient is its slope.
    ``distance_m`` never decreases; gaps (NaN) in ``altitude_m`` are bridged in a straight line.
    """
    known = np.isfinite(altitude_m)
    total = float(distance_m[-1] - distance_m[0])
    if total < WINDOW_M or known.sum() < 2:
        return np.asarray(distance_m - distance_m[0])
    grid = np.linspace(0.0, total, max(2, round(total / GRID_M) + 1))
    covered = distance_m[known] - distance_m[0]
    first = np.concatenate(([True], np.diff(covered) > 0))
    altitude = np.interp(grid, covered[first], altitude_m[known][first])
    gradient = np.diff(smooth(altitude, int(WINDOW_M / GRID_M) + 1)) / np.diff(grid)
    weights = running_cost_j_per_kg_m(gradient) / 3.6
    cumulative = np.concatenate(([0.0], np.cumsum(weights * np.diff(grid))))
    equivalent: Column = np.interp(distance_m - distance_m[0], grid, cumulative)
    return equivalent


def smooth(values: Column, points: int) -> Column:
    """Centred moving mean over an odd number of ``points``; the ends are continued point-symmetrically.

    The point-symmetric continuation keeps a straight line straight, so a constant slope is not flattened at its ends.
    """
    half = min(points // 2, len(values) - 1)
    if half < 1:
        return values
    head = 2 * values[0] - values[half:0:-1]
    tail = 2 * values[-1] - values[-2 : -half - 2 : -1]
    padded = np.concatenate((head, values, tail))
    sums = np.cumsum(np.concatenate(([0.0], padded)))
    width = 2 * half + 1
    means: Column = (sums[width:] - sums[:-width]) / width
    return means
