"""The wiring of garmin_ingest's HTTP side; what it shares with the worker is in ``parts``."""

from __future__ import annotations

from contextlib import AsyncExitStack

from aiohttp import web

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.import_request import ImportRequest
from services.garmin_ingest.handlers.activities import ActivityHandlers
from services.garmin_ingest.handlers.imports import ImportHandlers
from services.garmin_ingest.handlers.internal import InternalHandlers
from services.garmin_ingest.handlers.routes import routes
from services.garmin_ingest.parts import open_parts
from shared.http.health import Health


async def create_app(settings: GarminIngestSettings, stack: AsyncExitStack) -> web.Application:
    """The application with everything it needs open; ``stack`` closes it."""
    parts = await open_parts(settings, stack)
    activities = ActivityHandlers(parts.activities)
    requests = ImportRequest(parts.import_file, parts.jobs)
    table = routes(activities, ImportHandlers(requests, parts.jobs, parts.incoming), InternalHandlers(activities))
    return parts.process.application(
        table, health=Health(required={"postgres": parts.database.ping}), answers=parts.answers
    )
