"""Whose day it is: the runner's at the place of the run, never the server's, from Garmin's answers to ours.

The server's clock zone is set to the far side of the world while these tests run.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest

from tests.service.garmin_ingest.syncing import Syncing
from tests.support.garmin.world import SimulatedDay

HOUR_S = 3600


@pytest.fixture(params=["Pacific/Kiritimati", "America/Adak"], autouse=True)
def _server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def _sync(syncing: Syncing, first: dt.date, last: dt.date) -> None:
    """The sync that comes with connecting has its turn first, so that this one need not wait for its own."""
    async with syncing.worker():
        await syncing.over()
        await syncing.over(await syncing.ask(first, last))


def _utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


async def _local_days(syncing: Syncing) -> dict[str, tuple[str, str, int]]:
    return {one["name"]: (one["startTime"], one["localDate"], one["utcOffsetS"]) for one in await syncing.activities()}


async def test_a_flight_west_gives_two_runs_on_one_long_day_and_both_are_that_days(syncing: Syncing):
    """Tokyo to San Francisco on 14 May: the 14th lasts 40 hours, and has a run at each end."""
    account = syncing.account()
    runs = {
        "Before dawn in Tokyo": (_utc(2026, 5, 13, 20, 30), 9 * HOUR_S),
        "Late in San Francisco": (_utc(2026, 5, 15, 6, 30), -7 * HOUR_S),
    }
    for name, (start, offset_s) in runs.items():
        syncing.world.add_run(account, name, start=start, utc_offset_s=offset_s, duration_s=120)
    await syncing.link(account)
    await _sync(syncing, dt.date(2026, 5, 14), dt.date(2026, 5, 14))
    assert await _local_days(syncing) == {
        "Before dawn in Tokyo": ("2026-05-13T20:30:00Z", "2026-05-14", 32_400),
        "Late in San Francisco": ("2026-05-15T06:30:00Z", "2026-05-14", -25_200),
    }
    listed = await syncing.activities("?from=2026-05-14&to=2026-05-14")
    assert len(listed) == 2


async def test_runs_around_the_hour_that_is_there_twice_keep_their_own_offsets(syncing: Syncing):
    """Berlin, 25 October 2026: 02:30 comes twice, an hour apart; and Sydney, where the clocks go the other way."""
    account = syncing.account()
    runs = {
        "First half past two": (_utc(2026, 10, 25, 0, 30), 2 * HOUR_S, "2026-10-25"),
        "Second half past two": (_utc(2026, 10, 25, 1, 30), 1 * HOUR_S, "2026-10-25"),
        "Last minute of the day": (_utc(2026, 10, 25, 22, 58), 1 * HOUR_S, "2026-10-25"),
        "Sydney, after the lost hour": (_utc(2026, 10, 3, 16, 5), 11 * HOUR_S, "2026-10-04"),
        "Kathmandu": (_utc(2026, 10, 9, 18, 20), 20_700, "2026-10-10"),
    }
    for name, (start, offset_s, _) in runs.items():
        syncing.world.add_run(account, name, start=start, utc_offset_s=offset_s, duration_s=100)
    await syncing.link(account)
    await _sync(syncing, dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    found = await _local_days(syncing)
    assert {name: (day, offset_s) for name, (_, day, offset_s) in found.items()} == {
        name: (day, offset_s) for name, (_, offset_s, day) in runs.items()
    }


@pytest.mark.parametrize(
    ("day", "offset_s", "sleep_end"),
    [
        (dt.date(2026, 3, 29), 2 * HOUR_S, "2026-03-29T05:00:00Z"),
        (dt.date(2026, 10, 25), 1 * HOUR_S, "2026-10-25T06:00:00Z"),
        (dt.date(2026, 5, 14), -7 * HOUR_S, "2026-05-14T14:00:00Z"),
        (dt.date(2026, 5, 15), 13 * HOUR_S, "2026-05-14T18:00:00Z"),
    ],
)
async def test_a_night_belongs_to_the_local_day_it_ended_on(syncing: Syncing, day: dt.date, offset_s: int, sleep_end):
    """The simulated night ends at seven by the runner's clock, eight hours long with its time awake or so."""
    account = syncing.account()
    account.days[day] = SimulatedDay(sleep_s=7 * HOUR_S, hrv_rmssd_ms=50, weight_g=70_000, utc_offset_s=offset_s)
    await syncing.link(account)
    await _sync(syncing, day - dt.timedelta(days=1), day + dt.timedelta(days=1))
    (found,) = await syncing.days(f"?from={day - dt.timedelta(days=3)}&to={day + dt.timedelta(days=3)}")
    assert (found["date"], found["sleepEnd"], found["hrvRmssdMs"], found["weightKg"]) == (
        day.isoformat(), sleep_end, 50.0, 70.0,
    )  # fmt: skip
    slept_s = (dt.datetime.fromisoformat(found["sleepEnd"]) - dt.datetime.fromisoformat(found["sleepStart"])).seconds
    assert slept_s == found["sleepS"] + found["awakeS"]


async def test_the_day_that_is_tomorrow_elsewhere_is_fetched_too(syncing: Syncing):
    """A runner on Kiritimati, 14 hours ahead, whose profile still says Berlin."""
    account = syncing.account()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    syncing.world.add_run(account, "Just now", start=now - dt.timedelta(minutes=10), utc_offset_s=14 * HOUR_S,
                          duration_s=120)  # fmt: skip
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    (found,) = await syncing.activities()
    assert found["localDate"] == (now + dt.timedelta(hours=14) - dt.timedelta(minutes=10)).date().isoformat()
