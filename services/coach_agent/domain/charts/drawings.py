"""What each kind of chart is drawn from, and its drawing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Athlete, TimedDistance, Units
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.charts import load_charts
from services.coach_agent.domain.charts.comparison_chart import comparison_chart, describe_comparison
from services.coach_agent.domain.charts.pace_duration_chart import Ability, describe_pace_duration, pace_duration_chart
from services.coach_agent.domain.charts.request import ChartKind
from services.coach_agent.domain.charts.run_chart import describe_run_chart, run_chart
from services.coach_agent.domain.charts.spec import Described, Spec
from services.coach_agent.domain.charts.theme import Theme
from services.coach_agent.domain.charts.volume_chart import describe_volume, volume_chart, volume_weeks
from services.coach_agent.domain.charts.zone_chart import describe_zones, zone_chart
from services.coach_agent.domain.fitness.best_efforts import recent_efforts
from services.coach_agent.domain.fitness.critical_speed import critical_speed
from services.coach_agent.domain.fitness.days import days_between
from services.coach_agent.domain.fitness.models import History, Missing
from services.coach_agent.domain.fitness.ports import FitnessReader
from services.coach_agent.domain.fitness.predictions import race_index
from services.coach_agent.domain.fitness.records import personal_records
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.plans.ports import PlanReader
from services.coach_agent.domain.ports import Chart, RunMetricsStore
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.metrics import SMALLEST_COVERAGE, RunMetrics
from services.coach_agent.domain.runs.reading import read_run
from services.coach_agent.domain.runs.zones import heart_rate_zones, time_in_zones
from shared.errors import NotFound

# How many days a chart of days shows when none are named, and how many of them lie ahead.
USUAL_DAYS = {
    ChartKind.FITNESS: (180, 0),
    ChartKind.WEEKLY_VOLUME: (112, 28),
    ChartKind.PACE_DURATION: (90, 0),
    ChartKind.ZONE_SPLIT: (28, 0),
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in words, and as a specification for a theme."""

    said: Described
    spec: Callable[[Theme], Spec]


