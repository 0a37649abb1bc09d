"""The routes of Garmin's partner programme: where Garmin itself calls, or sends a runner to."""

from __future__ import annotations

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from services.garmin_ingest.handlers.connection_bodies import ConnectionAnswer
from services.garmin_ingest.handlers.oauth import AuthorizationAnswer, CallbackQuery, OAuthHandlers
from services.garmin_ingest.handlers.webhooks import WebhookHandlers
from shared.errors import (
    Conflict,
    MalformedBody,
    NotFound,
    PayloadTooLarge,
    SecretsUnavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.http.routing import Access, Route

_V1 = "/api/v1"


def of_oauth(oauth: OAuthHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path=f"{_V1}/garmin/oauth/start", handler=oauth.start_at_garmin, access=Access.USER,
            tag="Garmin", returns=AuthorizationAnswer, errors=(GarminConnectFailed,),
        ),
        Route(
            method="GET", path=f"{_V1}/garmin/oauth/callback", handler=oauth.return_from_garmin, access=Access.USER,
            tag="Garmin", query=CallbackQuery, returns=ConnectionAnswer,
            errors=(Conflict, GarminConnectFailed, GarminRateLimited, GarminUnavailable, SecretsUnavailable),
        ),
    ]  # fmt: skip


def of_webhooks(webhooks: WebhookHandlers) -> list[Route]:
    return [
        Route(
            method="POST", path=f"{_V1}/webhooks/garmin/{{secret}}", handler=webhooks.receive_garmin,
            access=Access.ANYONE, tag="Garmin", replayable=False,
            errors=(MalformedBody, NotFound, PayloadTooLarge, UnsupportedMediaType, ValidationFailed),
        ),
    ]  # fmt: skip
