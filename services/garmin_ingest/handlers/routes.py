"""THE table of garmin_ingest: who may call what."""

from __future__ import annotations

from dataclasses import dataclass

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.handlers import bodies, import_bodies
from services.garmin_ingest.handlers.activities import ActivityHandlers
from services.garmin_ingest.handlers.admin_routes import of_administration
from services.garmin_ingest.handlers.administration import AdministrationHandlers
from services.garmin_ingest.handlers.connection_routes import of_connections
from services.garmin_ingest.handlers.connections import ConnectionHandlers
from services.garmin_ingest.handlers.imports import ImportHandlers
from services.garmin_ingest.handlers.internal import InternalHandlers
from services.garmin_ingest.handlers.job_routes import of_jobs
from services.garmin_ingest.handlers.jobs import JobHandlers
from services.garmin_ingest.handlers.oauth import OAuthHandlers
from services.garmin_ingest.handlers.partner_routes import of_oauth, of_webhooks
from services.garmin_ingest.handlers.sync_routes import of_syncs
from services.garmin_ingest.handlers.syncs import SyncHandlers
from services.garmin_ingest.handlers.webhooks import WebhookHandlers
from shared.errors import (
    Conflict,
    IdempotencyConflict,
    MalformedBody,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.http.routing import Access, Route

_V1 = "/api/v1"
_OF_USER = "/internal/users/{user_id}/activities"
_READERS = frozenset({"coach_agent"})
_IMPORT_ERRORS = (
    ActivityFileInvalid, Conflict, IdempotencyConflict, MalformedBody, PayloadTooLarge, UnsupportedMediaType,
    ValidationFailed,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    activities: ActivityHandlers
    imports: ImportHandlers
    jobs: JobHandlers
    connections: ConnectionHandlers
    syncs: SyncHandlers
    oauth: OAuthHandlers
    webhooks: WebhookHandlers
    internal: InternalHandlers
    administration: AdministrationHandlers


def routes(handlers: Handlers) -> list[Route]:
    return [
        *_of_activities(handlers.activities),
        *_of_imports(handlers.imports),
        *of_jobs(handlers.jobs),
        *of_connections(handlers.connections),
        *of_syncs(handlers.syncs),
        *of_oauth(handlers.oauth),
        *of_webhooks(handlers.webhooks),
        *_of_services(handlers.internal),
        *of_administration(handlers.administration),
    ]


def _of_activities(activities: ActivityHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path=f"{_V1}/activities", handler=activities.list_activities, access=Access.USER,
            tag="Activities", query=bodies.ListQuery, returns=bodies.ActivityPage,
        ),
        Route(
            method="GET", path=f"{_V1}/activities/{{activity_id}}", handler=activities.show_activity,
            access=Access.USER, tag="Activities", returns=bodies.ActivityAnswer, errors=(NotFound,),
        ),
        Route(
            method="GET", path=f"{_V1}/activities/{{activity_id}}/streams", handler=activities.show_streams,
            access=Access.USER, tag="Activities", query=bodies.StreamsQuery, returns=bodies.StreamsAnswer,
            errors=(NotFound,),
        ),
        Route(
            method="GET", path=f"{_V1}/activities/{{activity_id}}/export.fit", handler=activities.export_original,
            access=Access.USER, tag="Activities", errors=(NotFound,),
            media_types=("application/vnd.ant.fit", "application/vnd.garmin.tcx+xml", "application/gpx+xml",
                         "application/gzip"),
        ),
        Route(
            method="DELETE", path=f"{_V1}/activities/{{activity_id}}", handler=activities.delete_activity,
            access=Access.USER, tag="Activities", status=204, errors=(NotFound,),
        ),
    ]  # fmt: skip


def _of_imports(imports: ImportHandlers) -> list[Route]:
    return [
        Route(
            method="POST", path=f"{_V1}/activities/import", handler=imports.import_activities, access=Access.USER,
            tag="Activities", file_field="file", returns=import_bodies.ImportAnswer,
            deferred=(202, import_bodies.QueuedAnswer), errors=_IMPORT_ERRORS, replayable=False,
        ),
    ]  # fmt: skip


def _of_services(internal: InternalHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path=_OF_USER, handler=internal.list_of_user, access=Access.SERVICE, issuers=_READERS,
            query=bodies.ListQuery, returns=bodies.ActivityPage,
        ),
        Route(
            method="GET", path=f"{_OF_USER}/{{activity_id}}", handler=internal.show_of_user, access=Access.SERVICE,
            issuers=_READERS, returns=bodies.ActivityAnswer, errors=(NotFound,),
        ),
        Route(
            method="GET", path=f"{_OF_USER}/{{activity_id}}/streams", handler=internal.streams_of_user,
            access=Access.SERVICE, issuers=_READERS, query=bodies.StreamsQuery, returns=bodies.StreamsAnswer,
            errors=(NotFound,),
        ),
    ]  # fmt: skip
