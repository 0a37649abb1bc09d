"""Charts of one user: offered with an answer, built again from the kept metrics whenever they are looked at."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.coach_agent.domain.athlete import Athlete, Units
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.charts import run_charts as charts
from services.coach_agent.domain.charts.request import ChartRequest
from services.coach_agent.domain.charts.theme import Theme
from services.coach_agent.domain.chat.conversation import ReplyChart
from services.coach_agent.domain.ports import Chart, ChartRenderer, ChartStore, RunMetricsStore
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import read_run
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChartLibrary:
    store: ChartStore
    metrics: RunMetricsStore
    athletes: Athletes
    renderer: ChartRenderer

    async def offer(self, runner: Runner, request: ChartRequest) -> ReplyChart:
        """The chart for an answer, with its words in the runner's units."""
        chart = await self.store.ensure(runner.user_id, request.kind, request.activity_ids)
        runs = await self._drawn(runner, chart)
        said = _described(chart.kind, runs, await self.athletes.units(runner.user_id))
        return ReplyChart(chart.chart_id, chart.kind, said.title, said.description)

    async def spec(
        self, runner: Runner, chart_id: uuid.UUID, theme: Theme, *, width: int | None = None
    ) -> Mapping[str, Any]:
        """The Vega-Lite specification of one of the runner's charts, ``width`` px wide if given. Raises NotFound."""
        spec = await self._spec(runner, await self.store.get(runner.user_id, chart_id), theme)
        return spec if width is None else charts.as_wide_as(spec, width)

    async def _spec(self, runner: Runner, chart: Chart, theme: Theme) -> charts.Spec:
        runs = await self._drawn(runner, chart)
        if chart.kind == "recentLoad":
            athlete = await self.athletes.resolve(runner)
            return charts.recent_load_chart(_loads(runs, athlete), theme)
        units = await self.athletes.units(runner.user_id)
        if chart.kind == "comparison" and len(runs) == 2:
            return charts.comparison_chart(runs[0], runs[1], units, theme)
        return charts.run_chart(runs[0], units, theme)

    async def image(
        self, runner: Runner, chart_id: uuid.UUID, theme: Theme, media_type: str, *, width: int | None = None
    ) -> bytes:
        """The chart as image/svg+xml or image/png. Raises NotFound, UpstreamUnavailable or UpstreamTimeout."""
        return await self.renderer.render(await self.spec(runner, chart_id, theme, width=width), media_type)

    async def _drawn(self, runner: Runner, chart: Chart) -> list[RunMetrics]:
        """The chart's runs in its order; those deleted since are left out. Raises NotFound when none is left."""
        kept = await self.metrics.load(runner.user_id, chart.activity_ids)
        runs = [kept[activity_id] for activity_id in chart.activity_ids if activity_id in kept]
        if not runs:
            raise NotFound("The run this chart was drawn from is gone.")
        return runs


def _described(kind: str, runs: list[RunMetrics], units: Units) -> charts.Described:
    if kind == "comparison" and len(runs) == 2:
        return charts.describe_comparison(runs[0], runs[1])
    if kind == "recentLoad":
        return charts.describe_recent_load([run.local_date for run in runs])
    return charts.describe_run_chart(runs[0], units)


def _loads(runs: list[RunMetrics], athlete: Athlete) -> list[tuple[Any, str, float]]:
    readings = [read_run(run, athlete, runs) for run in runs]
    return [(r.metrics.local_date, str(r.kind.type), r.load.value) for r in readings if r.load is not None]
