"""Insights and what they rest on, wired."""

from __future__ import annotations

from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.insight_routes import insight_routes
from services.coach_agent.handlers.noting import NoteHandlers
from services.coach_agent.storage.notes import PostgresNoteStore
from shared.clock import Clock
from shared.http.routing import Route


def insight_table(asking: Asking, notes: PostgresNoteStore, clock: Clock) -> list[Route]:
    return insight_routes(NoteHandlers(asking, Notes(notes, clock)))
