"""The history of a partner's runner: Garmin is asked, a month and a kind at a time, and then sends it by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.garmin_ingest.domain.errors import GarminUnavailable
from services.garmin_ingest.domain.garmin.models import Connection, Days, Tokens
from services.garmin_ingest.domain.garmin.partner_ports import (
    ACTIVITIES_PERMISSION,
    HEALTH_PERMISSION,
    LONGEST_BACKFILL_DAYS,
    PartnerApi,
    SummaryKind,
)
from services.garmin_ingest.domain.garmin.permissions import Permissions
from services.garmin_ingest.domain.garmin.webhook_ports import BackfillRequest, BackfillStore
from shared.clock import Clock
from shared.zones import zone as zone_called

_DAY = dt.timedelta(days=1)
_LONGEST = LONGEST_BACKFILL_DAYS * _DAY
_HEALTH: tuple[SummaryKind, ...] = ("dailies", "sleeps", "hrv", "bodyComps")
_REFUSED = "refused"


class Coverage(Protocol):
    async def covered(self, connection: Connection, days: Days) -> None: ...


@dataclass(frozen=True, slots=True)
class Backfill:
    """What a sync is where Garmin cannot be asked for a list. ``partner`` is None without an agreement with Garmin."""

    partner: PartnerApi | None
    store: BackfillStore
    permissions: Permissions
    log: Coverage
    clock: Clock

    async def run(self, connection: Connection, asked: Days | None, tokens: Callable[[], Awaitable[Tokens]]) -> None:
        """Ask for these days, or for all before the connection that Garmin has not been asked for.

        Days count as covered once Garmin has taken the request for their activities, and from the connection on, for
        from then on they come by themselves. Raises GarminRateLimited and the like: what is left waits.
        """
        if self.partner is None:
            raise GarminUnavailable("This way to Garmin is switched off at the moment.")
        # Also where nothing is left to ask for: it renews the tokens in time, tells whether they still open anything,
        # and finds what a notification that got lost would have told.
        granted = tuple(await self.partner.permissions(await tokens()))
        if granted != connection.permissions:
            await self.permissions.apply(connection, granted)
        zone = zone_called(connection.zone)
        today, joined = self.clock.now().astimezone(zone).date(), connection.connected_at.astimezone(zone).date()
        # A local day may begin and end half a day away from UTC's. The history ends on the same day ever after, so that
        # its months stay the ones that Garmin was asked for.
        if asked is None:
            wanted = Days(connection.import_from - _DAY, joined)
        else:
            wanted = Days(asked.first - _DAY, min(asked.last + _DAY, today))
        ranges = _months(wanted)
        requests = [BackfillRequest(kind, days) for days in ranges for kind in _kinds(granted)]
        await self.store.plan(connection.user_id, connection.connection_id, requests, again=asked is not None)
        for request in await self.store.waiting(connection.user_id, connection.connection_id):
            await self._ask(self.partner, connection, request, await tokens())
        await self.log.covered(connection, Days(min(joined, today), today))

    async def _ask(self, partner: PartnerApi, connection: Connection, request: BackfillRequest, tokens: Tokens) -> None:
        named = (connection.user_id, connection.connection_id, request)
        if not await partner.request_backfill(tokens, request.kind, request.days):
            await self.store.failed(*named, _REFUSED)
            return
        if request.kind == "activities":
            await self.log.covered(connection, request.days)
        await self.store.taken(*named)


def _months(days: Days) -> Iterator[Days]:
    """Newest first, each as long as Garmin takes at most."""
    last = days.last
    while last >= days.first:
        first = max(days.first, last - _LONGEST + _DAY)
        yield Days(first, last)
        last = first - _DAY


def _kinds(granted: Sequence[str]) -> tuple[SummaryKind, ...]:
    activities: tuple[SummaryKind, ...] = ("activities",) if ACTIVITIES_PERMISSION in granted else ()
    return (*activities, *(_HEALTH if HEALTH_PERMISSION in granted else ()))
