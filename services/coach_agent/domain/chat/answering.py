"""One question from its arrival to its stored, verified reply."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.charts.library import ChartLibrary
from services.coach_agent.domain.chat import answers
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.coach import Coach
from services.coach_agent.domain.chat.conversation import MODEL, RULES, Exchange, Reply
from services.coach_agent.domain.chat.intent import IntentKind, Thread
from services.coach_agent.domain.chat.intents import read_intent
from services.coach_agent.domain.chat.worded import Asked, Words
from services.coach_agent.domain.facts import marks
from services.coach_agent.domain.ports import ConversationStore, QuestionQuota
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.wording.ports import Audience
from shared.clock import Clock
from shared.errors import ServiceError
from shared.ids import uuid7
from shared.logs import get_logger

_log = get_logger("chat")
# As long as answers are kept under an Idempotency-Key; a later request with its key is a new one.
_REPEATED_WITHIN = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Chat:
    coach: Coach
    charts: ChartLibrary
    conversations: ConversationStore
    quota: QuestionQuota
    words: Words
    clock: Clock

    async def ask(
        self,
        runner: Runner,
        question: str,
        conversation_id: uuid.UUID | None,
        *,
        audience: Audience,
        request: uuid.UUID | None = None,
    ) -> Exchange:
        """Answer and store, or give what was stored for the same ``request`` when its answer did not arrive.

        ``audience`` hears what a language model says as it comes; what is returned is the whole answer. Raises
        NotFound for somebody else's conversation, NoData, and what the quota says.
        """
        earlier = None if request is None else await self.conversations.find(runner.user_id, request)
        if earlier is not None and self.clock.now() - earlier.asked_at < _REPEATED_WITHIN:
            return earlier
        exchange_id = request if request is not None and earlier is None else uuid7()
        return await self._answered(runner, question, conversation_id, exchange_id=exchange_id, audience=audience)

    async def _answered(
        self,
        runner: Runner,
        question: str,
        conversation_id: uuid.UUID | None,
        *,
        exchange_id: uuid.UUID,
        audience: Audience,
    ) -> Exchange:
        """The question is reserved before the work and given back when no answer came of it, also when the runner has
        gone away meanwhile. Who has heard a model's sentences and leaves before the end has been answered.
        """
        intent = read_intent(question, runner.today, await self._thread(runner, conversation_id))
        if intent.kind is IntentKind.RED_FLAG:
            # Whoever describes an emergency is told so, whatever their plan has left.
            return await self._stored(runner, exchange_id, conversation_id, question, answers.red_flag())
        plan = await self.quota.reserve(exchange_id)
        try:
            answer = _verified(await self.coach.answer(runner, intent))
            asked = Asked(runner, exchange_id, question, intent, answer, plan)
            answer, model = await self.words.put(asked, audience)
            exchange = await self._stored(runner, exchange_id, conversation_id, question, answer, model=model)
        except BaseException:
            await self._settle(exchange_id, answered=audience.has_begun)
            raise
        await self._settle(exchange_id, answered=model is not None or not _is_free(answer))
        return exchange

    async def _thread(self, runner: Runner, conversation_id: uuid.UUID | None) -> Thread:
        if conversation_id is None:
            return Thread()
        return await self.conversations.thread(runner.user_id, conversation_id)

    async def _stored(
        self,
        runner: Runner,
        message_id: uuid.UUID,
        conversation_id: uuid.UUID | None,
        question: str,
        answer: Answer,
        *,
        model: str | None = None,
    ) -> Exchange:
        exchange = Exchange(
            conversation_id=conversation_id or uuid7(),
            message_id=message_id,
            asked_at=self.clock.now(),
            question=question,
            reply=await self._reply(runner, answer),
            answered_by=RULES if model is None else f"{MODEL}{model}",
            subject=answer.subject,
            intent=answer.intent,
        )
        store = self.conversations.open if conversation_id is None else self.conversations.add
        await store(runner.user_id, exchange)
        return exchange

    async def _reply(self, runner: Runner, answer: Answer) -> Reply:
        chart = () if answer.chart is None else (await self.charts.offer(runner, answer.chart),)
        passage = answer.passage
        return Reply(
            text=passage.text,
            facts=answer.facts,
            marks=marks(passage),
            charts=chart,
            sources=answer.sources,
            suggestions=answer.suggestions,
            notices=answer.notices,
        )

    async def _settle(self, question_id: uuid.UUID, *, answered: bool) -> None:
        """Tell the subscription what became of the question; unsaid, the reservation lapses by itself."""
        try:
            await asyncio.shield(self.quota.settle(question_id, answered=answered))
        except ServiceError as error:
            _log.warning("question not settled", questionId=str(question_id), answered=answered, code=error.code)


def _is_free(answer: Answer) -> bool:
    return answer.intent is not None and answer.intent.is_free


def _verified(answer: Answer) -> Answer:
    """The last look before an answer leaves. A number without a fact is a bug of ours, and is never shown."""
    sound, unverified = answers.checked(answer)
    if unverified:
        _log.error("answer with unverified numbers", numbers=list(unverified))
    return sound
