"""What goes in and out over HTTP about advice, what runners think of it, and what the coach remembers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from pydantic import Field, StringConstraints

from services.coach_agent.domain.fitness.models import Light
from services.coach_agent.domain.insights.models import Evaluation, Insight, Memory, Reason, Subject, Verdict
from services.coach_agent.handlers.bodies import FactAnswer, MarkAnswer
from shared.http.parsing import ApiModel
from shared.http.selecting import CommaSeparated

LONGEST_REMARK = 1000


class DailyQuery(ApiModel):
    """A local day: today where none is named, tomorrow at the latest."""

    day: dt.date | None = Field(None, alias="date")


class ReasonAnswer(ApiModel):
    rule: str
    text: str

    @classmethod
    def of(cls, reason: Reason) -> ReasonAnswer:
        return cls(rule=reason.rule, text=reason.text)


class InsightAnswer(ApiModel):
    """``advice`` is a kind of workout or ``rest``. Each number in the texts is one of ``facts``."""

    id: uuid.UUID
    date: dt.date
    rule: str
    advice: str
    duration_s: float | None
    text: str
    reasons: list[ReasonAnswer]
    facts: list[FactAnswer]
    marks: list[MarkAnswer]
    workout_id: uuid.UUID | None
    readiness: Light
    made_at: dt.datetime

    @classmethod
    def of(cls, insight: Insight) -> InsightAnswer:
        return cls(
            id=insight.insight_id,
            date=insight.day,
            rule=insight.rule,
            advice=insight.advice,
            duration_s=insight.duration_s,
            text=insight.text,
            reasons=[ReasonAnswer.of(reason) for reason in insight.reasons],
            facts=[FactAnswer.of(fact) for fact in insight.facts],
            marks=[MarkAnswer.of(mark) for mark in insight.marks],
            workout_id=insight.workout_id,
            readiness=insight.light,
            made_at=insight.made_at,
        )


class EvaluationBody(ApiModel):
    """``insightId`` is the id of an insight, or the ``messageId`` of an answer."""

    insight_id: uuid.UUID
    verdict: Verdict
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REMARK)] | None = (
        None
    )


class EvaluationAnswer(ApiModel):
    insight_id: uuid.UUID
    subject: Subject
    rule: str
    verdict: Verdict
    text: str | None
    evaluated_at: dt.datetime

    @classmethod
    def of(cls, evaluation: Evaluation) -> EvaluationAnswer:
        return cls(**_shown(evaluation))


class EvaluationItem(EvaluationAnswer):
    user_id: uuid.UUID

    @classmethod
    def of(cls, evaluation: Evaluation) -> EvaluationItem:
        return cls(**_shown(evaluation), user_id=evaluation.user_id)


def _shown(evaluation: Evaluation) -> dict[str, object]:
    return {name: getattr(evaluation, name) for name in EvaluationAnswer.model_fields}


class EvaluationQuery(ApiModel):
    verdict: Verdict | None = None
    cursor: uuid.UUID | None = None
    limit: int = Field(50, ge=1, le=200)
    fields: CommaSeparated | None = None


class EvaluationList(ApiModel):
    items: list[EvaluationItem]
    next_cursor: uuid.UUID | None


class MemoryAnswer(ApiModel):
    """``kind`` is habit, phase, injury, illness or race."""

    id: uuid.UUID
    kind: str
    text: str
    first_day: dt.date | None = Field(alias="from")
    last_day: dt.date | None = Field(alias="to")

    @classmethod
    def of(cls, memory: Memory) -> MemoryAnswer:
        return cls(
            id=memory.memory_id,
            kind=memory.kind,
            text=memory.text,
            first_day=memory.first_day,
            last_day=memory.last_day,
        )


class MemoryQuery(ApiModel):
    cursor: uuid.UUID | None = None
    limit: int = Field(50, ge=1, le=200)
    fields: CommaSeparated | None = None


class MemoryList(ApiModel):
    items: list[MemoryAnswer]
    next_cursor: uuid.UUID | None
