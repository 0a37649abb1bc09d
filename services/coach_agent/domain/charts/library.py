"""Charts of one user: offered with an answer, built again from what is measured whenever they are looked at."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.coach_agent.domain.charts.drawings import USUAL_DAYS, Drawings, usual_days
from services.coach_agent.domain.charts.request import ChartKind, ChartRequest
from services.coach_agent.domain.charts.spec import as_wide_as
from services.coach_agent.domain.charts.theme import Theme
from services.coach_agent.domain.chat.conversation import ReplyChart
from services.coach_agent.domain.ports import ChartRenderer, ChartStore, RunMetricsStore
from services.coach_agent.domain.runner import Runner

# What is drawn of a runner over time, the widest view first.
_OVER_TIME = (ChartKind.FITNESS, ChartKind.WEEKLY_VOLUME, ChartKind.PACE_DURATION)


@dataclass(frozen=True, slots=True)
class ChartLibrary:
    store: ChartStore
    metrics: RunMetricsStore
    drawings: Drawings
    renderer: ChartRenderer

    async def offer(self, runner: Runner, request: ChartRequest) -> ReplyChart:
        """The chart for an answer, with its words in the runner's units."""
        chart = await self.store.ensure(runner.user_id, _dated(request, runner))
        drawing = await self.drawings.of(runner, chart)
        return ReplyChart(chart.chart_id, chart.kind, drawing.said.title, drawing.said.description)

    async def offer_over(self, runner: Runner, first: dt.date, last: dt.date) -> tuple[ReplyChart, ...]:
        """Load and form, distance a week and pace by duration of the local days, both included.

        Weeks that end today go on with what is planned for the next ones.
        """
        charts = []
        for kind in _OVER_TIME:
            _, ahead = usual_days(kind, runner.today)
            end = ahead if last == runner.today else last
            charts.append(await self.offer(runner, ChartRequest(kind, first_day=first, last_day=end)))
        return tuple(charts)

    async def spec(
        self, runner: Runner, chart_id: uuid.UUID, theme: Theme, *, width: int | None = None
    ) -> Mapping[str, Any]:
        """The Vega-Lite specification of one of the runner's charts, ``width`` px wide if given. Raises NotFound.

        It carries the version of the data it is drawn from, and with it so does the key that its drawing is kept under.
        """
        chart = await self.store.get(runner.user_id, chart_id)
        version = await self.metrics.data_version(runner.user_id)
        spec = (await self.drawings.of(runner, chart)).spec(theme) | {"usermeta": {"dataVersion": version}}
        return spec if width is None else as_wide_as(spec, width)

    async def image(
        self, runner: Runner, chart_id: uuid.UUID, theme: Theme, media_type: str, *, width: int | None = None
    ) -> bytes:
        """The chart as image/svg+xml or image/png. Raises NotFound, UpstreamUnavailable or UpstreamTimeout."""
        return await self.renderer.render(await self.spec(runner, chart_id, theme, width=width), media_type)


def _dated(request: ChartRequest, runner: Runner) -> ChartRequest:
    """A chart of days keeps those it was offered with, whenever it is looked at again."""
    if request.activity_ids or request.kind not in USUAL_DAYS:
        return request
    first, last = usual_days(request.kind, runner.today)
    return dataclasses.replace(request, first_day=request.first_day or first, last_day=request.last_day or last)
