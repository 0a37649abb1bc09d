"""One chart of every kind, from figures that are known beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np

from services.coach_agent.domain.athlete import TimedDistance, Units
from services.coach_agent.domain.charts.comparison_chart import comparison_chart, describe_comparison
from services.coach_agent.domain.charts.load_charts import (
    describe_fitness,
    describe_recent_load,
    fitness_chart,
    recent_load_chart,
)
from services.coach_agent.domain.charts.pace_duration_chart import Ability, describe_pace_duration, pace_duration_chart
from services.coach_agent.domain.charts.run_chart import describe_run_chart, run_chart
from services.coach_agent.domain.charts.spec import Described, Spec
from services.coach_agent.domain.charts.theme import Theme
from services.coach_agent.domain.charts.volume_chart import VolumeWeek, describe_volume, volume_chart
from services.coach_agent.domain.charts.zone_chart import describe_zones, zone_chart
from services.coach_agent.domain.fitness.models import CriticalSpeed, Estimate, FitnessSeries
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.zones import ZoneBasis, Zones, ZoneTimes
from tests.unit.coach_agent import runs

MONDAY = dt.date(2026, 11, 16)


def long_run() -> RunMetrics:
    """Three hours over hills, with a heart rate that creeps up and a pace that gives way at the end."""

    def speed(time_s: Column) -> Column:
        return 3.0 + 0.1 * np.sin(time_s / 90) - np.clip((time_s - 8400) / 2400, 0, 1) * 0.6

    def heart_rate(time_s: Column) -> Column:
        return 140.0 + np.clip((time_s - 4000) / 4000, 0, 1) * 14

    return runs.run(10800, speed, heart_rate, altitude=lambda metres: 100 + 3 * np.sin(metres / 150))


def series(days: int = 60, *, unknown: int = 0) -> FitnessSeries:
    """Load 70 every other day; of the first ``unknown`` days nothing is known."""
    load = np.where(np.arange(days) % 2 == 0, 70.0, 0.0)
    fitness, fatigue = np.linspace(30.0, 40.0, days), np.linspace(25.0, 50.0, days)
    columns = [load, fitness, fatigue, fitness - fatigue]
    for column in columns:
        column[:unknown] = np.nan
    return FitnessSeries(dt.date(2026, 11, 20) - dt.timedelta(days=days - 1), *columns)


def weeks(run_km: tuple[float | None, ...] = (40.0, 0.0, 50.0, None), planned_km: float | None = 45.0):
    return tuple(
        VolumeWeek(MONDAY + dt.timedelta(7 * i), None if km is None else km * 1000, planned_km and planned_km * 1000)
        for i, km in enumerate(run_km)
    )


def ability() -> Ability:
    day = dt.date(2026, 10, 4)
    efforts = ((400, 80.0), (1000, 215.0), (3000, 705.0), (5000, 1215.0), (21_097, 5700.0))
    return Ability(
        tuple(TimedDistance(float(metres), seconds, day) for metres, seconds in efforts),
        CriticalSpeed(Estimate(4.0, 3.9, 4.1), 160.0, 4),
        Estimate(48.0, 47.0, 49.0),
    )


def zone_times(*minutes: float) -> ZoneTimes:
    return ZoneTimes(Zones(ZoneBasis.MAXIMUM, (114.0, 133.0, 152.0, 171.0)), tuple(60.0 * each for each in minutes))


Entry = tuple[str, Described, Callable[[Theme], Spec]]


def entries(units: Units = Units.KILOMETRES) -> Iterator[Entry]:
    """The name of each chart, its words, and its specification by theme."""
    run, other, tempo = long_run(), runs.run(), runs.intervals()
    loads = [(runs.TODAY - dt.timedelta(days=9 - i), "easy", 40.0 + i) for i in range(10)]
    times, volume, able = zone_times(5, 30, 12, 3, 0), weeks(), ability()
    yield "run", describe_run_chart(run, units), lambda theme: run_chart(run, units, theme)
    yield "intervals", describe_run_chart(tempo, units), lambda theme: run_chart(tempo, units, theme)
    yield "comparison", describe_comparison(run, other, units), lambda theme: comparison_chart(run, other, units, theme)
    yield "recentLoad", describe_recent_load(loads, units), lambda theme: recent_load_chart(loads, units, theme)
    for days in (28, 400):
        shown = series(days)
        yield f"fitness {days}", describe_fitness(shown, units), _fitness(shown, units)
    yield "weeklyVolume", describe_volume(volume, units), lambda theme: volume_chart(volume, units, theme)
    yield "paceDuration", describe_pace_duration(able, units), lambda theme: pace_duration_chart(able, units, theme)
    yield "zoneSplit", describe_zones(times, units), lambda theme: zone_chart(times, units, theme)


def empty_entries(units: Units = Units.KILOMETRES) -> Iterator[Entry]:
    """The same of a runner of whom nothing is known."""
    nothing, none, still = series(28, unknown=28), Ability((), None, None), zone_times(0, 0, 0, 0, 0)
    yield "recentLoad", describe_recent_load([], units), lambda theme: recent_load_chart([], units, theme)
    yield "fitness", describe_fitness(nothing, units), _fitness(nothing, units)
    yield "weeklyVolume", describe_volume((), units), lambda theme: volume_chart((), units, theme)
    yield "paceDuration", describe_pace_duration(none, units), lambda theme: pace_duration_chart(none, units, theme)
    yield "zoneSplit", describe_zones(still, units), lambda theme: zone_chart(still, units, theme)


def _fitness(shown: FitnessSeries, units: Units) -> Callable[[Theme], Spec]:
    return lambda theme: fitness_chart(shown, units, theme)
