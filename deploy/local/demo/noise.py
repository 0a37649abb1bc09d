"""Randomness that looks like a runner and a watch: slow wandering and quick jitter, one value a second."""

from __future__ import annotations

import numpy as np

from deploy.local.demo.recording import Floats


def wandering(rng: np.random.Generator, count: int, *, deviation: float, period_s: float) -> Floats:
    """``count`` seconds of a quantity that drifts about 0 and turns every ``period_s`` or so."""
    knots = rng.normal(0.0, deviation, int(count / period_s) + 3)
    return np.interp(np.arange(count) / period_s + rng.random(), np.arange(len(knots)), knots)


def smoothed(values: Floats, window_s: int) -> Floats:
    """The moving mean over ``window_s`` seconds; the ends are held."""
    before = window_s // 2
    padded = np.pad(values, (before, window_s - 1 - before), mode="edge")
    sums = np.cumsum(np.concatenate([[0.0], padded]))
    means: Floats = (sums[window_s:] - sums[:-window_s]) / window_s
    return means
