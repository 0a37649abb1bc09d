"""The part of THE table that is about insights, and about what the coach is told and remembers."""

from __future__ import annotations

from services.coach_agent.domain.errors import NoData
from services.coach_agent.handlers import insight_bodies, note_bodies
from services.coach_agent.handlers.insighting import InsightHandlers
from services.coach_agent.handlers.noting import NoteHandlers
from shared.errors import Conflict, NotFound
from shared.http.routing import Access, Route

_NOTES = "/api/v1/insights/context"


def insight_routes(noting: NoteHandlers, insights: InsightHandlers) -> list[Route]:
    return [
        Route(
            method="POST", path=_NOTES, handler=noting.add, access=Access.USER, tag="Insights", status=201,
            body=note_bodies.NoteBody, returns=note_bodies.NoteAnswer, errors=(Conflict,),
        ),
        Route(
            method="GET", path=_NOTES, handler=noting.show_page, access=Access.USER, tag="Insights",
            query=note_bodies.NoteQuery, returns=note_bodies.NoteList,
        ),
        Route(
            method="PATCH", path=f"{_NOTES}/{{note_id}}", handler=noting.end, access=Access.USER, tag="Insights",
            body=note_bodies.NoteEndBody, returns=note_bodies.NoteAnswer, errors=(NotFound,),
        ),
        Route(
            method="DELETE", path=f"{_NOTES}/{{note_id}}", handler=noting.delete, access=Access.USER, tag="Insights",
            status=204, errors=(NotFound,),
        ),
        Route(
            method="GET", path="/api/v1/insights/daily", handler=insights.advise, access=Access.USER, tag="Insights",
            query=insight_bodies.DailyQuery, returns=insight_bodies.InsightAnswer, errors=(NoData, NotFound),
        ),
        Route(
            method="POST", path="/api/v1/insights/evaluate", handler=insights.evaluate, access=Access.USER,
            tag="Insights", body=insight_bodies.EvaluationBody, returns=insight_bodies.EvaluationAnswer,
            errors=(NotFound,),
        ),
        Route(
            method="GET", path="/api/v1/admin/evaluations", handler=insights.list_evaluations, access=Access.ADMIN,
            tag="Admin", query=insight_bodies.EvaluationQuery, returns=insight_bodies.EvaluationList,
        ),
        Route(
            method="GET", path="/api/v1/memory", handler=insights.show_memories, access=Access.USER, tag="Insights",
            query=insight_bodies.MemoryQuery, returns=insight_bodies.MemoryList,
        ),
        Route(
            method="DELETE", path="/api/v1/memory/{memory_id}", handler=insights.forget, access=Access.USER,
            tag="Insights", status=204, errors=(NotFound,),
        ),
    ]  # fmt: skip
