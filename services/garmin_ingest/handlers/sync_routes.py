"""The part of THE table that is about syncs and wellness."""

from __future__ import annotations

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminNotConnected, GarminRateLimited
from services.garmin_ingest.handlers import import_bodies, sync_bodies
from services.garmin_ingest.handlers.syncs import SyncHandlers
from shared.errors import RateLimited, ValidationFailed
from shared.http.routing import Access, Route


def of_syncs(syncs: SyncHandlers) -> list[Route]:
    return [
        Route(
            method="POST", path="/api/v1/garmin/sync", handler=syncs.sync, access=Access.USER, tag="Garmin",
            body=sync_bodies.SyncBody, body_optional=True, returns=import_bodies.QueuedAnswer, status=202,
            errors=(GarminConnectFailed, GarminNotConnected, GarminRateLimited, RateLimited, ValidationFailed),
        ),
        Route(
            method="GET", path="/api/v1/wellness", handler=syncs.list_days, access=Access.USER, tag="Wellness",
            query=sync_bodies.WellnessQuery, returns=sync_bodies.WellnessPage,
        ),
        Route(
            method="GET", path="/internal/users/{user_id}/wellness", handler=syncs.list_days_of_user,
            access=Access.SERVICE, issuers=frozenset({"coach_agent"}), query=sync_bodies.WellnessQuery,
            returns=sync_bodies.WellnessPage,
        ),
    ]  # fmt: skip
