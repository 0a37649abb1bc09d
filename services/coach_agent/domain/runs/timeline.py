"""Samples turned into time: the seconds each stands for, whether the runner moved, and means between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.models import Column, Streams

MOVING_SPEED_M_PER_S = 0.5  # DOMAIN "Moving time"


@dataclass(frozen=True, slots=True)
class Timeline:
    """One run as steps between neighbouring samples; every array has one value per step.

    ``timer_s`` is the step's length while the timer ran, ``moving_s`` the part of it in motion, ``distance_m`` the
    distance at the step's start (never decreasing), ``step_m`` what was covered in it. Heart rate and cadence are
    those of the sample that opens the step, NaN where missing.
    """

    time_s: Column
    timer_s: Column
    moving_s: Column
    distance_m: Column
    step_m: Column
    heart_rate_bpm: Column
    cadence_spm: Column

    @property
    def has_distance(self) -> bool:
        return bool(self.step_m.sum() > 0)

    @property
    def moved_s(self) -> float:
        return float(self.moving_s.sum())


def build_timeline(streams: Streams, pauses: Sequence[tuple[float, float]] = ()) -> Timeline:
    """Steps of a recording without its ``pauses``, which hold its silences as well.

    DOMAIN "Moving time": speed of 0.5 m/s or more, timer running.
    """
    time_s = streams.time_s
    step_s = _step_lengths(time_s)
    timer_s = np.clip(step_s - _paused(time_s, step_s, pauses), 0.0, None)
    distance_m = _distance(streams, timer_s)
    step_m = np.diff(distance_m, append=distance_m[-1:])
    speed = streams.column("speed")
    derived = np.divide(step_m, step_s, out=np.zeros_like(step_m), where=step_s > 0)
    if len(derived) > 1:
        derived[-1] = derived[-2]
    moved = np.where(np.isfinite(speed), speed, derived) if speed is not None else derived
    moving = moved >= MOVING_SPEED_M_PER_S
    return Timeline(
        time_s=time_s,
        timer_s=timer_s,
        moving_s=np.where(moving, timer_s, 0.0),
        distance_m=distance_m,
        step_m=np.where(moving & (timer_s > 0), step_m, 0.0),
        heart_rate_bpm=_or_nan(streams, "heartRate"),
        cadence_spm=_or_nan(streams, "cadence"),
    )


def _or_nan(streams: Streams, key: str) -> Column:
    column = streams.column(key)
    return column if column is not None else np.full(len(streams.time_s), np.nan)


def _step_lengths(time_s: Column) -> Column:
    """Seconds from each sample to the next; the last one stands for nothing, since nothing follows it."""
    return np.diff(time_s, append=time_s[-1:])


def _paused(time_s: Column, step_s: Column, pauses: Sequence[tuple[float, float]]) -> Column:
    """Seconds of each step that fall into a pause."""
    paused = np.zeros_like(step_s)
    for start_s, end_s in pauses:
        paused += np.clip(np.minimum(time_s + step_s, end_s) - np.maximum(time_s, start_s), 0.0, None)
    return paused


def _distance(streams: Streams, timer_s: Column) -> Column:
    """Distance at each sample: recorded (gaps filled in a straight line), else speed summed over time, else zeros."""
    recorded = streams.column("distance")
    if recorded is not None:
        known = np.isfinite(recorded)
        filled = np.interp(streams.time_s, streams.time_s[known], recorded[known])
        return np.maximum.accumulate(filled)
    speed = streams.column("speed")
    if speed is None:
        return np.zeros_like(streams.time_s)
    steps = np.nan_to_num(speed) * timer_s
    return np.concatenate(([0.0], np.cumsum(steps)[:-1]))


@dataclass(frozen=True, slots=True)
class Portion:
    """A stretch of moving time: means over it, None where the signal was missing."""

    moving_s: float
    speed_m_per_s: float | None
    grade_adjusted_m_per_s: float | None
    heart_rate_bpm: float | None
    cadence_spm: float | None


def portions(timeline: Timeline, equivalent_m: Column, edges_s: Sequence[float]) -> tuple[Portion, ...]:
    """Means between consecutive ``edges_s`` of moving time, steps at an edge shared in proportion.

    ``equivalent_m`` is each step's grade-adjusted length (equal to ``timeline.step_m`` on the flat).
    """
    moved = np.concatenate(([0.0], np.cumsum(timeline.moving_s)))

    def between(per_step: Column) -> Column:
        return np.diff(np.interp(edges_s, moved, np.concatenate(([0.0], np.cumsum(per_step)))))

    seconds = np.diff(np.asarray(edges_s, dtype=np.float64))
    distance, equivalent = between(timeline.step_m), between(equivalent_m)
    beats, beats_s = _weighted(timeline.heart_rate_bpm, timeline.moving_s)
    steps, steps_s = _weighted(np.where(timeline.cadence_spm > 0, timeline.cadence_spm, np.nan), timeline.moving_s)
    heart = _ratio(between(beats), between(beats_s))
    cadence = _ratio(between(steps), between(steps_s))
    return tuple(
        Portion(
            moving_s=float(seconds[i]),
            speed_m_per_s=_positive(distance[i] / seconds[i]),
            grade_adjusted_m_per_s=_positive(equivalent[i] / seconds[i]),
            heart_rate_bpm=_positive(heart[i]),
            cadence_spm=_positive(cadence[i]),
        )
        for i in range(len(seconds))
        if seconds[i] > 0
    )


def _weighted(values: Column, weights: Column) -> tuple[Column, Column]:
    known = np.isfinite(values)
    return np.where(known, values, 0.0) * weights, np.where(known, weights, 0.0)


def _ratio(total: Column, weight: Column) -> Column:
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)


def _positive(value: float) -> float | None:
    return float(value) if np.isfinite(value) and value > 0 else None


def speed_variation_pct(timeline: Timeline, window_s: float = 30.0) -> float | None:
    """Coefficient of variation of the mean speed of consecutive 30 s of moving time, in %; None under four windows."""
    windows = int(timeline.moved_s // window_s)
    if windows < 4 or not timeline.has_distance:
        return None
    edges = np.arange(windows + 1) * window_s
    moved = np.concatenate(([0.0], np.cumsum(timeline.moving_s)))
    covered = np.concatenate(([0.0], np.cumsum(timeline.step_m)))
    speeds = np.diff(np.interp(edges, moved, covered)) / window_s
    return float(100.0 * speeds.std() / speeds.mean()) if speeds.mean() > 0 else None
