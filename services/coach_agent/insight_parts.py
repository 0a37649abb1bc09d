"""Advice, notes, verdicts and memory, wired."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.insights.daily import DailyInsights
from services.coach_agent.domain.insights.deciding import DayDecisions
from services.coach_agent.domain.insights.evaluating import Evaluating
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.domain.plans.ports import PlanReader
from services.coach_agent.domain.ports import ConversationStore
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.domain.runs.recent import RecentRuns
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.insight_routes import insight_routes
from services.coach_agent.handlers.insighting import InsightHandlers
from services.coach_agent.handlers.noting import NoteHandlers
from services.coach_agent.storage.insights import PostgresEvaluationStore, PostgresInsightStore
from services.coach_agent.storage.notes import PostgresNoteStore
from shared.clock import Clock
from shared.http.routing import Route
from shared.personal import FieldCipher
from shared.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What insights read of the rest of the coach."""

    athletes: Athletes
    library: RunLibrary
    fitness: Fitness
    plans: PlanReader
    conversations: ConversationStore
    memories: Memories


def insight_table(
    asking: Asking, around: Surroundings, *, database: Database, cipher: FieldCipher, clock: Clock
) -> list[Route]:
    notes, insights = PostgresNoteStore(database, cipher), PostgresInsightStore(database, cipher)
    evaluations = PostgresEvaluationStore(database, cipher)
    daily = DailyInsights(
        decisions=DayDecisions(around.plans, notes, RecentRuns(around.athletes, around.library), around.fitness),
        athletes=around.athletes,
        store=insights,
        clock=clock,
    )
    evaluating = Evaluating(insights, around.conversations, evaluations, clock)
    return insight_routes(
        NoteHandlers(asking, Notes(notes, clock)),
        InsightHandlers(asking, daily, evaluating, evaluations, around.memories),
    )
