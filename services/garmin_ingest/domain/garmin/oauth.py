"""Connecting over Garmin's own page (OAuth2 with PKCE): out with a state, back with a code."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Protocol

from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.connect import Connect
from services.garmin_ingest.domain.garmin.models import AuthorizationCode, Connection
from services.garmin_ingest.domain.garmin.partner_ports import PartnerApi
from services.garmin_ingest.domain.garmin.sources import Sources
from shared.clock import Clock
from shared.errors import InternalError

# Long enough to look up a password for Garmin's page.
_LIFETIME = dt.timedelta(minutes=10)
_STATE_BYTES = 32
# RFC 7636 asks for 43 to 128 characters; these are 86.
_VERIFIER_BYTES = 64


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A runner on their way to Garmin's page and back. ``zone`` is theirs when they left."""

    user_id: uuid.UUID
    zone: str
    verifier: str = field(repr=False)


class RoundTripStore(Protocol):
    async def add(self, state: str, trip: RoundTrip, *, expires_at: dt.datetime) -> None: ...

    async def take(self, state: str, *, now: dt.datetime) -> RoundTrip | None:
        """The trip, once; None for a state that is unknown, used or too old."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectOverPage:
    """``partner`` is None where the operator has no agreement with Garmin."""

    partner: PartnerApi | None
    sources: Sources
    trips: RoundTripStore
    connect: Connect
    clock: Clock

    async def start(self, user_id: uuid.UUID, zone: str) -> str:
        """The address of Garmin's page for this runner. Raises GarminConnectFailed where this way is closed."""
        partner = self._require_partner()
        state, verifier = secrets.token_urlsafe(_STATE_BYTES), secrets.token_urlsafe(_VERIFIER_BYTES)
        expires_at = self.clock.now() + _LIFETIME
        await self.trips.add(state, RoundTrip(user_id, zone, verifier), expires_at=expires_at)
        return partner.authorization_url(state=state, verifier=verifier)

    async def finish(self, user_id: uuid.UUID, state: str, code: str | None) -> Connection:
        """Connect the runner, who left with this state; without a code they did not agree.

        Raises GarminConnectFailed, and what ``Connect`` raises; the state is used up in any case.
        """
        partner = self._require_partner()
        trip = await self.trips.take(state, now=self.clock.now())
        if trip is None or trip.user_id != user_id:
            raise GarminConnectFailed("This way back from Garmin was used before or is too old. Please connect again.")
        if not code:
            raise GarminConnectFailed("You did not allow it at Garmin, so nothing is connected.")
        credentials = AuthorizationCode(code, trip.verifier, partner.redirect_uri)
        return await self.connect.run(trip.user_id, credentials, zone=trip.zone)

    def _require_partner(self) -> PartnerApi:
        self.sources.require("official_partner")
        if self.partner is None:
            raise InternalError("This way to Garmin is open, but nobody here can walk it.")
        return self.partner
