"""Training plans, wired for the service and its worker alike."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.coach_agent.clients.garmin_ingest import GarminIngestActivities
from services.coach_agent.clients.garmin_wellness import GarminIngestWellness
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.insights.ports import NoteReader
from services.coach_agent.domain.plans.feeds import Feeds
from services.coach_agent.domain.plans.service import Plans
from services.coach_agent.domain.runner import Runner
from services.coach_agent.fitness_parts import FitnessParts
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.feeding import FeedHandlers
from services.coach_agent.handlers.plan_routes import feed_routes, plan_routes
from services.coach_agent.handlers.planning import PlanHandlers
from services.coach_agent.storage.plan_feeds import PostgresFeedStore
from services.coach_agent.storage.plans import PostgresPlanStore
from shared.clock import Clock
from shared.http.client import ServiceClient
from shared.http.routing import Route
from shared.postgres import Database
from shared.zones import zone

# How many plans are looked at in one round of the night, and how often it comes round.
_AT_ONCE = 500
NIGHT_ROUND_S = 60.0


def make_plans(parts: FitnessParts, store: PostgresPlanStore, notes: NoteReader, clock: Clock) -> Plans:
    return Plans(store, parts.fitness, parts.athletes, notes, clock)


def plan_table(asking: Asking, plans: Plans, athletes: Athletes, database: Database) -> list[Route]:
    feeds = Feeds(PostgresFeedStore(database), plans.store)
    return plan_routes(PlanHandlers(asking, plans, athletes)) + feed_routes(FeedHandlers(feeds, athletes))


@dataclass(frozen=True, slots=True)
class PlanJobs:
    """What the worker does for plans by itself."""

    plans: Plans
    ingest: ServiceClient
    clock: Clock

    async def queue_due(self) -> None:
        """Queue the plans whose night has come."""
        await self.plans.store.queue_due(self.clock.now(), limit=_AT_ONCE)

    async def adapt_plan(self, data: Mapping[str, Any], _: int) -> None:
        """Take in what has happened to one runner; nothing where the plan has ended meanwhile."""
        user_id = uuid.UUID(data["userId"])
        plan = await self.plans.active(user_id)
        if plan is not None:
            await self.plans.adapt(self._runner(user_id, plan.zone))

    def _runner(self, user_id: uuid.UUID, zone_name: str) -> Runner:
        local = zone(zone_name)
        return Runner(
            user_id=user_id,
            source=GarminIngestActivities(self.ingest, user_id),
            wellness=GarminIngestWellness(self.ingest, user_id),
            today=self.clock.now().astimezone(local).date(),
            zone=str(local),
        )
