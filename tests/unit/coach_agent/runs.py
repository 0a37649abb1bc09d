"""Runs made of arithmetic: every figure in them is known beforehand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import numpy as np

from services.coach_agent.domain.athlete import Athlete, Profile, resolve_athlete
from services.coach_agent.domain.models import Activity, ActivityDetail, BestEffort, Column, Streams
from services.coach_agent.domain.runs.metrics import RunMetrics, measure_run

TODAY = dt.date(2026, 11, 20)

Curve = float | Callable[[Column], Column]


def athlete(profile: Profile | None = None) -> Athlete:
    """A runner whose maximum (190), resting (50) and so threshold (173.2) heart rate are on file."""
    given = profile or Profile(max_heart_rate_bpm=190, resting_heart_rate_bpm=50)
    return resolve_athlete(given, peak=None, efforts=[], today=TODAY)


def streams(seconds: int, speed: Curve, heart_rate: Curve | None = None, *, altitude: Curve | None = None) -> Streams:
    time_s = np.arange(seconds + 1, dtype=np.float64)
    speeds = _curve(speed, time_s)
    distance = np.concatenate(([0.0], np.cumsum(speeds[:-1])))
    columns = {"speed": speeds, "distance": distance, "cadence": np.full_like(time_s, 172.0)}
    if heart_rate is not None:
        columns["heartRate"] = _curve(heart_rate, time_s)
    if altitude is not None:
        columns["altitude"] = _curve(altitude, distance)
    return Streams(time_s, columns)


def _curve(curve: Curve, axis: Column) -> Column:
    return curve(axis) if callable(curve) else np.full_like(axis, float(curve))


def run(
    seconds: int = 2400,
    speed: Curve = 3.0,
    heart_rate: Curve | None = 140.0,
    *,
    altitude: Curve | None = None,
    day: dt.date = TODAY,
    name: str | None = None,
    sport: str = "running",
    sub_sport: str | None = None,
    ascent_m: float | None = None,
    temperature_c: float | None = None,
    missing: tuple[str, ...] = (),
) -> RunMetrics:
    samples = streams(seconds, speed, heart_rate, altitude=altitude)
    distance_m = float(samples.columns["distance"][-1])
    beats = samples.columns.get("heartRate")
    activity = Activity(
        id=uuid.uuid4(),
        version=1,
        sport=sport,
        sub_sport=sub_sport,
        start_time=dt.datetime.combine(day, dt.time(7), dt.UTC),
        local_date=day,
        name=name,
        distance_m=distance_m,
        elapsed_s=float(seconds),
        timer_s=float(seconds),
        moving_s=float(seconds),
        ascent_m=ascent_m,
        average_heart_rate_bpm=None if beats is None else float(np.nanmean(beats)),
        max_heart_rate_bpm=None if beats is None else float(np.nanmax(beats)),
        average_cadence_spm=172.0,
        average_power_w=None,
    )
    efforts = [BestEffort("distance", 1000, 1000 * seconds / distance_m)] if distance_m > 1000 else []
    if beats is not None and seconds >= 1200:
        efforts.append(BestEffort("heartRate", 1200, _best_mean(beats, 1200)))
    detail = ActivityDetail(activity, None, temperature_c, missing, (), tuple(efforts))
    return measure_run(detail, samples)


def _best_mean(values: Column, span: int) -> float:
    means = np.lib.stride_tricks.sliding_window_view(values[:-1], span).mean(axis=1)
    return float(np.nan_to_num(means).max())


def intervals(repeats: int = 6, *, fade: float = 0.0, day: dt.date = TODAY) -> RunMetrics:
    """15 min easy, then bouts of 3 min at 4.4 m/s with 90 s at 2 m/s between them, then easy again."""

    def speed(time_s: Column) -> Column:
        values = np.full_like(time_s, 2.9)
        for k in range(repeats):
            start = 900 + 270 * k
            values[start : start + 180] = 4.4 * (1 - fade * k / max(1, repeats - 1))
            values[start + 180 : start + 270] = 2.0
        return values

    return run(3600, speed, 150.0, day=day)
