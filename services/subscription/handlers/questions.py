"""What coach_agent asks on the user's behalf around each answer."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.subscription.domain.questions import Questions
from services.subscription.handlers.bodies import QuestionBody, QuotaAnswer, SettlementBody
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response, no_content


@dataclass(frozen=True, slots=True)
class QuestionHandlers:
    questions: Questions

    async def reserve_question(self, _: web.Request, body: QuestionBody) -> web.Response:
        """Take one of today's questions; the same question again takes no other."""
        quota = await self.questions.reserve(signed_in_user(), body.question_id, signed_in_caller().zone)
        return json_response(QuotaAnswer.of(quota), status=201)

    async def settle_question(self, request: web.Request, body: SettlementBody) -> web.Response:
        """Say how a question ended: one that failed is given back."""
        await self.questions.settle(signed_in_user(), path_uuid(request, "question_id"), body.outcome)
        return no_content()
