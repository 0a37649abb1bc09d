"""Connecting a Garmin account: one log-in at Garmin, or a code asked for."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from services.garmin_ingest.domain.errors import GarminUnavailable
from services.garmin_ingest.domain.garmin.link import Link, Wish
from services.garmin_ingest.domain.garmin.log_ins import LogIns
from services.garmin_ingest.domain.garmin.mfa import Challenges
from services.garmin_ingest.domain.garmin.models import (
    AuthorizationCode,
    Connection,
    Credentials,
    LoggedIn,
    PasswordCredentials,
    PersonalKey,
    SourceKind,
)
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, CredentialStore
from services.garmin_ingest.domain.garmin.sources import Sources
from shared.clock import Clock
from shared.errors import Conflict, ValidationFailed
from shared.zones import zone as zone_called

# Of the 40 s that the request has; the rest is for the secret store and the way back.
_LOG_IN_S = 33.0
_SOURCE_OF: Mapping[type[Credentials], SourceKind] = {
    PasswordCredentials: "connect_credentials",
    PersonalKey: "personal_api_key",
    AuthorizationCode: "official_partner",
}


@dataclass(frozen=True, slots=True)
class Connect:
    sources: Sources
    connections: ConnectionStore
    credentials: CredentialStore
    log_ins: LogIns
    link: Link
    challenges: Challenges
    clock: Clock

    async def run(
        self, user_id: uuid.UUID, credentials: Credentials, *, zone: str, import_from: dt.date | None = None
    ) -> Connection:
        """Connect, or give the link that is there new credentials for the same account.

        Raises GarminMfaRequired where Garmin asks for a code, GarminConnectFailed, GarminRateLimited, RateLimited,
        GarminUnavailable, Conflict, and SecretsUnavailable before Garmin has been asked anything.
        """
        kind = _SOURCE_OF[type(credentials)]
        source = self.sources.require(kind)
        self._require_past(import_from, zone)
        # A safe that cannot be opened now could not take the tokens either, and a log-in at Garmin is dear.
        await self.credentials.read(user_id)
        known = await self.connections.get(user_id)
        if known is not None and known.source != kind:
            raise Conflict("Garmin is connected in another way. Disconnect it first.")
        self.challenges.require_room()
        wish = Wish(
            user_id=user_id,
            source=kind,
            login_hash=self._login_hash(user_id, credentials),
            import_from=import_from,
            zone=zone,
        )
        await self._admit(wish)
        async with self.log_ins.heeding(wish.login_hash, zone=zone):
            try:
                async with asyncio.timeout(_LOG_IN_S):
                    outcome = await source.log_in(credentials)
            except TimeoutError:
                raise GarminUnavailable("Garmin took too long to answer. Please try again later.") from None
            finally:
                # Nothing below needs the password any more.
                del credentials
        if isinstance(outcome, LoggedIn):
            return await self.link.run(wish, outcome)
        raise await self.challenges.begin(outcome, wish)

    def _require_past(self, import_from: dt.date | None, zone: str) -> None:
        if import_from is not None and import_from > self.clock.now().astimezone(zone_called(zone)).date():
            issue = "must not be in the future"
            raise ValidationFailed(f"importFrom {issue}.", details=[{"field": "importFrom", "issue": issue}])

    def _login_hash(self, user_id: uuid.UUID, credentials: Credentials) -> bytes | None:
        """What log-ins are counted by. A key names no account, and who comes from Garmin's own page has logged in."""
        if isinstance(credentials, PasswordCredentials):
            return self.connections.login_hash(credentials.username)
        return self.connections.login_hash(f"key of {user_id}") if isinstance(credentials, PersonalKey) else None

    async def _admit(self, wish: Wish) -> None:
        if wish.login_hash is None:
            return
        runner = self.connections.login_hash(f"runner {wish.user_id}")
        await self.log_ins.admit(runner, "by_runner", zone=wish.zone)
        await self.log_ins.admit(wish.login_hash, "typed", zone=wish.zone)
