"""Summary figures: which of session, laps and streams is believed (DOMAIN.md, "Order of trust")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.ascent import Climb, climbed
from services.garmin_ingest.domain.models import Lap, RecordingWarning, Totals
from services.garmin_ingest.domain.streams import Samples, Streams
from services.garmin_ingest.domain.timer import Timer

MOVING_FROM_M_PER_S = 0.5
_TOLERANCE = 0.02
# A stream that covers less than this of the running time proves nothing about the whole.
_ENOUGH_COVERAGE = 0.9


@dataclass(frozen=True, slots=True)
class _Check:
    """A figure that the streams can contradict: by more than 2 %, and by more than the rounding of ``slack``."""

    figure: str
    words: str
    unit: str
    slack: float
    stream: str | None


# Climbing and temperature are no such figures: the device has its barometer's full rate, and its own smoothing. A
# device's moving time means another threshold than ours.
_CHECKS = (
    _Check("timer_s", "time", "s", 5.0, None),
    _Check("distance_m", "distance", "m", 10.0, streams.DISTANCE),
    _Check("average_heart_rate_bpm", "average heart rate", "bpm", 1.0, streams.HEART_RATE),
    _Check("max_heart_rate_bpm", "maximum heart rate", "bpm", 1.0, streams.HEART_RATE),
    _Check("average_cadence_spm", "average cadence", "spm", 2.0, streams.CADENCE),
    _Check("average_power_w", "average power", "W", 1.0, streams.POWER),
)
_SUMMED = ("elapsed_s", "timer_s", "distance_m", "ascent_m", "descent_m")
_AVERAGED = ("average_heart_rate_bpm", "average_cadence_spm", "average_power_w", "average_temperature_c")


_FIGURES = tuple(figure.name for figure in fields(Totals))


@dataclass(frozen=True, slots=True)
class Reconciled:
    totals: Totals
    device_reported: dict[str, float]
    warnings: tuple[RecordingWarning, ...]


def from_streams(recorded: Streams, timer: Timer, climb: Climb | None = None) -> Totals:
    """Figures as the streams alone give them; means are weighted by running time, cadence only while there is any.

    ``climb`` is what ``climbed`` says of their altitude, where that is known already.
    """
    if len(recorded) == 0:
        return Totals()
    weights = timer.weights(recorded.time_s)
    cadence = recorded.get(streams.CADENCE)
    stepping = None if cadence is None else np.where(cadence > 0, cadence, np.nan)
    altitude = recorded.get(streams.ALTITUDE)
    ups, downs = (None, None) if altitude is None else climb or climbed(recorded.time_s, altitude)
    heart_rate = recorded.get(streams.HEART_RATE)
    distance = recorded.get(streams.DISTANCE)
    return Totals(
        elapsed_s=float(recorded.time_s[-1]),
        timer_s=float(timer.running_s(recorded.time_s[-1])),
        moving_s=_moving_s(recorded, weights, float(timer.running_s(recorded.time_s[-1]))),
        distance_m=None if distance is None else float(np.nanmax(distance)),
        ascent_m=None if ups is None else float(ups[-1]),
        descent_m=None if downs is None else float(downs[-1]),
        average_heart_rate_bpm=_mean(heart_rate, weights),
        max_heart_rate_bpm=None if heart_rate is None else float(np.nanmax(heart_rate)),
        average_cadence_spm=_mean(stepping, weights),
        average_power_w=_mean(recorded.get(streams.POWER), weights),
        average_temperature_c=_mean(recorded.get(streams.TEMPERATURE), weights),
    )


def from_laps(laps: Sequence[Lap]) -> Totals:
    """Sums, and means weighted by each lap's time; a figure that one lap lacks is missing."""
    if not laps:
        return Totals()
    rows = [_figures(lap.totals) for lap in laps]
    figures = {name: _sum([row[name] for row in rows]) for name in _SUMMED}
    times = [row["timer_s"] or row["elapsed_s"] or 0.0 for row in rows]
    figures |= {name: _weighted([row[name] for row in rows], times) for name in _AVERAGED}
    peaks = [row["max_heart_rate_bpm"] for row in rows if row["max_heart_rate_bpm"] is not None]
    return Totals(max_heart_rate_bpm=max(peaks, default=None), **figures)


