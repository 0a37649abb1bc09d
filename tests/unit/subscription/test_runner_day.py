"""When a runner's day ends. Offsets and dates of the changes are those the governments announced (IANA tzdata)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subscription.domain.runner_day import runner_day
from shared.zones import known_zones


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "local_date", "ends_at"),
    [
        ("UTC", "2026-11-20T06:41", date(2026, 11, 20), "2026-11-21T00:00"),
        ("Asia/Tokyo", "2026-11-20T15:00", date(2026, 11, 21), "2026-11-21T15:00"),
        ("Asia/Kathmandu", "2026-11-20T18:14:59", date(2026, 11, 20), "2026-11-20T18:15"),
        # Berlin loses an hour on 29 March 2026 and finds it again on 25 October: days of 23 and 25 hours.
        ("Europe/Berlin", "2026-03-28T23:00", date(2026, 3, 29), "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-24T22:00", date(2026, 10, 25), "2026-10-25T23:00"),
        # In Cairo 24 April 2026 begins at one o'clock: the clocks skip its midnight.
        ("Africa/Cairo", "2026-04-23T20:00", date(2026, 4, 23), "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-23T22:00", date(2026, 4, 24), "2026-04-24T21:00"),
        # In Havana 1 November 2026 has two midnights (04:00 and 05:00 UTC); both lie within the day that follows.
        ("America/Havana", "2026-11-01T03:59", date(2026, 10, 31), "2026-11-01T04:00"),
        ("America/Havana", "2026-11-01T05:00", date(2026, 11, 1), "2026-11-02T05:00"),
        # Until 2011 St. John's went back from 00:01 to 23:01 of the day before, which so ended twice.
        ("America/St_Johns", "2010-11-07T02:00", date(2010, 11, 6), "2010-11-07T02:30"),
        ("America/St_Johns", "2010-11-07T02:45", date(2010, 11, 6), "2010-11-07T03:30"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-30T09:00", date(2011, 12, 29), "2011-12-30T10:00"),
        ("No/Such_Zone", "2026-11-20T06:41", date(2026, 11, 20), "2026-11-21T00:00"),
    ],
)
def test_a_day_ends_at_the_runners_midnight(zone: str, now: str, local_date: date, ends_at: str):
    day = runner_day(utc(now), zone)
    assert (day.local_date, day.ends_at) == (local_date, utc(ends_at))


@given(
    zone=st.sampled_from(sorted(known_zones())),
    at=st.floats(utc("2015-01-01").timestamp(), utc("2037-12-31").timestamp()),
)
def test_a_day_ends_ahead_and_exactly_where_the_date_on_the_wall_changes(zone: str, at: float):
    now = datetime.fromtimestamp(at, UTC)
    day = runner_day(now, zone)
    last = (day.ends_at - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
    first = day.ends_at.astimezone(ZoneInfo(zone)).date()
    assert day.ends_at > now
    assert last == day.local_date < first
