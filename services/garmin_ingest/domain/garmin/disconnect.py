"""Letting go of a Garmin account."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from dataclasses import dataclass

from services.garmin_ingest.domain.garmin.models import Connection, StoredCredentials
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, CredentialStore
from services.garmin_ingest.domain.garmin.reconcile import Reconciliation
from services.garmin_ingest.domain.garmin.sources import Sources
from shared.errors import ServiceError
from shared.logs import get_logger

# The runner waits, and what Garmin still believes of us matters less than that we hold nothing.
_FAREWELL_S = 1.0

_log = get_logger("garmin connection")


@dataclass(frozen=True, slots=True)
class Disconnect:
    connections: ConnectionStore
    credentials: CredentialStore
    reconciliation: Reconciliation
    sources: Sources

    async def run(self, user_id: uuid.UUID, *, with_data: bool) -> None:
        """End the link for good; without one there is nothing to do.

        When this returns no sync uses the account any more and the removal of the secret is certain: done, or queued
        for as long as it takes where the secret store is away.
        """
        stored, is_away = await self._stored(user_id)
        async with self.connections.hold(user_id) as held:
            connection = await held.get()
            if connection is None:
                return
            await held.remove(connection, with_data=with_data)
        if is_away:
            return
        with contextlib.suppress(ServiceError):
            await self.reconciliation.run(user_id)
        await self._say_farewell(connection, stored)

    async def _stored(self, user_id: uuid.UUID) -> tuple[StoredCredentials | None, bool]:
        """The secret, and whether its store is away."""
        try:
            return await self.credentials.read(user_id), False
        except ServiceError:
            return None, True

    async def _say_farewell(self, connection: Connection, stored: StoredCredentials | None) -> None:
        source = self.sources.find(connection.source)
        if source is None or stored is None or stored.connection_id != connection.connection_id:
            return
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await source.log_out(stored.tokens)
        except (ServiceError, TimeoutError) as error:
            _log.warning("garmin was not told of a disconnection", cause=type(error).__name__)
