"""Connecting a Garmin account, looking after it, and letting it go."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.domain.garmin.check import CheckConnection
from services.garmin_ingest.domain.garmin.connect import Connect
from services.garmin_ingest.domain.garmin.disconnect import Disconnect
from services.garmin_ingest.domain.garmin.mfa import Challenges
from services.garmin_ingest.domain.garmin.status import ShowHealth
from services.garmin_ingest.handlers.connection_bodies import (
    ChecksAnswer,
    CodeBody,
    ConnectBody,
    ConnectionAnswer,
    DisconnectQuery,
)
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.rendering import json_response, no_content


@dataclass(frozen=True, slots=True)
class ConnectionHandlers:
    health: ShowHealth
    connecting: Connect
    challenges: Challenges
    checking: CheckConnection
    disconnecting: Disconnect

    async def show_connection(self, _: web.Request) -> web.Response:
        """The caller's link to a Garmin account: how well it works, what is missing, and which ways there are."""
        return await self._answer()

    async def connect_garmin(self, _: web.Request, body: ConnectBody) -> web.Response:
        """Connect a Garmin account, or give the one that is connected new credentials.

        Where Garmin asks for a code: 409 GARMIN_MFA_REQUIRED with the ``challengeId`` that it belongs to. The password
        is used for this log-in and kept nowhere.
        """
        wish = body.root
        await self.connecting.run(
            signed_in_user(), wish.credentials(), zone=signed_in_caller().zone, import_from=wish.import_from
        )
        return await self._answer(status=201)

    async def enter_garmin_code(self, _: web.Request, body: CodeBody) -> web.Response:
        """Give the code that Garmin asked for, within ten minutes. A wrong one may be corrected twice."""
        await self.challenges.answer(signed_in_user(), body.challenge_id, body.code)
        return await self._answer(status=201)

    async def check_connection(self, _: web.Request) -> web.Response:
        """Whether a sync, or connecting, would work right now, part by part. Logs in nowhere."""
        return json_response(ChecksAnswer.of(await self.checking.run(signed_in_user(), zone=signed_in_caller().zone)))

    async def disconnect_garmin(self, _: web.Request, query: DisconnectQuery) -> web.Response:
        """Let go of the Garmin account; what it brought stays unless ``data=delete``."""
        await self.disconnecting.run(signed_in_user(), with_data=query.data == "delete")
        return no_content()

    async def _answer(self, *, status: int = 200) -> web.Response:
        health = await self.health.run(signed_in_user(), zone=signed_in_caller().zone)
        return json_response(ConnectionAnswer.of(health), status=status)
