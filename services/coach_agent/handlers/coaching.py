"""The profile and the analysis of one run over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.charts.library import ChartLibrary
from services.coach_agent.domain.chat.coach import Coach
from services.coach_agent.domain.runs.readings import Readings
from services.coach_agent.handlers.analysis_body import AnalysisAnswer, AnalysisQuery
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.bodies import AthleteAnswer, AthleteBody
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response


@dataclass(frozen=True, slots=True)
class CoachingHandlers:
    asking: Asking
    athletes: Athletes
    coach: Coach
    charts: ChartLibrary
    readings: Readings

    async def show_athlete(self, _: web.Request) -> web.Response:
        """The runner's profile; each value says whether it was given or estimated, and from what."""
        runner = self.asking.runner()
        return json_response(AthleteAnswer.of(await self.athletes.resolve(runner)))

    async def change_athlete(self, _: web.Request, body: AthleteBody) -> web.Response:
        """Set values of the profile; null takes one back."""
        runner = self.asking.runner()
        return json_response(AthleteAnswer.of(await self.athletes.change(runner, body.changes)))

    async def analyse_activity(self, request: web.Request, query: AnalysisQuery) -> web.Response:
        """Zones, load, decoupling, grade-adjusted pace, session kind and the four lines of one activity."""
        runner = self.asking.runner()
        analysis = await self.coach.analyse(runner, path_uuid(request, "activity_id"))
        wanted = analysis.chart
        chart = None if wanted is None else await self.charts.offer(runner, wanted)
        explanation = await self.readings.explained(runner.user_id, analysis.reading)
        return json_response(AnalysisAnswer.of(analysis, chart, explanation if query.explain else None))
