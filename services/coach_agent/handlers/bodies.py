"""What goes in and out over HTTP: the profile, questions and charts."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from services.coach_agent.domain.athlete import Athlete, Known, Origin, Sex, Tone, Units
from services.coach_agent.domain.charts.theme import Theme
from services.coach_agent.domain.chat.conversation import Conversation, Exchange, Notice, Reply, ReplyChart
from services.coach_agent.domain.facts import Fact, Mark, Source
from shared.http.parsing import ApiModel
from shared.http.selecting import CommaSeparated

LONGEST_QUESTION = 2000


class AthleteBody(ApiModel):
    """Fields that are present are set; null takes one back."""

    sex: Sex | None = None
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    weight_kg: Annotated[float, Field(ge=25, le=300)] | None = None
    max_heart_rate_bpm: Annotated[float, Field(ge=100, le=240)] | None = None
    resting_heart_rate_bpm: Annotated[float, Field(ge=25, le=120)] | None = None
    threshold_heart_rate_bpm: Annotated[float, Field(ge=80, le=235)] | None = None
    threshold_pace_s_per_km: Annotated[float, Field(ge=120, le=1200)] | None = None
    units: Units = Units.KILOMETRES
    tone: Tone = Tone.BALANCED

    @property
    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class ValueAnswer(ApiModel):
    """``origin`` says whether the value was given, estimated, assumed or is unknown; ``basis`` from what."""

    value: float | str | None
    origin: Origin
    basis: str

    @classmethod
    def of(cls, known: Known) -> ValueAnswer:
        value = None if known.value is None else round(known.value, 1)
        return cls(value=value, origin=known.origin, basis=known.basis)

    @classmethod
    def given(cls, value: float | str | None) -> ValueAnswer:
        if value is None:
            return cls(value=None, origin=Origin.UNKNOWN, basis="not on file")
        return cls(value=value, origin=Origin.GIVEN, basis="you gave it")


class AthleteAnswer(ApiModel):
    sex: ValueAnswer
    birth_year: ValueAnswer
    weight_kg: ValueAnswer
    max_heart_rate_bpm: ValueAnswer
    resting_heart_rate_bpm: ValueAnswer
    threshold_heart_rate_bpm: ValueAnswer
    threshold_pace_s_per_km: ValueAnswer
    units: Units
    tone: Tone

    @classmethod
    def of(cls, athlete: Athlete) -> AthleteAnswer:
        profile = athlete.profile
        return cls(
            sex=ValueAnswer.given(profile.sex),
            birth_year=ValueAnswer.given(profile.birth_year),
            weight_kg=ValueAnswer.given(profile.weight_kg),
            max_heart_rate_bpm=ValueAnswer.of(athlete.max_heart_rate),
            resting_heart_rate_bpm=ValueAnswer.of(athlete.resting_heart_rate),
            threshold_heart_rate_bpm=ValueAnswer.of(athlete.threshold_heart_rate),
            threshold_pace_s_per_km=ValueAnswer.of(athlete.threshold_pace),
            units=profile.units,
            tone=profile.tone,
        )


class QuestionBody(ApiModel):
    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]
    conversation_id: uuid.UUID | None = None


class SourceAnswer(ApiModel):
    kind: str
    id: str

    @classmethod
    def of(cls, source: Source) -> SourceAnswer:
        return cls(kind=source.kind, id=source.id)


class FactAnswer(ApiModel):
    id: str
    label: str
    value: float
    unit: str
    text: str
    source: SourceAnswer

    @classmethod
    def of(cls, fact: Fact) -> FactAnswer:
        return cls(
            id=fact.id,
            label=fact.label,
            value=fact.value,
            unit=fact.unit,
            text=fact.text,
            source=SourceAnswer.of(fact.source),
        )


class MarkAnswer(ApiModel):
    """Characters ``start`` to ``end`` (exclusive, in code points) of the text are the fact's."""

    start: int
    end: int
    fact_id: str

    @classmethod
    def of(cls, mark: Mark) -> MarkAnswer:
        return cls(start=mark.start, end=mark.end, fact_id=mark.fact_id)


class ChartAnswer(ApiModel):
    id: uuid.UUID
    kind: str
    title: str
    description: str

    @classmethod
    def of(cls, chart: ReplyChart) -> ChartAnswer:
        return cls(id=chart.chart_id, kind=chart.kind, title=chart.title, description=chart.description)


class NoticeAnswer(ApiModel):
    """What was not to be had for this answer: an error code, and what it means."""

    code: str
    message: str

    @classmethod
    def of(cls, notice: Notice) -> NoticeAnswer:
        return cls(code=notice.code, message=notice.message)


class ReplyAnswer(ApiModel):
    text: str
    facts: list[FactAnswer]
    marks: list[MarkAnswer]
    charts: list[ChartAnswer]
    sources: list[SourceAnswer]
    suggestions: list[str]
    notices: list[NoticeAnswer]

    @classmethod
    def of(cls, reply: Reply) -> ReplyAnswer:
        return cls(
            text=reply.text,
            facts=[FactAnswer.of(fact) for fact in reply.facts],
            marks=[MarkAnswer.of(mark) for mark in reply.marks],
            charts=[ChartAnswer.of(chart) for chart in reply.charts],
            sources=[SourceAnswer.of(source) for source in reply.sources],
            suggestions=list(reply.suggestions),
            notices=[NoticeAnswer.of(notice) for notice in reply.notices],
        )


class ExchangeAnswer(ApiModel):
    """The answer to a question; in a conversation also the question."""

    conversation_id: uuid.UUID
    message_id: uuid.UUID
    message: str
    asked_at: dt.datetime
    reply: ReplyAnswer
    answered_by: str

    @classmethod
    def of(cls, exchange: Exchange) -> ExchangeAnswer:
        return cls(
            conversation_id=exchange.conversation_id,
            message_id=exchange.message_id,
            message=exchange.question,
            asked_at=exchange.asked_at,
            reply=ReplyAnswer.of(exchange.reply),
            answered_by=exchange.answered_by,
        )


class ConversationItem(ApiModel):
    id: uuid.UUID
    title: str
    started_at: dt.datetime
    updated_at: dt.datetime

    @classmethod
    def of(cls, conversation: Conversation) -> ConversationItem:
        return cls(
            id=conversation.conversation_id,
            title=conversation.title,
            started_at=conversation.started_at,
            updated_at=conversation.updated_at,
        )


class ConversationList(ApiModel):
    items: list[ConversationItem]
    next_cursor: uuid.UUID | None


class ConversationAnswer(ConversationItem):
    messages: list[ExchangeAnswer]


class PageQuery(ApiModel):
    cursor: uuid.UUID | None = None
    limit: int = Field(50, ge=1, le=200)
    fields: CommaSeparated | None = None


class ChartQuery(ApiModel):
    """``width`` is that of the whole drawing in px, for a screen narrower or wider than the usual 800."""

    theme: Theme = Theme.LIGHT
    width: int | None = Field(None, ge=280, le=1600)
