"""Fitness over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.charts.library import ChartLibrary
from services.coach_agent.domain.fitness.days import asked_days
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.fitness_bodies import FitnessQuery, fitness_answer
from shared.http.rendering import json_response


@dataclass(frozen=True, slots=True)
class FitnessHandlers:
    asking: Asking
    fitness: Fitness
    charts: ChartLibrary

    async def show_fitness(self, _: web.Request, query: FitnessQuery) -> web.Response:
        """Load, fitness, fatigue and form by day, where the runner stands now, weeks, records and predictions."""
        runner = self.asking.runner()
        first, last = asked_days(query.first_day, query.last_day, runner.today)
        state = await self.fitness.state(runner)
        charts = await self.charts.offer_over(runner, first, last) if query.charts else ()
        return json_response(fitness_answer(state, first, last, charts=charts))
