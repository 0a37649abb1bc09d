"""Which days Garmin is asked to send: each once, however often the schedule comes round."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from services.garmin_ingest.domain.errors import GarminUnavailable
from services.garmin_ingest.domain.garmin.backfill import Backfill
from services.garmin_ingest.domain.garmin.models import Connection, Days, Tokens
from services.garmin_ingest.domain.garmin.permissions import Permissions
from services.garmin_ingest.domain.garmin.webhook_ports import BackfillRequest
from shared.zones import load_zones
from tests.support.clock import FakeClock

DAY = dt.timedelta(days=1)
GRANTED = ("ACTIVITY_EXPORT", "HEALTH_EXPORT")


@dataclass
class Remembering:
    """Partner, store and log in one: what was asked, what waits, what is covered."""

    asked: list[BackfillRequest] = field(default_factory=list)
    known: dict[tuple[str, dt.date], BackfillRequest] = field(default_factory=dict)
    queue: list[BackfillRequest] = field(default_factory=list)
    days: set[dt.date] = field(default_factory=set)

    async def permissions(self, _: Tokens) -> Sequence[str]:
        return GRANTED

    async def request_backfill(self, _: Tokens, kind, days: Days) -> bool:
        self.asked.append(BackfillRequest(kind, days))
        return True

    async def plan(self, _: uuid.UUID, __: uuid.UUID, requests: Sequence[BackfillRequest], *, again: bool) -> None:
        new = [one for one in requests if again or (one.kind, one.days.first) not in self.known]
        self.known |= {(one.kind, one.days.first): one for one in new}
        self.queue += new

    async def waiting(self, _: uuid.UUID, __: uuid.UUID) -> Sequence[BackfillRequest]:
        waiting, self.queue = self.queue, []
        return waiting

    async def taken(self, *_: object) -> None: ...

    async def failed(self, *_: object) -> None: ...

    async def arrived(self, *_: object) -> None: ...

    async def covered(self, _: Connection, days: Days) -> None:
        self.days |= {days.first + number * DAY for number in range((days.last - days.first).days + 1)}


@pytest.fixture(autouse=True)
async def _zones() -> None:
    await load_zones()


async def tokens() -> Tokens:
    return Tokens({})


def connection(clock: FakeClock, zone: str = "Europe/Vienna") -> Connection:
    return Connection(
        user_id=uuid.uuid4(), connection_id=uuid.uuid4(), source="official_partner", account_hash=b"a", login_hash=None,
        account_name="", state="connected", import_from=dt.date(2026, 1, 1), connected_at=clock.now(), zone=zone,
        permissions=GRANTED,
    )  # fmt: skip


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Pacific/Auckland", "America/Los_Angeles"])
async def test_each_day_is_asked_for_once_whenever_the_schedule_comes_round(zone):
    clock, garmin = FakeClock(), Remembering()
    link = connection(clock, zone)
    backfill = Backfill(garmin, garmin, Permissions(garmin), garmin, clock)
    for _ in range(12):
        await backfill.run(link, None, tokens)
        clock.advance(6 * 3600)
    runs = sorted((one.days for one in garmin.asked if one.kind == "activities"), key=lambda days: days.first)
    assert all(later.first == earlier.last + DAY for earlier, later in itertools.pairwise(runs))
    assert all((days.last - days.first).days < 30 for days in runs)
    assert runs[0].first == dt.date(2025, 12, 31)
    assert len(garmin.asked) == 5 * len(runs)
    assert {dt.date(2026, 1, 1) + number * DAY for number in range(325)} <= garmin.days


async def test_newest_days_come_first():
    clock, garmin = FakeClock(), Remembering()
    await Backfill(garmin, garmin, Permissions(garmin), garmin, clock).run(connection(clock), None, tokens)
    lasts = [one.days.last for one in garmin.asked]
    assert lasts == sorted(lasts, reverse=True)


async def test_days_that_are_named_reach_a_day_further_on_both_ends_but_not_past_today():
    clock, garmin = FakeClock(), Remembering()
    backfill = Backfill(garmin, garmin, Permissions(garmin), garmin, clock)
    await backfill.run(connection(clock), Days(dt.date(2026, 11, 10), dt.date(2026, 11, 20)), tokens)
    assert {one.days for one in garmin.asked} == {Days(dt.date(2026, 11, 9), dt.date(2026, 11, 20))}


async def test_without_an_agreement_with_garmin_nothing_is_asked():
    clock, garmin = FakeClock(), Remembering()
    with pytest.raises(GarminUnavailable):
        await Backfill(None, garmin, Permissions(garmin), garmin, clock).run(connection(clock), None, tokens)
