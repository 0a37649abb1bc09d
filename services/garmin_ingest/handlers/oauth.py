"""Connecting over Garmin's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from aiohttp import web
from pydantic import ConfigDict, StringConstraints

from services.garmin_ingest.domain.garmin.oauth import ConnectOverPage
from services.garmin_ingest.domain.garmin.status import ShowHealth
from services.garmin_ingest.handlers.connection_bodies import ConnectionAnswer
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.parsing import ApiModel
from shared.http.rendering import json_response

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

    async def return_from_garmin(self, _: web.Request, query: CallbackQuery) -> web.Response:
        """End what the start began: Garmin's page sends the runner back with ``code`` and ``state``.

        Only the runner who left with this state comes back with it: a link with somebody else's would give them the
        Garmin account of whoever follows it.
        """
        await self.over_page.finish(signed_in_user(), query.state, query.code)
        health = await self.health.run(signed_in_user(), zone=signed_in_caller().zone)
        return json_response(ConnectionAnswer.of(health))
