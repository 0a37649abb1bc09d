"""Connecting over Garmin's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from aiohttp import hdrs, web
from pydantic import ConfigDict, StringConstraints

from services.garmin_ingest.domain.garmin.models import Connection
from services.garmin_ingest.domain.garmin.oauth import ConnectOverPage
from services.garmin_ingest.domain.garmin.status import ShowHealth
from services.garmin_ingest.handlers.connection_bodies import ConnectionAnswer
from shared.errors import ServiceError
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.parsing import ApiModel
from shared.http.rendering import json_response

# The page of the web app that shows the connection.
_PAGE = "/sources"
_Text = Annotated[str, StringConstraints(max_length=2048)]


class AuthorizationAnswer(ApiModel):
    authorization_url: str


class CallbackQuery(ApiModel):
    """What Garmin adds of its own is not ours to refuse; without a code the runner did not agree."""

    model_config = ConfigDict(extra="ignore")

    state: _Text
    code: _Text | None = None


@dataclass(frozen=True, slots=True)
class OAuthHandlers:
    over_page: ConnectOverPage
    health: ShowHealth

    async def start_at_garmin(self, _: web.Request) -> web.Response:
        """Begin to connect over Garmin's own page: the address to send the runner to, good for ten minutes."""
        url = await self.over_page.start(signed_in_user(), signed_in_caller().zone)
        return json_response(AuthorizationAnswer(authorization_url=url))

    async def return_from_garmin(self, request: web.Request, query: CallbackQuery) -> web.Response:
        """Where Garmin's page sends the runner back to; ``state`` says who it is.

        A browser is sent on to the page of the sources, with the error's code where there is one; what asks for JSON
        gets the connection.
        """
        accepts = request.headers.get(hdrs.ACCEPT, "")
        try:
            connection = await self.over_page.finish(query.state, query.code)
        except ServiceError as error:
            if "text/html" in accepts:
                return _sent_on(f"{_PAGE}?error={error.code}")
            raise
        return await self._shown(connection) if "application/json" in accepts else _sent_on(_PAGE)

    async def _shown(self, connection: Connection) -> web.Response:
        health = await self.health.run(connection.user_id, zone=connection.zone)
        return json_response(ConnectionAnswer.of(health))


def _sent_on(location: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: location})
