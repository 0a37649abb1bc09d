"""What the runner sees of their connection: the health of the source on one page."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.log_ins import LogIns
from services.garmin_ingest.domain.garmin.models import Connection, Days, OpenSync
from services.garmin_ingest.domain.garmin.ports import ConnectionStore
from services.garmin_ingest.domain.garmin.sources import Offer, Sources
from shared.clock import Clock
from shared.zones import zone as zone_called

Status = Literal["not_connected", "connected", "syncing", "cooling_down", "broken"]
Freshness = Literal["fresh", "stale", "broken"]
CredentialHealth = Literal["valid", "expiring", "expired", "refused"]

# A sync is due every 6 h: after a day four in a row have failed.
_FRESH_FOR = dt.timedelta(hours=24)
# A runner is told while there is a fortnight to make a new key.
_EXPIRING_BEFORE = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """``connection`` is None where there is none; all but ``offers`` then is empty."""

    status: Status
    offers: Sequence[Offer]
    connection: Connection | None = None
    freshness: Freshness | None = None
    credential_health: CredentialHealth | None = None
    cooldown_until: dt.datetime | None = None
    newest_activity_at: dt.datetime | None = None
    gaps: Sequence[Days] = ()
    sync_job_id: uuid.UUID | None = None
    next_sync_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ShowHealth:
    connections: ConnectionStore
    log_ins: LogIns
    sources: Sources
    clock: Clock

    async def run(self, user_id: uuid.UUID, *, zone: str) -> SourceHealth:
        connection = await self.connections.get(user_id)
        if connection is None:
            return SourceHealth("not_connected", self.sources.offers())
        now = self.clock.now()
        cooldown_until = await self._cooldown(connection, now)
        sync = await self.connections.open_sync(connection)
        return SourceHealth(
            status=_status(
                connection, cooling_down=cooldown_until is not None, syncing=_is_under_way(connection, sync)
            ),
            offers=self.sources.offers(),
            connection=connection,
            freshness=freshness(connection, now),
            credential_health=credential_health(connection, now),
            cooldown_until=cooldown_until,
            newest_activity_at=await self.connections.newest_activity_at(connection),
            gaps=await self.connections.gaps(connection, today=now.astimezone(zone_called(zone)).date()),
            sync_job_id=None if sync is None else sync.job_id,
            next_sync_at=_next_try(connection, sync),
        )

    async def _cooldown(self, connection: Connection, now: dt.datetime) -> dt.datetime | None:
        """The later of what a sync and what a log-in were told."""
        of_log_in = None
        if connection.login_hash is not None:
            of_log_in = await self.log_ins.cooldown_until(connection.login_hash)
        ends = [end for end in (connection.cooldown_until, of_log_in) if end is not None and end > now]
        return max(ends, default=None)


def _is_under_way(connection: Connection, sync: OpenSync | None) -> bool:
    """A sync that failed and waits for its next try fetches nothing."""
    return sync is not None and (sync.is_running or connection.failure is None)


def _next_try(connection: Connection, sync: OpenSync | None) -> dt.datetime | None:
    if connection.state == "broken":
        return None
    tries = (connection.next_sync_at, None if sync is None else sync.next_try_at)
    return min((one for one in tries if one is not None), default=None)


def _status(connection: Connection, *, cooling_down: bool, syncing: bool) -> Status:
    if connection.state == "broken":
        return "broken"
    if cooling_down:
        return "cooling_down"
    return "syncing" if syncing else "connected"


def freshness(connection: Connection, now: dt.datetime) -> Freshness | None:
    """None for the first day of a connection that has not been synced yet."""
    if connection.state == "broken":
        return "broken"
    if connection.last_success_at is not None:
        return "fresh" if now - connection.last_success_at <= _FRESH_FOR else "stale"
    return None if now - connection.connected_at <= _FRESH_FOR else "stale"


def credential_health(connection: Connection, now: dt.datetime) -> CredentialHealth:
    """Of what only the runner can renew; tokens that run out are renewed by the next sync."""
    if connection.key_expires_at is not None and connection.key_expires_at <= now:
        return "expired"
    failure = connection.failure
    if connection.state == "broken" and failure is not None and failure.code == GarminConnectFailed.code:
        return "refused"
    if connection.key_expires_at is not None and connection.key_expires_at - now <= _EXPIRING_BEFORE:
        return "expiring"
    return "valid"


def masked(account_name: str) -> str:
    """Enough for its owner to recognise, and for nobody else to write to."""
    name, at, domain = account_name.partition("@")
    return f"{name[:1]}…{at}{domain}" if at else f"{account_name[:2]}…"
