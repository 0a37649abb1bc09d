"""Seconds spent at each heart rate: the form in which a run's effort is kept, whoever the runner turns out to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.models import Column

LOWEST_BPM = 30
HIGHEST_BPM = 240
BINS = HIGHEST_BPM - LOWEST_BPM + 1
BIN_BPM: Column = np.arange(LOWEST_BPM, HIGHEST_BPM + 1, dtype=np.float64)
PEAK_PERCENTILE = 99.5
WINDOW_DAYS = 90


def seconds_per_bpm(heart_rate_bpm: Column, timer_s: Column) -> Column:
    """Histogram of timer seconds over 30..240 bpm, one bin per beat; samples outside are noise and left out."""
    counted = np.isfinite(heart_rate_bpm) & (heart_rate_bpm >= LOWEST_BPM) & (heart_rate_bpm <= HIGHEST_BPM)
    bins = np.rint(heart_rate_bpm[counted]).astype(np.int64) - LOWEST_BPM
    return np.bincount(bins, weights=timer_s[counted], minlength=BINS).astype(np.float64)


def mean_bpm(histogram: Column) -> float | None:
    total = histogram.sum()
    return float(histogram @ BIN_BPM / total) if total > 0 else None


@dataclass(frozen=True, slots=True)
class PeakEvidence:
    """The highest 99.5th percentile of heart rate over any 90 days, and how many runs it rests on."""

    bpm: float
    first_day: dt.date
    last_day: dt.date
    runs: int


def best_90_days(days: Sequence[dt.date], histograms: Column) -> PeakEvidence | None:
    """The 90-day window with the highest 99.5th percentile of heart rate (DOMAIN "Heart-rate zones").

    ``days`` ascend and go with the rows of ``histograms`` (runs x 211). Each window ends on a day of ``days``.
    None without heart rate.
    """
    if not len(days) or not histograms.any():
        return None
    ordinals = np.array([day.toordinal() for day in days])
    sums = np.concatenate((np.zeros((1, BINS)), np.cumsum(histograms, axis=0)))
    starts = np.searchsorted(ordinals, ordinals - WINDOW_DAYS + 1, side="left")
    windows = np.clip(sums[1:] - sums[starts], 0.0, None)
    cumulative = np.cumsum(windows, axis=1)
    totals = cumulative[:, -1:]
    reached = cumulative >= totals * (PEAK_PERCENTILE / 100.0) - 1e-9
    peaks = np.where(totals[:, 0] > 0, BIN_BPM[np.argmax(reached, axis=1)], 0.0)
    best = int(np.argmax(peaks))
    runs = int((histograms[starts[best] : best + 1].sum(axis=1) > 0).sum())
    return PeakEvidence(float(peaks[best]), days[int(starts[best])], days[best], runs)
