"""``python -m services.coach_agent.worker``: measures new and changed activities before anybody asks."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web

from services.coach_agent.clients.garmin_ingest import GarminIngestActivities
from services.coach_agent.config import CoachAgentSettings
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.storage.events import MEASURE_ACTIVITY
from services.coach_agent.storage.run_metrics import PostgresRunMetricsStore
from shared.errors import NotFound
from shared.http.client import ServiceClient
from shared.http.command_line import worker_main
from shared.http.health import Health
from shared.http.process import open_process
from shared.jobs import JobWorker
from shared.postgres import open_database


async def create_worker(settings: CoachAgentSettings, stack: AsyncExitStack) -> tuple[JobWorker, web.Application]:
    """The worker with its handlers, and the application that answers for its health."""
    process = await stack.enter_async_context(open_process("coach_agent", settings))
    database = await open_database(settings, stack)
    library = RunLibrary(PostgresRunMetricsStore(database))
    worker = JobWorker(database, process.telemetry, concurrency=settings.measuring_concurrency)
    worker.register(MEASURE_ACTIVITY, measure_activity(library, process.client("garmin_ingest")))
    return worker, process.application([], health=Health(required={"postgres": database.ping}))


def measure_activity(library: RunLibrary, client: ServiceClient) -> Callable[[Mapping[str, Any], int], Awaitable[None]]:
    """The job that measures one activity; done as well when the activity is gone by then."""

    async def measure(data: Mapping[str, Any], _: int) -> None:
        user_id = uuid.UUID(data["userId"])
        source = GarminIngestActivities(client, user_id)
        try:
            await library.measure(user_id, source, uuid.UUID(data["activityId"]))
        except NotFound:
            return

    return measure


if __name__ == "__main__":
    worker_main(process="coach_agent", settings=CoachAgentSettings, create_worker=create_worker)
