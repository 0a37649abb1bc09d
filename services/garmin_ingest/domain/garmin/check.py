"""Whether a connection would work right now, part by part, within 5 s and without a log-in."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from services.garmin_ingest.domain.errors import GarminRateLimited
from services.garmin_ingest.domain.garmin.log_ins import LogIns, asks_to_wait
from services.garmin_ingest.domain.garmin.models import Connection, Days, StoredCredentials
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, CredentialStore, GarminReach
from services.garmin_ingest.domain.garmin.sources import KINDS, Sources
from shared.clock import Clock
from shared.errors import ServiceError
from shared.zones import zone as zone_called

CheckName = Literal["source", "secretStore", "credentials", "coolDown", "garmin"]

# The secret store may take 2 s before.
_GARMIN_S = 2.5


@dataclass(frozen=True, slots=True)
class Check:
    name: CheckName
    ok: bool
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class CheckConnection:
    sources: Sources
    connections: ConnectionStore
    credentials: CredentialStore
    log_ins: LogIns
    reach: GarminReach
    clock: Clock

    async def run(self, user_id: uuid.UUID, *, zone: str) -> Verdict:
        """The checks that make sense: without a connection, those of what connecting would need."""
        connection = await self.connections.get(user_id)
        safe, stored = await self._safe(user_id)
        checks = [self._source(connection), safe]
        if connection is not None:
            if safe.ok:
                checks.append(self._credentials(connection, stored))
            checks.append(await self._cool_down(connection, zone))
        if all(check.ok for check in checks):
            checks.append(await self._garmin(connection, stored))
        return Verdict(tuple(checks))

    def _source(self, connection: Connection | None) -> Check:
        if connection is None:
            is_open = any(offer.available for offer in self.sources.offers())
            message = "There is a way to Garmin." if is_open else "No way to Garmin is open in this installation."
            return Check("source", is_open, message)
        is_open = self.sources.find(connection.source) is not None
        message = "This way to Garmin is open." if is_open else "This way to Garmin is closed in this installation."
        return Check("source", is_open, message)

    async def _safe(self, user_id: uuid.UUID) -> tuple[Check, StoredCredentials | None]:
        try:
            stored = await self.credentials.read(user_id)
        except ServiceError as error:
            return Check("secretStore", ok=False, message=error.message), None
        return Check("secretStore", ok=True, message="Our safe for keys and passwords can be opened."), stored

    def _credentials(self, connection: Connection, stored: StoredCredentials | None) -> Check:
        if stored is None or stored.connection_id != connection.connection_id:
            return Check("credentials", ok=False, message="What opens your account is gone. Connect again.")
        if connection.state == "broken":
            said = connection.failure.message if connection.failure else "Connect again."
            return Check("credentials", ok=False, message=said)
        end = stored.tokens.key_expires_at
        if end is not None and end <= self.clock.now():
            return Check("credentials", ok=False, message="Your key has run out. Make a new one at Garmin.")
        return Check("credentials", ok=True, message="What opens your account is there and has not run out.")

    async def _cool_down(self, connection: Connection, zone: str) -> Check:
        now = self.clock.now()
        until = connection.cooldown_until
        if connection.login_hash is not None:
            of_log_in = await self.log_ins.cooldown_until(connection.login_hash)
            until = max((end for end in (until, of_log_in) if end is not None), default=None)
        if until is not None and until > now:
            return Check("coolDown", ok=False, message=asks_to_wait(until, now, zone).message)
        return Check("coolDown", ok=True, message="Garmin has not asked us to wait.")

    async def _garmin(self, connection: Connection | None, stored: StoredCredentials | None) -> Check:
        try:
            async with asyncio.timeout(_GARMIN_S):
                await self._ask(connection, stored)
        except TimeoutError:
            return Check("garmin", ok=False, message="Garmin did not answer in time.")
        except GarminRateLimited:
            return Check("garmin", ok=False, message="Garmin asks us to come less often. Try again later.")
        except ServiceError as error:
            return Check("garmin", ok=False, message=error.message)
        return Check("garmin", ok=True, message="Garmin answers.")

    async def _ask(self, connection: Connection | None, stored: StoredCredentials | None) -> None:
        """Read today's activities; where the tokens must be renewed first, or there are none, only knock."""
        if connection is None or stored is None:
            kinds = [kind for kind in KINDS if self.sources.find(kind) is not None]
            await self.reach.knock(kinds[0])
            return
        expires_at = stored.tokens.expires_at
        if expires_at is not None and expires_at <= self.clock.now() + dt.timedelta(seconds=_GARMIN_S):
            await self.reach.knock(connection.source)
            return
        today = self.clock.now().astimezone(zone_called(connection.zone)).date()
        await anext(self.sources.require(connection.source).activities(stored.tokens, Days(today, today)), None)
