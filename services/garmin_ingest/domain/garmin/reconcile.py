"""Row and secret brought into agreement. The row is the truth."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.ports import ConnectionStore, CredentialStore
from services.garmin_ingest.domain.imports import Failure

_LOST = Failure(
    GarminConnectFailed.code,
    "What opens your Garmin account is no longer in our safe. Connect again; your activities are all still here.",
)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    connections: ConnectionStore
    credentials: CredentialStore

    async def run(self, user_id: uuid.UUID) -> None:
        """Remove a secret that no row names, and mark a row broken whose secret is gone. Raises SecretsUnavailable."""
        async with self.connections.hold(user_id) as held:
            connection = await held.get()
            if connection is None:
                await self.credentials.delete(user_id)
                return
            stored = await self.credentials.read(user_id)
            if stored is not None and stored.connection_id == connection.connection_id:
                return
            if connection.state != "broken":
                await held.break_(_LOST)
            if stored is not None:
                await self.credentials.delete(user_id)
