"""Charts, wired."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.charts.drawings import Drawings
from services.coach_agent.domain.charts.library import ChartLibrary
from services.coach_agent.domain.fitness.ports import FitnessReader
from services.coach_agent.domain.plans.ports import PlanReader
from services.coach_agent.domain.ports import ChartRenderer, RunMetricsStore
from services.coach_agent.storage.charts import PostgresChartStore
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class Drawn:
    """What charts are drawn from."""

    metrics: RunMetricsStore
    athletes: Athletes
    fitness: FitnessReader
    plans: PlanReader | None = None


def make_charts(database: Database, drawn: Drawn, renderer: ChartRenderer) -> ChartLibrary:
    drawings = Drawings(drawn.metrics, drawn.athletes, drawn.fitness, drawn.plans)
    return ChartLibrary(PostgresChartStore(database), drawn.metrics, drawings, renderer)
