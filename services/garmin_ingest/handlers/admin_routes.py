"""The rows of the table for administrators."""

from __future__ import annotations

from services.garmin_ingest.handlers import admin_bodies as bodies
from services.garmin_ingest.handlers.administration import AdministrationHandlers
from services.garmin_ingest.handlers.import_bodies import QueuedAnswer
from shared.errors import Conflict, NotFound
from shared.http.routing import Access, Route

_ADMIN = "/api/v1/admin"


def of_administration(admin: AdministrationHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path=f"{_ADMIN}/jobs", handler=admin.list_jobs_of_all, access=Access.ADMIN, tag="Admin",
            query=bodies.AdminJobsQuery, returns=bodies.AdminJobList,
        ),
        Route(
            method="GET", path=f"{_ADMIN}/dead-letters", handler=admin.list_dead_letters, access=Access.ADMIN,
            tag="Admin", query=bodies.AdminPageQuery, returns=bodies.DeadLetterList,
        ),
        Route(
            method="POST", path=f"{_ADMIN}/dead-letters/{{dead_letter}}/retry", handler=admin.retry_dead_letter,
            access=Access.ADMIN, tag="Admin", returns=bodies.RetriedAnswer, status=202, errors=(Conflict, NotFound),
        ),
        Route(
            method="GET", path=f"{_ADMIN}/garmin-connections", handler=admin.list_garmin_connections,
            access=Access.ADMIN, tag="Admin", query=bodies.AdminPageQuery, returns=bodies.AdminConnectionList,
        ),
        Route(
            method="POST", path=f"{_ADMIN}/ingest/replay", handler=admin.replay_originals, access=Access.ADMIN,
            tag="Admin", body=bodies.ReplayBody, returns=QueuedAnswer, status=202,
        ),
    ]  # fmt: skip
