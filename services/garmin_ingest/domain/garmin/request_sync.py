"""What a runner, an app that is opened, and the schedule may ask for: a sync."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminNotConnected
from services.garmin_ingest.domain.garmin.days import EARLIEST, latest_day
from services.garmin_ingest.domain.garmin.log_ins import asks_to_wait
from services.garmin_ingest.domain.garmin.models import Days
from services.garmin_ingest.domain.garmin.ports import ConnectionStore
from services.garmin_ingest.domain.garmin.sync import next_sync_after
from services.garmin_ingest.domain.garmin.sync_ports import SyncJobs
from shared.clock import Clock
from shared.errors import ValidationFailed

# Apps ask whenever they are opened.
_QUIET = dt.timedelta(minutes=10)
# Enough to refill several gaps with a click each.
_MOST_WAITING = 10
_DUE_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSync:
    connections: ConnectionStore
    sync_jobs: SyncJobs
    clock: Clock

    async def run(self, user_id: uuid.UUID, *, first: dt.date | None, last: dt.date | None, zone: str) -> uuid.UUID:
        """The job that brings these days, or, where none are named, what is new or missing.

        Raises ValidationFailed, GarminNotConnected, GarminConnectFailed for a link that needs the runner, RateLimited,
        and GarminRateLimited while it cools down.
        """
        now = self.clock.now()
        days = _asked(first, last, latest_day(now))
        connection = await self.connections.get(user_id)
        if connection is None:
            raise GarminNotConnected("No Garmin account is connected. Connect one first.")
        if connection.state == "broken":
            failure = connection.failure
            raise GarminConnectFailed(
                "Please connect your Garmin account again." if failure is None else failure.message
            )
        if connection.cooldown_until is not None and connection.cooldown_until > now:
            raise asks_to_wait(connection.cooldown_until, now, zone)
        return await self.sync_jobs.request(connection, days, quiet_since=now - _QUIET, most_waiting=_MOST_WAITING)

    async def queue_due(self) -> None:
        """Queue the syncs that are due; several workers may do so at once."""
        now = self.clock.now()
        while (
            await self.sync_jobs.queue_due(now, limit=_DUE_AT_ONCE, next_sync_at=lambda: next_sync_after(now))
            == _DUE_AT_ONCE
        ):
            pass


def _asked(first: dt.date | None, last: dt.date | None, today: dt.date) -> Days | None:
    """The range, up to today where no end is named. Raises ValidationFailed."""
    if first is None:
        if last is not None:
            raise ValidationFailed.of_field("from", "is needed with 'to'")
        return None
    days = Days(first, last or max(first, today))
    if days.last > today:
        raise ValidationFailed.of_field("from" if last is None else "to", "lies in the future")
    if days.last < days.first:
        raise ValidationFailed.of_field("to", "is before 'from'")
    if days.first < EARLIEST:
        raise ValidationFailed.of_field("from", f"is before {EARLIEST}")
    return days
