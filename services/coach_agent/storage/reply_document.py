"""A reply as the document that is kept, and back."""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from services.coach_agent.domain.chat.conversation import Notice, Reply, ReplyChart
from services.coach_agent.domain.facts import Fact, Mark, Source, SourceKind


def render(reply: Reply) -> str:
    # asyncpg gives ids of a class of its own, which orjson leaves to str.
    return orjson.dumps(reply, default=str).decode()


def parse(document: str) -> Reply:
    stored = orjson.loads(document)
    return Reply(
        text=stored["text"],
        facts=tuple(fact_of(fact) for fact in stored["facts"]),
        marks=tuple(Mark(**mark) for mark in stored["marks"]),
        charts=tuple(ReplyChart(**{**chart, "chart_id": uuid.UUID(chart["chart_id"])}) for chart in stored["charts"]),
        sources=tuple(_source(source) for source in stored["sources"]),
        suggestions=tuple(stored["suggestions"]),
        # Replies of an earlier release have none.
        notices=tuple(Notice(**notice) for notice in stored.get("notices", ())),
    )


def fact_of(stored: dict[str, Any]) -> Fact:
    return Fact(**{**stored, "source": _source(stored["source"])})


def _source(stored: dict[str, Any]) -> Source:
    return Source(SourceKind(stored["kind"]), stored["id"])
