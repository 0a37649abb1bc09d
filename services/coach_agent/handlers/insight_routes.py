"""The part of THE table that is about insights, and about what the coach is told and remembers."""

from __future__ import annotations

from services.coach_agent.handlers import note_bodies
from services.coach_agent.handlers.noting import NoteHandlers
from shared.errors import Conflict, NotFound
from shared.http.routing import Access, Route

_NOTES = "/api/v1/insights/context"


def insight_routes(noting: NoteHandlers) -> list[Route]:
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
    ]  # fmt: skip
