"""The wiring of garmin_ingest's HTTP side; what it shares with the worker is in ``parts``."""

from __future__ import annotations

from contextlib import AsyncExitStack

from aiohttp import web

from services.garmin_ingest.config import GarminIngestSettings
from services.garmin_ingest.domain.garmin.sources import Sources
from services.garmin_ingest.domain.import_request import ImportRequest
from services.garmin_ingest.domain.watch_job import JobWatch
from services.garmin_ingest.garmin_parts import GarminParts
from services.garmin_ingest.handlers.activities import ActivityHandlers
from services.garmin_ingest.handlers.administration import AdministrationHandlers
from services.garmin_ingest.handlers.connections import ConnectionHandlers
from services.garmin_ingest.handlers.imports import ImportHandlers
from services.garmin_ingest.handlers.internal import InternalHandlers
from services.garmin_ingest.handlers.jobs import JobHandlers
from services.garmin_ingest.handlers.oauth import OAuthHandlers
from services.garmin_ingest.handlers.routes import Handlers, routes
from services.garmin_ingest.handlers.syncs import SyncHandlers
from services.garmin_ingest.handlers.webhooks import WebhookHandlers
from services.garmin_ingest.parts import open_parts
from shared.http.health import Health


async def create_app(
    settings: GarminIngestSettings, stack: AsyncExitStack, *, sources: Sources | None = None
) -> web.Application:
    """The application with everything it needs open; ``stack`` closes it. ``sources`` stand in the place of Garmin."""
    parts = await open_parts(settings, stack, sources=sources)
    await stack.enter_async_context(parts.garmin.challenges.holding())
    activities = ActivityHandlers(parts.activities)
    handlers = Handlers(
        activities=activities,
        imports=ImportHandlers(ImportRequest(parts.import_file, parts.jobs), parts.incoming),
        jobs=JobHandlers(parts.jobs, JobWatch(parts.jobs.jobs)),
        connections=_connections(parts.garmin),
        syncs=SyncHandlers(parts.sync.requests, parts.sync.wellness),
        oauth=OAuthHandlers(parts.partner.over_page, parts.garmin.health),
        webhooks=WebhookHandlers(parts.partner.inbox),
        internal=InternalHandlers(activities),
        administration=AdministrationHandlers(parts.admin.administration, parts.admin.replay),
    )
    return parts.process.application(
        routes(handlers), health=Health(required={"postgres": parts.database.ping}), answers=parts.answers
    )


def _connections(garmin: GarminParts) -> ConnectionHandlers:
    return ConnectionHandlers(garmin.health, garmin.connect, garmin.challenges, garmin.check, garmin.disconnect)
