"""What a runner grants at Garmin, and what follows from it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.models import Connection
from services.garmin_ingest.domain.garmin.partner_ports import ACTIVITIES_PERMISSION
from services.garmin_ingest.domain.garmin.ports import ConnectionStore
from services.garmin_ingest.domain.imports import Failure

_NOT_GRANTED = Failure(
    GarminConnectFailed.code,
    "Garmin no longer sends us your activities, because you have switched that off there. Connect again to change it.",
)


@dataclass(frozen=True, slots=True)
class Permissions:
    connections: ConnectionStore

    async def apply(self, connection: Connection, granted: Sequence[str]) -> bool:
        """Remember what is granted; without activities the link needs the runner, and with them again it works.

        False where the runner has another link by now.
        """
        async with self.connections.hold(connection.user_id) as held:
            known = await held.get()
            if known is None or known.connection_id != connection.connection_id:
                return False
            await held.permit(granted)
            if ACTIVITIES_PERMISSION not in granted:
                await held.break_(_NOT_GRANTED)
            elif known.failure == _NOT_GRANTED:
                await held.mend()
        return True
