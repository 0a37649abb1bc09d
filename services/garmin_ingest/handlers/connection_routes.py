"""The routes of the link to a Garmin account."""

from __future__ import annotations

from services.garmin_ingest.domain.errors import (
    GarminConnectFailed,
    GarminMfaRequired,
    GarminRateLimited,
    GarminUnavailable,
)
from services.garmin_ingest.handlers import connection_bodies as bodies
from services.garmin_ingest.handlers.connections import ConnectionHandlers
from shared.errors import Conflict, SecretsUnavailable
from shared.http.routing import Access, Route

_CONNECTION = "/api/v1/garmin/connection"
_CONNECT_ERRORS = (Conflict, GarminConnectFailed, GarminRateLimited, GarminUnavailable, SecretsUnavailable)


def of_connections(connections: ConnectionHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path=_CONNECTION, handler=connections.show_connection, access=Access.USER, tag="Garmin",
            returns=bodies.ConnectionAnswer,
        ),
        Route(
            method="POST", path=_CONNECTION, handler=connections.connect_garmin, access=Access.USER, tag="Garmin",
            body=bodies.ConnectBody, returns=bodies.ConnectionAnswer, status=201,
            errors=(*_CONNECT_ERRORS, GarminMfaRequired),
        ),
        Route(
            method="POST", path=f"{_CONNECTION}/mfa", handler=connections.enter_garmin_code, access=Access.USER,
            tag="Garmin", body=bodies.CodeBody, returns=bodies.ConnectionAnswer, status=201, errors=_CONNECT_ERRORS,
        ),
        # Asked again it is to look again, so its answer is never kept.
        Route(
            method="POST", path=f"{_CONNECTION}/check", handler=connections.check_connection, access=Access.USER,
            tag="Garmin", returns=bodies.ChecksAnswer, replayable=False,
        ),
        Route(
            method="DELETE", path=_CONNECTION, handler=connections.disconnect_garmin, access=Access.USER, tag="Garmin",
            query=bodies.DisconnectQuery, status=204,
        ),
    ]  # fmt: skip
