"""What runners think of what they were told: kept for those who mend the rules."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.coach_agent.domain.insights.models import Evaluation, Subject, Verdict
from services.coach_agent.domain.insights.ports import EvaluationStore, InsightStore
from services.coach_agent.domain.ports import ConversationStore
from shared.clock import Clock
from shared.errors import NotFound
from shared.ids import uuid7


@dataclass(frozen=True, slots=True)
class Evaluating:
    insights: InsightStore
    conversations: ConversationStore
    store: EvaluationStore
    clock: Clock

    async def evaluate(
        self, user_id: uuid.UUID, subject_id: uuid.UUID, verdict: Verdict, text: str | None
    ) -> Evaluation:
        """Judge an insight or, by its message id, an answer of the user's own. Raises NotFound."""
        subject, rule = await self._subject(user_id, subject_id)
        evaluation = Evaluation(uuid7(), user_id, subject_id, subject, rule, verdict, text, self.clock.now())
        await self.store.keep(evaluation)
        return evaluation

    async def _subject(self, user_id: uuid.UUID, subject_id: uuid.UUID) -> tuple[Subject, str]:
        insight = await self.insights.get(user_id, subject_id)
        if insight is not None:
            return Subject.INSIGHT, insight.rule
        exchange = await self.conversations.find(user_id, subject_id)
        if exchange is None:
            raise NotFound("There is no such insight or answer.")
        return Subject.ANSWER, exchange.answered_by
