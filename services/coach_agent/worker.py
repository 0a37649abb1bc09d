"""``python -m services.coach_agent.worker``: measures new and changed activities before anybody asks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from services.coach_agent.clients.garmin_ingest import GarminIngestActivities
from services.coach_agent.clients.garmin_wellness import GarminIngestWellness
from services.coach_agent.config import CoachAgentSettings
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.plans.ports import PlanStore
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.fitness_parts import make_fitness
from services.coach_agent.plan_parts import NIGHT_ROUND_S, PlanJobs, make_plans
from services.coach_agent.storage.events import MEASURE_ACTIVITY, REFRESH_FITNESS
from services.coach_agent.storage.notes import PostgresNoteStore
from services.coach_agent.storage.outdated import queue_outdated
from services.coach_agent.storage.plans import ADAPT_PLAN, PostgresPlanStore
from services.coach_agent.storage.run_metrics import PostgresRunMetricsStore
from shared.clock import Clock
from shared.errors import NotFound, ServiceError
from shared.http.client import ServiceClient
from shared.http.command_line import worker_main
from shared.http.health import Health
from shared.http.process import open_process
from shared.job_queue import PutOff
from shared.jobs import JobWorker
from shared.postgres import open_database
from shared.zones import zone

# A new formula goes through ten years of a runner's activities within an hour, behind all that somebody waits for.
_OUTDATED_ROUND_S = 300.0
_OUTDATED_AT_ONCE = 500
# While a runner's import is being measured, its end is worth waiting for.
_UNTIL_MEASURED = timedelta(seconds=5)


async def create_worker(settings: CoachAgentSettings, stack: AsyncExitStack) -> tuple[JobWorker, web.Application]:
    """The worker with its handlers, and the application that answers for its health."""
    process = await stack.enter_async_context(open_process("coach_agent", settings))
    database = await open_database(settings, stack)
    cipher = await process.personal_fields()
    parts = make_fitness(database, cipher)
    metrics = PostgresRunMetricsStore(database)
    store = PostgresPlanStore(database, cipher)
    plans = make_plans(parts, store, PostgresNoteStore(database, cipher), process.clock)
    ingest = process.client("garmin_ingest")
    jobs = Jobs(parts.library, metrics, parts.fitness, store, ingest, process.clock)
    plan_jobs = PlanJobs(plans, ingest, process.clock)
    worker = JobWorker(database, process.telemetry, concurrency=settings.measuring_concurrency)
    worker.register(MEASURE_ACTIVITY, jobs.measure_activity, on_dead=jobs.give_up)
    worker.register(REFRESH_FITNESS, jobs.refresh_fitness)
    worker.register(ADAPT_PLAN, plan_jobs.adapt_plan)
    worker.every("plans whose night has come", NIGHT_ROUND_S, plan_jobs.queue_due)
    worker.every(
        "metrics of older formulas", _OUTDATED_ROUND_S, lambda: queue_outdated(database, limit=_OUTDATED_AT_ONCE)
    )
    return worker, process.application([], health=Health(required={"postgres": database.ping}))


@dataclass(frozen=True, slots=True)
class Jobs:
    library: RunLibrary
    metrics: PostgresRunMetricsStore
    fitness: Fitness
    plans: PlanStore
    ingest: ServiceClient
    clock: Clock

    async def measure_activity(self, data: Mapping[str, Any], _: int) -> None:
        """Measure one activity; done as well when it is gone by then."""
        user_id, activity_id = uuid.UUID(data["userId"]), uuid.UUID(data["activityId"])
        try:
            await self.library.measure(user_id, GarminIngestActivities(self.ingest, user_id), activity_id)
        except NotFound:
            await self._settle(data)

    async def give_up(self, data: Mapping[str, Any], _: ServiceError) -> None:
        """An activity that will never be measured is not waited for."""
        await self._settle(data)

    async def refresh_fitness(self, data: Mapping[str, Any], _: int) -> None:
        """Compute a runner's fitness, so that the first who asks need not wait for it; a plan is adapted to it."""
        user_id = uuid.UUID(data["userId"])
        if (await self.fitness.histories.standing(user_id)).unmeasured:
            raise PutOff(_UNTIL_MEASURED, reason="measuring")
        local = zone(await self.fitness.kept.zone(user_id) or "UTC")
        await self.fitness.state(
            Runner(
                user_id=user_id,
                source=GarminIngestActivities(self.ingest, user_id),
                wellness=GarminIngestWellness(self.ingest, user_id),
                today=self.clock.now().astimezone(local).date(),
                zone=str(local),
            )
        )
        await self.plans.queue(user_id)

    async def _settle(self, data: Mapping[str, Any]) -> None:
        user_id, activity_id = uuid.UUID(data["userId"]), uuid.UUID(data["activityId"])
        await self.metrics.settle(user_id, activity_id, data.get("version", 0))


if __name__ == "__main__":
    worker_main(process="coach_agent", settings=CoachAgentSettings, create_worker=create_worker)
