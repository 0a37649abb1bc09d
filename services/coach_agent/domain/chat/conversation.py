"""What was asked and answered, as it is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.chat.intent import Intent
from services.coach_agent.domain.facts import Fact, Mark, Source

RULES = "coach-rules"
MODEL = "model:"
TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ReplyChart:
    chart_id: uuid.UUID
    kind: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What was not to be had for an answer that is useful all the same: one of our error codes and its sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer. ``marks`` say where in ``text`` each fact stands; ``suggestions`` are further questions."""

    text: str
    facts: tuple[Fact, ...]
    marks: tuple[Mark, ...]
    charts: tuple[ReplyChart, ...]
    sources: tuple[Source, ...]
    suggestions: tuple[str, ...]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its reply. ``subject`` is the activity the reply is about, ``intent`` what was understood."""

    conversation_id: uuid.UUID
    message_id: uuid.UUID
    asked_at: dt.datetime
    question: str
    reply: Reply
    answered_by: str
    subject: uuid.UUID | None
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    conversation_id: uuid.UUID
    title: str
    started_at: dt.datetime
    updated_at: dt.datetime


def title_of(question: str) -> str:
    """The first question, on one line and cut where a list would cut it."""
    line = " ".join(question.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
