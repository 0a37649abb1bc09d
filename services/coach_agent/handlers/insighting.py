"""Advice for a day, what runners think of it, and what the coach remembers, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.insights.daily import DailyInsights
from services.coach_agent.domain.insights.evaluating import Evaluating
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.ports import EvaluationStore
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.insight_bodies import (
    DailyQuery,
    EvaluationAnswer,
    EvaluationBody,
    EvaluationItem,
    EvaluationQuery,
    InsightAnswer,
    MemoryAnswer,
    MemoryQuery,
)
from shared.http.context import signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response, no_content
from shared.http.selecting import selected


@dataclass(frozen=True, slots=True)
class InsightHandlers:
    asking: Asking
    daily: DailyInsights
    evaluating: Evaluating
    evaluations: EvaluationStore
    memories: Memories

    async def advise(self, _: web.Request, query: DailyQuery) -> web.Response:
        """What to do on a day, and why; for an earlier day what was advised then."""
        runner = self.asking.runner()
        return json_response(InsightAnswer.of(await self.daily.of(runner, query.day or runner.today)))

    async def evaluate(self, _: web.Request, body: EvaluationBody) -> web.Response:
        """Say whether an insight or an answer was helpful or wrong; saying it again changes it."""
        evaluation = await self.evaluating.evaluate(signed_in_user(), body.insight_id, body.verdict, body.text)
        return json_response(EvaluationAnswer.of(evaluation))

    async def list_evaluations(self, _: web.Request, query: EvaluationQuery) -> web.Response:
        """What all runners thought of insights and answers, the latest first."""
        found, cursor = await self.evaluations.page(verdict=query.verdict, before=query.cursor, limit=query.limit)
        items = [EvaluationItem.of(evaluation).model_dump(by_alias=True) for evaluation in found]
        return json_response({"items": selected(items, query.fields, of=EvaluationItem), "nextCursor": cursor})

    async def show_memories(self, _: web.Request, query: MemoryQuery) -> web.Response:
        """What the coach remembers of the runner, the latest first."""
        page = await self.memories.page(self.asking.runner(), after=query.cursor, limit=query.limit)
        items = [MemoryAnswer.of(memory).model_dump(by_alias=True) for memory in page.items]
        return json_response({"items": selected(items, query.fields, of=MemoryAnswer), "nextCursor": page.cursor})

    async def forget(self, request: web.Request) -> web.Response:
        """Have the coach forget something; it does not conclude it again."""
        await self.memories.forget(self.asking.runner(), path_uuid(request, "memory_id"))
        return no_content()
