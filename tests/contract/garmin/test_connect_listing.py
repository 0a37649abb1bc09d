"""What Garmin Connect lists while it changes, when it began, and what of a download is a recording."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from aiohttp import web

from services.garmin_ingest.clients.connect_credentials import PAGE
from services.garmin_ingest.clients.incoming import FolderIncoming
from services.garmin_ingest.domain.garmin.models import Days, RemoteActivity, Tokens
from shared.errors import NotFound
from tests.contract.garmin.connect_stand import Stand, source_at
from tests.support.garmin.serving import served
from tests.support.garmin.world import SimulatedAccount, SimulatedDay

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 3, 1, 7, tzinfo=dt.UTC)
EVER = Days(dt.date(2010, 1, 1), dt.date(2026, 12, 31))


def history(stand: Stand, runs: int) -> SimulatedAccount:
    account = stand.world.add_account()
    for number in range(runs):
        stand.world.add_run(account, start=START + number * DAY / 4, duration_s=20, step_s=10)
    return account


@pytest.mark.parametrize("pages_read", [1, 2])
@pytest.mark.parametrize("gone", [0, 1, PAGE - 1, PAGE])
async def test_a_deletion_while_the_list_is_read_hides_no_other_activity(stand: Stand, gone: int, pages_read: int):
    account = history(stand, 3 * PAGE + 20)
    ids = [str(activity.activity_id) for activity in account.newest_first()]
    pages = stand.source.activities(await stand.tokens(account), EVER)
    found = [activity.source_id for _ in range(pages_read) for activity in await anext(pages)]
    del account.activities[int(ids[gone])]
    found += [activity.source_id async for page in pages for activity in page]
    assert len(found) == len(set(found))
    assert set(ids) - set(found) <= {ids[gone]}


async def test_an_activity_that_arrives_while_the_list_is_read_doubles_none(stand: Stand):
    account = history(stand, PAGE + 20)
    pages = stand.source.activities(await stand.tokens(account), EVER)
    found = [activity.source_id for activity in await anext(pages)]
    stand.world.add_run(account, start=START + 400 * DAY)
    found += [activity.source_id async for page in pages for activity in page]
    assert len(found) == len(set(found)) == PAGE + 20


async def test_a_list_that_never_moves_on_ends():
    """As if Garmin no longer knew the parameter that says where a page starts."""
    same = [{"activityId": number, "startTimeGMT": "2026-03-01 07:00:00"} for number in range(PAGE)]

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(same)

    app = web.Application()
    app.router.add_get("/{anything:.*}", answer)
    tokens = Tokens({"di_token": "a.b.c", "di_refresh_token": "r", "di_client_id": "c"})
    async with served(app) as url, source_at(url) as (source, _):
        assert [len(page) async for page in source.activities(tokens, EVER)] == [PAGE]


@pytest.mark.parametrize("runs", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1])
async def test_a_history_of_any_length_ends(stand: Stand, runs: int):
    account = history(stand, runs)
    found = [len(page) async for page in stand.source.activities(await stand.tokens(account), EVER)]
    assert sum(found) == runs
    assert stand.world.asked("/activities/search") <= 1 + runs // (PAGE - 1)


OFFSETS_H = (0, 1, 2, -5, 5.75, 12.75, -9.5, 14, -11)


async def test_each_activity_has_the_offset_of_the_place_it_began_at(stand: Stand):
    """Travel, summer time and countries between the hours: the server's own zone is none of them."""
    account = stand.world.add_account()
    for number, hours in enumerate(OFFSETS_H):
        stand.world.add_run(account, str(hours), start=START + number * DAY, utc_offset_s=int(hours * 3600))
    tokens = await stand.tokens(account)
    found = [activity async for page in stand.source.activities(tokens, EVER) for activity in page]
    assert {float(one.name): one.utc_offset_s / 3600 for one in found} == {float(hours): hours for hours in OFFSETS_H}
    assert sorted(one.start_time for one in found) == [START + number * DAY for number in range(len(OFFSETS_H))]


