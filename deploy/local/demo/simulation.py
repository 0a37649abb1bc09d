"""One planned run as the watch would have recorded it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from deploy.local.demo import body
from deploy.local.demo.legs import Course, run_course
from deploy.local.demo.noise import wandering
from deploy.local.demo.recording import Floats, Lap, Recording
from deploy.local.demo.runner import Runner
from deploy.local.demo.schedule import PlannedRun
from deploy.local.demo.sessions import HALF_MARATHON_M, Session, session
from deploy.local.demo.terrain import Ground, degrees, ground
from deploy.local.demo.weather import air_temperature

_LOOPS = {
    "easy": ("meadow", "river", "meadow"),
    "recovery": ("meadow", "river"),
    "long": ("ridge", "vineyards", "river"),
    "tempo": ("river",),
    "intervals": ("track",),
    "progression": ("meadow", "river"),
}
_OLDER_WATCH, _NEWER_WATCH = ("Pace42 demo watch 1", 4_200_000_001), ("Pace42 demo watch 2", 4_200_000_002)
_WEEKEND = 5
_THURSDAY = 3


@dataclass(frozen=True, slots=True)
class _Day:
    """What the day gives: weather, fitness (threshold speed in mild weather), and how the runner slept."""

    temperature_c: float
    threshold_speed: float
    heart_rate_offset_bpm: float


def simulate(planned: PlannedRun, runner: Runner, seed: int, *, every_second: bool = False) -> Recording:
    """The recording of one planned run; the same arguments give the same recording.

    The watch leaves out seconds at its discretion unless it is set to record ``every_second``.
    """
    rng = np.random.default_rng([seed, planned.day.toordinal(), 1])
    start = _start(planned, rng)
    threshold = runner.threshold_speed(planned.fitness_week, planned.days_since_illness)
    day = _Day(air_temperature(start, rng), threshold, rng.normal(0, 1.5))
    asked = session(planned.kind, planned.distance_m, threshold)
    terrain = None if planned.treadmill else ground(planned.place.loops[_loop(planned, rng)])
    # In heat a runner gives up some pace before comfort: about 0.4 % for each degree above 16.
    willing = threshold * (1 - 0.004 * max(0.0, day.temperature_c - 16))
    course = run_course(asked, terrain, willing, rng=rng, may_stop=planned.kind in {"easy", "recovery", "long"})
    laps = _laps(asked, course)
    kept = _kept_seconds(course, laps, None if every_second else rng)
    signals = _signals(course, day, planned=planned, runner=runner, rng=rng)
    signals |= _surroundings(course, terrain, day, rng=rng)
    name, serial = _NEWER_WATCH if planned.newer_watch else _OLDER_WATCH
    return Recording(
        start=start.astimezone(dt.UTC),
        utc_offset_s=int((start.utcoffset() or dt.timedelta()).total_seconds()),
        time_s=kept.astype(np.float64),
        signals={signal: values[kept] for signal, values in signals.items()},
        pauses=course.pauses,
        laps=laps,
        sub_sport="treadmill" if planned.treadmill else "track" if planned.kind == "intervals" else "generic",
        profile_name="Treadmill" if planned.treadmill else "Run",
        device_name=name,
        device_serial=serial,
    )


def _start(planned: PlannedRun, rng: np.random.Generator) -> dt.datetime:
    """Before work, on Thursdays after it, later at weekends; a race has its own hour. Whole seconds, local time."""
    minutes = 6 * 60 + 40 if planned.day.weekday() != _THURSDAY else 18 * 60 + 10
    if planned.day.weekday() >= _WEEKEND:
        minutes = 8 * 60 + 30
    seconds = minutes * 60 + int(rng.integers(-1500, 1500)) if planned.kind != "race" else 10 * 3600 + 23
    midnight = dt.datetime.combine(planned.day, dt.time(), ZoneInfo(planned.place.zone))
    return midnight.replace(hour=seconds // 3600, minute=seconds // 60 % 60, second=seconds % 60)


def _loop(planned: PlannedRun, rng: np.random.Generator) -> str:
    if planned.kind == "race":
        return "race" if planned.distance_m >= HALF_MARATHON_M else "town race"
    return str(rng.choice(_LOOPS[planned.kind]))


def _signals(
    course: Course, day: _Day, *, planned: PlannedRun, runner: Runner, rng: np.random.Generator
) -> dict[str, Floats]:
    """What the body gives: the older watch measures neither power nor running dynamics."""
    count = len(course.speed)
    steps = body.cadence(course.speed, rng)
    signals = {
        "distance_m": course.distance_m,
        "speed_m_per_s": np.clip(course.speed * (1 + rng.normal(0, 0.015, count)), 0, None),
        "cadence_spm": steps,
    }
    if planned.heart_rate_strap:
        signals["heart_rate_bpm"] = body.heart_rate(
            runner,
            course.cost_m_per_s / day.threshold_speed,
            temperature_c=day.temperature_c,
            day_offset_bpm=day.heart_rate_offset_bpm,
            rng=rng,
        )
    if planned.newer_watch:
        signals["power_w"] = body.power(runner, course.speed, course.grade, rng=rng)
        signals |= body.dynamics(course.speed, steps, rng)
    return signals


def _surroundings(course: Course, terrain: Ground | None, day: _Day, *, rng: np.random.Generator) -> dict[str, Floats]:
    """What the place gives: a treadmill knows neither position nor altitude."""
    count = len(course.speed)
    # A watch comes off a warm wrist or shelf and settles a few degrees above the air.
    ambient = 21.0 if terrain is None else day.temperature_c
    warmth = np.exp(-np.arange(count) / 420)
    signals = {"temperature_c": ambient + 2.5 + (27.0 - ambient) * 0.6 * warmth}
    if terrain is not None:
        east, north = terrain.position(course.distance_m)
        error = [wandering(rng, count, deviation=2.2, period_s=45) for _ in range(2)]
        signals["latitude_deg"], signals["longitude_deg"] = degrees(terrain.loop, east + error[0], north + error[1])
        barometer = rng.normal(0, 3) + wandering(rng, count, deviation=0.8, period_s=900)
        signals["altitude_m"] = terrain.altitude(course.distance_m) + barometer
    return signals


def _laps(asked: Session, course: Course) -> tuple[Lap, ...]:
    """Laps pressed at each change of effort, or given by the watch at each kilometre. They end at whole seconds."""
    last = len(course.speed) - 1
    if asked.laps_by_hand:
        ends = np.cumsum([stretch.seconds for stretch in asked.stretches])
        laps = [
            Lap(float(round(end)), intensity=stretch.part)
            for end, stretch in zip(ends.tolist(), asked.stretches, strict=True)
        ]
        return (*laps[:-1], Lap(float(last), "session_end", asked.stretches[-1].part))
    marks = np.arange(1_000, course.distance_m[-1] - 1, 1_000)
    passed = np.searchsorted(course.distance_m, marks).tolist()
    return (*(Lap(float(second), "distance") for second in passed if second < last), Lap(float(last), "session_end"))


def _kept_seconds(course: Course, laps: tuple[Lap, ...], rng: np.random.Generator | None) -> NDArray[np.int64]:
    """Smart recording (all seconds without ``rng``): a sample every one to six seconds, and at both ends of laps and
    pauses; none inside a pause.
    """
    count = len(course.speed)
    kept = np.zeros(count, dtype=bool)
    steps = np.cumsum(np.ones(count, dtype=np.int64) if rng is None else rng.integers(1, 7, count))
    kept[steps[steps < count]] = True
    for pause in course.pauses:
        kept[int(pause.start_s) : int(pause.end_s)] = False
        kept[[int(pause.start_s), int(pause.end_s)]] = True
    kept[[0, *(int(lap.end_s) for lap in laps)]] = True
    return np.flatnonzero(kept)
