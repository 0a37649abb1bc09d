"""The tokens of a connection while a sync uses them: read once, renewed when due, by one process at a time."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field, replace

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminNotConnected
from services.garmin_ingest.domain.garmin.models import Connection, StoredCredentials, Tokens
from services.garmin_ingest.domain.garmin.ports import (
    ConnectionStore,
    CredentialStore,
    GarminSource,
    HeldConnection,
    LogInLimits,
)
from shared.clock import Clock
from shared.errors import SecretsUnavailable

# A download takes minutes at most, and tokens must not end in the middle of one.
_RENEWED_BEFORE = dt.timedelta(minutes=5)
# Longer than renewing takes, so that the look comes after its end, however that was.
_RECONCILED_AFTER = dt.timedelta(seconds=60)
_KEPT_AFTER_S = (0.2, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Opens the access of connections."""

    connections: ConnectionStore
    credentials: CredentialStore
    limits: LogInLimits
    clock: Clock

    async def open(self, connection: Connection, source: GarminSource) -> Access:
        """Raises GarminConnectFailed where the secret store has no tokens of this connection."""
        return Access(self, connection, source, await self.stored(connection))

    async def stored(self, connection: Connection) -> StoredCredentials:
        """What the secret store holds; that of another connection is not looked at twice."""
        found = await self.credentials.read(connection.user_id)
        named = None if found is None else (found.connection_id, found.source)
        if found is None or named != (connection.connection_id, connection.source):
            raise GarminConnectFailed("The access to your Garmin account is gone. Please connect it again.")
        return found


@dataclass(slots=True)
class Access:
    """``renewed`` says that the tokens are as fresh as they get."""

    keys: Keys
    connection: Connection
    source: GarminSource
    _stored: StoredCredentials = field(repr=False)
    renewed: bool = False

    async def tokens(self) -> Tokens:
        """Tokens that are good for some minutes. Raises as ``renew`` does."""
        if self._is_due(self._stored.tokens):
            await self.renew()
        return self._stored.tokens

    async def renew(self) -> None:
        """Get fresh tokens, unless another process just did.

        Raises GarminConnectFailed, RateLimited, GarminRateLimited, GarminUnavailable, SecretsUnavailable, and
        GarminNotConnected where the connection is another by now.
        """
        user_id = self.connection.user_id
        await self.keys.connections.schedule_reconciliation(user_id, delay=_RECONCILED_AFTER)
        async with self.keys.connections.hold(user_id) as held:
            row = await held.get()
            if row is None or row.connection_id != self.connection.connection_id:
                raise GarminNotConnected("This Garmin account is not connected any more.")
            used, self._stored = self._stored, await self.keys.stored(self.connection)
            if self._stored.tokens.values == used.tokens.values or self._is_due(self._stored.tokens):
                await self._refresh(held)
        self.renewed = True

    async def _refresh(self, held: HeldConnection) -> None:
        """The old tokens may be void as soon as there are new ones, so those are kept before anything else happens."""
        if self.connection.login_hash is not None:
            await self.keys.limits.admit(self.connection.login_hash, "automatic")
        fresh = replace(self._stored, tokens=await self.source.refresh(self._stored.tokens))
        await self._keep(fresh)
        self._stored = fresh
        await held.renewed(fresh.tokens)

    async def _keep(self, fresh: StoredCredentials) -> None:
        """A store that is away for a moment must not cost the runner a log-in."""
        for pause_s in _KEPT_AFTER_S:
            try:
                return await self.keys.credentials.write(self.connection.user_id, fresh)
            except SecretsUnavailable:
                await asyncio.sleep(pause_s)
        await self.keys.credentials.write(self.connection.user_id, fresh)
        return None

    def _is_due(self, tokens: Tokens) -> bool:
        return tokens.expires_at is not None and tokens.expires_at <= self.keys.clock.now() + _RENEWED_BEFORE