async def test_summer_time_begins_between_two_runs(stand: Stand):
    account = stand.world.add_account()
    eve = dt.datetime(2026, 3, 28, 23, 30, tzinfo=dt.UTC)  # half past midnight of the 29th, an hour before the change
    stand.world.add_run(account, "before", start=eve, utc_offset_s=3600)
    stand.world.add_run(account, "after", start=eve + DAY / 12, utc_offset_s=7200)
    pages = stand.source.activities(await stand.tokens(account), Days(dt.date(2026, 3, 29), dt.date(2026, 3, 29)))
    found = [activity async for page in pages for activity in page]
    assert [(one.name, one.local_date) for one in found] == [
        (name, dt.date(2026, 3, 29)) for name in ("after", "before")
    ]


async def test_a_night_is_told_in_instants_wherever_it_was_slept(stand: Stand):
    account = stand.world.add_account()
    day = dt.date(2026, 3, 2)
    account.days[day] = SimulatedDay(sleep_s=27_000, utc_offset_s=-5 * 3600)
    (found,) = await stand.source.wellness(await stand.tokens(account), Days(day, day))
    assert found.local_date == day
    assert found.sleep_end == dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    assert found.sleep_end - found.sleep_start == dt.timedelta(seconds=27_000 + 600)
    assert (found.deep_sleep_s, found.light_sleep_s, found.rem_sleep_s, found.awake_s) == (5400, 16_200, 5400, 600)


async def test_an_account_without_a_display_name_still_has_its_other_figures(stand: Stand):
    account = stand.world.add_account()
    account.display_name = ""
    day = dt.date(2026, 3, 2)
    account.days[day] = SimulatedDay(sleep_s=27_000, hrv_rmssd_ms=41, weight_g=61_500.0)
    (found,) = await stand.source.wellness(await stand.tokens(account), Days(day, day))
    assert (found.sleep_s, found.hrv_rmssd_ms, found.weight_kg) == (None, 41, 61.5)


async def test_old_nights_cost_no_requests_where_they_are_not_wanted_and_the_ranges_still_come(stand: Stand):
    account = stand.world.add_account()
    first = dt.date(2026, 1, 1)
    for number in range(56):
        account.days[first + number * DAY] = SimulatedDay(sleep_s=27_000, resting_heart_rate_bpm=48)
    days = Days(first, first + 55 * DAY)
    found = await stand.source.wellness(await stand.tokens(account), days, nights_since=first + 50 * DAY)
    assert [one.resting_heart_rate_bpm for one in found] == [48] * 56
    assert [one.sleep_s for one in found] == [None] * 50 + [27_000] * 6
    assert stand.world.asked("/dailySleepData") == 6


@pytest.mark.parametrize("status", [404, 204])
async def test_figures_that_garmin_does_not_have_leave_the_others(stand: Stand, status: int):
    account = stand.world.add_account()
    day = dt.date(2026, 3, 2)
    account.days[day] = SimulatedDay(resting_heart_rate_bpm=48)
    for path in ("/hrv-service", "/weight-service", "/dailySleepData"):
        stand.world.misbehave(path, "status", status=status, times=None)
    (found,) = await stand.source.wellness(await stand.tokens(account), Days(day, day))
    assert found.resting_heart_rate_bpm == 48


async def test_a_download_without_a_recording_is_not_found(stand: Stand, tmp_path: Path):
    account = stand.world.add_account()
    stand.world.add_run(account, duration_s=20).file_name = "notes.txt"
    tokens = await stand.tokens(account)
    ((activity,),) = [page async for page in stand.source.activities(tokens, EVER)]
    file = await FolderIncoming(tmp_path).create(uuid.uuid4(), "original")
    with pytest.raises(NotFound):
        await stand.source.download(tokens, activity, file)
    await file.discard()


@pytest.mark.parametrize("source_id", ["", "../1", "1/../2", "1?x=y", "٣", "1 2", "%2e"])
async def test_what_is_no_id_of_garmins_is_never_asked_for(stand: Stand, source_id: str, tmp_path: Path):
    tokens = await stand.tokens(stand.world.add_account())
    stand.world.log.clear()
    assert not await stand.source.has_activity(tokens, source_id)
    file = await FolderIncoming(tmp_path).create(uuid.uuid4(), "original")
    with pytest.raises(NotFound):
        await stand.source.download(tokens, RemoteActivity(source_id, START, 0, None, None, None, None, None), file)
    await file.discard()
    assert stand.world.log == []