@dataclass(frozen=True, slots=True)
class Drawings:
    metrics: RunMetricsStore
    athletes: Athletes
    fitness: FitnessReader
    plans: PlanReader | None

    async def of(self, runner: Runner, chart: Chart) -> Drawing:
        """Raises NotFound for a chart of which no run is left, or whose kind is no longer drawn."""
        units = await self.athletes.units(runner.user_id)
        roads: dict[str, Callable[[Runner, Chart, Units], Awaitable[Drawing]]] = {
            ChartKind.RUN: self._run,
            ChartKind.COMPARISON: self._comparison,
            ChartKind.RECENT_LOAD: self._recent_load,
            ChartKind.FITNESS: self._fitness,
            ChartKind.WEEKLY_VOLUME: self._volume,
            ChartKind.PACE_DURATION: self._pace_duration,
            ChartKind.ZONE_SPLIT: self._zones,
        }
        road = roads.get(chart.kind)
        if road is None:
            raise NotFound("Charts of this kind are no longer drawn.")
        return await road(runner, chart, units)

    async def _run(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        run = (await self._runs(runner, chart))[0]
        return Drawing(describe_run_chart(run, units), lambda theme: run_chart(run, units, theme))

    async def _comparison(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        """Of one run where the other has been deleted since."""
        runs = await self._runs(runner, chart)
        if len(runs) < 2:
            return Drawing(describe_run_chart(runs[0], units), lambda theme: run_chart(runs[0], units, theme))
        latest, earlier = runs[:2]
        said = describe_comparison(latest, earlier, units)
        return Drawing(said, lambda theme: comparison_chart(latest, earlier, units, theme))

    async def _recent_load(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        loads = _loads(await self._runs(runner, chart), await self._athlete(runner))
        said = load_charts.describe_recent_load(loads, units)
        return Drawing(said, lambda theme: load_charts.recent_load_chart(loads, units, theme))

    async def _fitness(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        first, last = days_of(chart, runner.today)
        state = await self.fitness.state(runner)
        if state.series is not None:
            # Years before the first activity would press the rest into a corner.
            first = min(max(first, state.series.first_day), last)
        series = days_between(state, first, min(last, runner.today))
        said = load_charts.describe_fitness(series, units)
        return Drawing(said, lambda theme: load_charts.fitness_chart(series, units, theme))

    async def _volume(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        first, last = days_of(chart, runner.today)
        state = await self.fitness.state(runner)
        plan = None if self.plans is None else await self.plans.active(runner.user_id)
        weeks = volume_weeks(state.weeks, plan, first_day=first, last_day=last)
        return Drawing(describe_volume(weeks, units), lambda theme: volume_chart(weeks, units, theme))

    async def _pace_duration(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        first, last = days_of(chart, runner.today)
        ability = ability_in(await self.fitness.history(runner.user_id), first, last)
        said = describe_pace_duration(ability, units)
        return Drawing(said, lambda theme: pace_duration_chart(ability, units, theme))

    async def _zones(self, runner: Runner, chart: Chart, units: Units) -> Drawing:
        if chart.activity_ids:
            histogram = sum(run.measured.histogram for run in await self._runs(runner, chart))
        else:
            first, last = days_of(chart, runner.today)
            histogram = _histogram(await self.fitness.history(runner.user_id), first, last)
        times = time_in_zones(np.asarray(histogram, np.float64), heart_rate_zones(await self._athlete(runner)))
        return Drawing(describe_zones(times, units), lambda theme: zone_chart(times, units, theme))

    async def _athlete(self, runner: Runner) -> Athlete:
        return await self.athletes.resolve(runner)

    async def _runs(self, runner: Runner, chart: Chart) -> list[RunMetrics]:
        """The chart's runs in its order; those deleted since are left out. Raises NotFound when none is left."""
        kept = await self.metrics.load(runner.user_id, chart.activity_ids)
        runs = [kept[activity_id] for activity_id in chart.activity_ids if activity_id in kept]
        if not runs:
            raise NotFound("The run this chart was drawn from is gone.")
        return runs


def usual_days(kind: str, today: dt.date) -> tuple[dt.date, dt.date]:
    back, ahead = USUAL_DAYS[ChartKind(kind)]
    return today - dt.timedelta(days=back - 1), today + dt.timedelta(days=ahead)


def days_of(chart: Chart, today: dt.date) -> tuple[dt.date, dt.date]:
    first, last = usual_days(chart.kind, today)
    return chart.first_day or first, chart.last_day or last


def ability_in(history: History, first: dt.date, last: dt.date) -> Ability:
    """The best efforts of the days, and the models that those of the 90 days up to the last one draw."""
    recent = recent_efforts(history, last)
    speed, index = critical_speed(recent.distance_m, recent.fastest_s), race_index(recent)
    since = dataclasses.replace(history, is_run=history.is_run & (history.day >= first.toordinal()))
    return Ability(
        efforts=tuple(
            TimedDistance(float(record.distance_m), record.elapsed_s, record.day)
            for record in personal_records(since, last)
        ),
        critical_speed=None if isinstance(speed, Missing) else speed,
        index=None if isinstance(index, Missing) else index,
    )


def _histogram(history: History, first: dt.date, last: dt.date) -> Column:
    """Seconds per bpm of all runs of the days of which heart rate covers enough."""
    covered = history.heart_rate_coverage >= SMALLEST_COVERAGE
    within = (history.day >= first.toordinal()) & (history.day <= last.toordinal())
    seconds: Column = history.histogram[history.is_run & covered & within].sum(axis=0, dtype=np.float64)
    return seconds


def _loads(runs: Sequence[RunMetrics], athlete: Athlete) -> list[tuple[dt.date, str, float]]:
    readings = [read_run(run, athlete, runs) for run in runs]
    return [(r.metrics.local_date, str(r.kind.type), r.load.value) for r in readings if r.load is not None]