def reconcile(
    session: Totals, laps: Totals, computed: Totals, recorded: Streams, *, sub_sport: str | None
) -> Reconciled:
    """The session's figure, else the laps', else the streams'; a figure the streams contradict gives way to theirs."""
    from_laps_alone, from_samples = _figures(laps), _figures(computed)
    told = {name: _first(figure, from_laps_alone[name]) for name, figure in _figures(session).items()}
    reported: dict[str, float] = {}
    warnings: list[RecordingWarning] = []
    for check in _CHECKS:
        ours, theirs = from_samples[check.figure], told[check.figure]
        corrected = check.figure == "distance_m" and sports.on_treadmill(sub_sport)
        if ours is None or theirs is None or corrected or not _covers(recorded, check.stream, told["timer_s"]):
            continue
        if _contradicts(check, theirs, ours) and not _is_another_mean(check, theirs, recorded):
            reported[check.figure], told[check.figure] = theirs, ours
            text = (
                f"The device says {check.words} {theirs:.0f} {check.unit}, its samples say {ours:.0f} {check.unit}; "
                "the samples are used."
            )
            warnings.append(RecordingWarning("SUMMARY_CONTRADICTED", text))
    chosen = Totals(**{name: _first(told[name], from_samples[name]) for name in told})
    return Reconciled(_completed(chosen, computed), reported, tuple(warnings))


def _figures(totals: Totals) -> dict[str, float | None]:
    return {name: getattr(totals, name) for name in _FIGURES}


def _contradicts(check: _Check, theirs: float, ours: float) -> bool:
    return abs(theirs - ours) > max(check.slack, _TOLERANCE * max(abs(ours), abs(theirs)))


def _is_another_mean(check: _Check, theirs: float, recorded: Streams) -> bool:
    """Some devices count standing still as a cadence of 0, and some leave the rests between lengths of a pool out of
    the average heart rate, as others do not: none of that contradicts the samples.
    """
    cadence, heart_rate = recorded.get(streams.CADENCE), recorded.get(streams.HEART_RATE)
    speed = recorded.get(streams.SPEED)
    if check.figure == "average_cadence_spm" and cadence is not None:
        return not _contradicts(check, theirs, float(np.nanmean(cadence)))
    if check.figure == "average_heart_rate_bpm" and heart_rate is not None and speed is not None:
        moving = ~np.isnan(heart_rate) & (speed >= MOVING_FROM_M_PER_S)
        return bool(moving.any()) and not _contradicts(check, theirs, float(heart_rate[moving].mean()))
    return False


def _completed(chosen: Totals, computed: Totals) -> Totals:
    """Figures that follow from others: speed is distance over time, and moving time is ours where it can be computed.

    The samples of a damaged file may end long before its session does; of the rest no standstill is known.
    """
    elapsed = _first(chosen.elapsed_s, chosen.timer_s)
    timer = _first(chosen.timer_s, elapsed)
    moved = bool(chosen.distance_m) and chosen.distance_m is not None
    moving = _first(_outside_standstills(timer, computed), chosen.moving_s, timer if moved else None)
    speed = chosen.distance_m / timer if moved and timer and chosen.distance_m else chosen.average_speed_m_per_s
    longest = max((one for one in (elapsed, timer) if one is not None), default=None)
    return replace(chosen, elapsed_s=longest, timer_s=timer, moving_s=moving, average_speed_m_per_s=speed)


def standing(speed_m_per_s: Samples) -> NDArray[np.bool_]:
    """Where the runner is known to stand still; a missing speed is no standstill."""
    return np.asarray(speed_m_per_s < MOVING_FROM_M_PER_S)


def _moving_s(recorded: Streams, weights: Samples, timer_s: float) -> float | None:
    speed = recorded.get(streams.SPEED)
    return None if speed is None else timer_s - float(weights[standing(speed)].sum())


def _outside_standstills(timer_s: float | None, computed: Totals) -> float | None:
    if timer_s is None or computed.timer_s is None or computed.moving_s is None:
        return computed.moving_s
    return max(timer_s - (computed.timer_s - computed.moving_s), 0.0)


def _covers(recorded: Streams, stream: str | None, timer_s: float | None) -> bool:
    """Whether the samples reach over nearly all of the session, and nearly all of them have that signal."""
    if len(recorded) < 2 or (timer_s is not None and recorded.time_s[-1] < _ENOUGH_COVERAGE * timer_s):
        return False
    column = None if stream is None else recorded.get(stream)
    return stream is None or (column is not None and float(np.mean(~np.isnan(column))) >= _ENOUGH_COVERAGE)


def _mean(values: Samples | None, weights: Samples) -> float | None:
    if values is None:
        return None
    known = ~np.isnan(values)
    if not known.any():
        return None
    total = float(weights[known].sum())
    return float((values[known] * weights[known]).sum() / total) if total > 0 else float(values[known].mean())


def _first(*candidates: float | None) -> float | None:
    return next((one for one in candidates if one is not None), None)


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _weighted(values: list[float | None], weights: list[float]) -> float | None:
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if len(known) == len(values) and total > 0 else None
