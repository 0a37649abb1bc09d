"""Where a language model comes in: between the answer of the rules and what is stored of it."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from typing import Protocol

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.facts import Fact, Passage, join
from services.coach_agent.domain.ports import RunMetricsStore
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.ports import Audience
from services.coach_agent.domain.wording.tools import Found
from services.coach_agent.domain.wording.writer import Task, Worded, Writer
from shared.logs import get_logger

_log = get_logger("chat")

# What hurts, what is none of the coach's business, what is asked back and what changes the plan is left to the rules.
_BY_RULES = frozenset(
    {
        *(IntentKind.RED_FLAG, IntentKind.HEALTH, IntentKind.OUT_OF_SCOPE, IntentKind.SMALL_TALK, IntentKind.CLARIFY),
        *(IntentKind.EXPLAIN, IntentKind.PLAN_CHANGE, IntentKind.PLAN_SKIP, IntentKind.PLAN_END),
    }
)
_ABOUT_THE_LATEST = frozenset({IntentKind.ANALYSE_LAST, IntentKind.COMPARE})


class Answerer(Protocol):
    async def answer(self, runner: Runner, intent: Intent) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the rules answer to it."""

    runner: Runner
    question_id: uuid.UUID
    question: str
    intent: Intent
    answer: Answer
    plan: str


@dataclass(frozen=True, slots=True)
class Words:
    writer: Writer
    coach: Answerer
    metrics: RunMetricsStore

    async def put(self, asked: Asked, audience: Audience) -> tuple[Answer, str | None]:
        """The answer in a model's words, with the model's name; or as it was, and None."""
        if not self.writer.has_models or not _may_be_worded(asked):
            return asked.answer, None
        try:
            worded = await self.writer.word(await self._task(asked), audience)
        except Exception:  # noqa: BLE001 - the answer is there; whatever befalls the model's part costs no more than it
            _log.exception("wording failed", questionId=str(asked.question_id))
            return asked.answer, None
        if worded is None:
            return asked.answer, None
        answer = _composed(asked, worded)
        if answer.unverified:
            _log.error("words with unverified numbers", numbers=list(answer.unverified), model=worded.model)
            return asked.answer, None
        return answer, worded.model

    async def _task(self, asked: Asked) -> Task:
        runner, answer = asked.runner, asked.answer

        async def look_up(intent: Intent) -> Found:
            return _found(await self.coach.answer(runner, intent), intent)

        is_understood = asked.intent.kind is not IntentKind.UNKNOWN
        found = _found(answer, asked.intent) if is_understood else Found((), Passage())
        ground = Ground.of(found.facts, found.passage, runner.today, primary=found.primary, latest=found.latest)
        version = await self.metrics.data_version(runner.user_id)
        return Task(
            user_id=runner.user_id,
            question_id=asked.question_id,
            question=asked.question,
            ground=ground,
            data_version=str(version),
            plan=asked.plan,
            look_up=look_up,
        )


def _may_be_worded(asked: Asked) -> bool:
    if asked.intent.kind in _BY_RULES:
        return False
    return bool(asked.answer.facts) or asked.intent.kind is IntentKind.UNKNOWN


def _found(answer: Answer, intent: Intent) -> Found:
    primary = None if answer.subject is None else str(answer.subject)
    return Found(answer.facts, answer.passage, primary, primary if intent.kind in _ABOUT_THE_LATEST else None)


def _composed(asked: Asked, worded: Worded) -> Answer:
    """The model's words, then what the rules say in detail; all that they say where the model was cut short."""
    answer, is_understood = asked.answer, asked.intent.kind is not IntentKind.UNKNOWN
    rest = answer.detail if worded.is_whole else join((answer.opening, answer.detail), "\n\n")
    passage = Passage((*worded.passage.pieces[:-1], *_ended(worded.passage)))
    return dataclasses.replace(
        answer,
        opening=passage,
        detail=rest if is_understood or not worded.is_whole else Passage(),
        facts=_facts(answer, worded),
        subject=answer.subject or (None if worded.subject is None else uuid.UUID(worded.subject)),
    )


def _ended(passage: Passage) -> tuple[str | Fact, ...]:
    """The last piece without the white space behind the last sentence."""
    last = passage.pieces[-1]
    return (last.rstrip() if isinstance(last, str) else last,)


def _facts(answer: Answer, worded: Worded) -> tuple[Fact, ...]:
    """Those of the rules, and what the words use beyond them."""
    known = {fact.id for fact in answer.facts}
    return (*answer.facts, *(fact for fact in dict.fromkeys(worded.passage.facts) if fact.id not in known))
