"""What holds for every source that is asked: one suite, each adapter in front of its simulated Garmin."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest

from services.garmin_ingest.clients.incoming import FolderIncoming
from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.garmin.models import Days, RemoteActivity
from shared.errors import NotFound, ServiceError
from tests.contract.garmin.subjects import Subject
from tests.support.garmin.world import SimulatedAccount, SimulatedDay

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 3, 1, 7, 0, tzinfo=dt.UTC)
MARCH = Days(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
EVER = Days(dt.date(2010, 1, 1), dt.date(2026, 12, 31))


async def listed(subject: Subject, account: SimulatedAccount, days: Days = EVER) -> list[RemoteActivity]:
    tokens = await subject.tokens(account)
    return [activity async for page in subject.source.activities(tokens, days) for activity in page]


async def downloaded(subject: Subject, account: SimulatedAccount, activity: RemoteActivity, folder: Path) -> bytes:
    file = await FolderIncoming(folder).create(uuid.uuid4(), "original")
    try:
        await subject.source.download(await subject.tokens(account), activity, file)
    except ServiceError:
        await file.discard()
        raise
    return (await file.close()).path.read_bytes()


async def test_logging_in_tells_whose_account_it_is(subject: Subject, account: SimulatedAccount):
    logged_in = await subject.source.log_in(subject.right(account))
    assert logged_in.account.garmin_id == str(account.garmin_id)
    assert logged_in.account.name == account.username
    assert logged_in.tokens.expires_at > dt.datetime.now(dt.UTC)
    assert account.username not in repr(logged_in)
    assert not any(value in repr(logged_in) for value in logged_in.tokens.values.values() if isinstance(value, str))


async def test_what_garmin_does_not_accept_is_refused_for_good(subject: Subject):
    with pytest.raises(GarminConnectFailed) as refusal:
        await subject.source.log_in(subject.wrong)
    assert not refusal.value.retryable
    assert len(refusal.value.message.split()) > 5


async def test_activities_come_newest_first_with_what_garmin_calls_them(subject: Subject, account: SimulatedAccount):
    old = subject.world.add_run(account, "Old", start=START)
    new = subject.world.add_run(account, "New", start=START + DAY, utc_offset_s=7200)
    first, second = await listed(subject, account)
    assert (first.source_id, second.source_id) == (str(new.activity_id), str(old.activity_id))
    assert (first.name, first.start_time, first.utc_offset_s) == ("New", START + DAY, 7200)
    assert (first.sport, first.duration_s) == ("running", new.run.timer_s)
    assert first.distance_m == pytest.approx(new.run.distance_m)


async def test_a_long_history_comes_whole(subject: Subject, account: SimulatedAccount):
    for number in range(101):
        subject.world.add_run(account, start=START + number * DAY, duration_s=60, step_s=30)
    found = await listed(subject, account)
    assert len(found) == len({activity.source_id for activity in found}) == 101
    assert [activity.start_time for activity in found] == sorted((one.start_time for one in found), reverse=True)


async def test_a_range_holds_the_activities_that_began_on_its_local_days(subject: Subject, account: SimulatedAccount):
    late = dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)
    inside = subject.world.add_run(account, "Already March there", start=late, utc_offset_s=3600)
    subject.world.add_run(account, "Still February", start=late - DAY / 2, utc_offset_s=3600)
    subject.world.add_run(account, "April", start=late + 32 * DAY, utc_offset_s=3600)
    assert [activity.source_id for activity in await listed(subject, account, MARCH)] == [str(inside.activity_id)]


async def test_an_edit_changes_the_digest_and_nothing_else_does(subject: Subject, account: SimulatedAccount):
    run = subject.world.add_run(account)
    (before,) = await listed(subject, account)
    (again,) = await listed(subject, account)
    run.name = "Renamed"
    (after,) = await listed(subject, account)
    assert before.digest == again.digest != after.digest


async def test_the_original_comes_byte_for_byte(subject: Subject, account: SimulatedAccount, tmp_path: Path):
    run = subject.world.add_run(account)
    (activity,) = await listed(subject, account)
    assert await downloaded(subject, account, activity, tmp_path) == run.original


async def test_an_activity_that_is_gone_is_not_found(subject: Subject, account: SimulatedAccount, tmp_path: Path):
    run = subject.world.add_run(account)
    (activity,) = await listed(subject, account)
    tokens = await subject.tokens(account)
    assert await subject.source.has_activity(tokens, activity.source_id)
    del account.activities[run.activity_id]
    assert not await subject.source.has_activity(tokens, activity.source_id)
    with pytest.raises(NotFound):
        await downloaded(subject, account, activity, tmp_path)


async def test_tokens_open_one_account_and_no_other(subject: Subject, account: SimulatedAccount, tmp_path: Path):
    other = subject.world.add_account("other@example.com")
    theirs = subject.world.add_run(other)
    assert await listed(subject, account) == []
    (activity,) = await listed(subject, other)
    assert activity.source_id == str(theirs.activity_id)
    assert not await subject.source.has_activity(await subject.tokens(account), activity.source_id)
    with pytest.raises(NotFound):
        await downloaded(subject, account, activity, tmp_path)


async def test_wellness_of_many_weeks_comes_by_local_day(subject: Subject, account: SimulatedAccount):
    first = dt.date(2026, 1, 1)
    for number in range(70):
        account.days[first + number * DAY] = SimulatedDay(
            sleep_s=25_000 + number, sleep_score=80, hrv_rmssd_ms=50, resting_heart_rate_bpm=47, weight_g=70_500.0
        )
    account.days[first + 70 * DAY] = SimulatedDay(resting_heart_rate_bpm=51)
    found = await subject.source.wellness(await subject.tokens(account), Days(first, first + 80 * DAY))
    assert [day.local_date for day in found] == [first + number * DAY for number in range(71)]
    night = found[3]
    assert (night.sleep_s, night.sleep_score, night.hrv_rmssd_ms) == (25_003, 80, 50)
    assert (night.resting_heart_rate_bpm, night.weight_kg) == (47, 70.5)
    # Seven in the morning, an hour ahead of UTC.
    assert night.sleep_end == dt.datetime(2026, 1, 4, 6, tzinfo=dt.UTC)
    assert (found[70].sleep_s, found[70].resting_heart_rate_bpm) == (None, 51)


async def test_fresh_tokens_work_after_a_refresh(subject: Subject, account: SimulatedAccount):
    subject.world.add_run(account)
    tokens = await subject.source.refresh(await subject.tokens(account))
    assert tokens.expires_at > dt.datetime.now(dt.UTC)
    assert [len(page) async for page in subject.source.activities(tokens, EVER)] == [1]


async def test_void_tokens_are_refused_for_good_and_let_go_quietly(subject: Subject, account: SimulatedAccount):
    tokens = await subject.tokens(account)
    subject.void()
    with pytest.raises(GarminConnectFailed):
        [page async for page in subject.source.activities(tokens, EVER)]
    await subject.source.log_out(tokens)


FAULTS = [
    ({"kind": "status", "status": 429, "headers": {"Retry-After": "77"}}, GarminRateLimited, 77),
    ({"kind": "status", "status": 429}, GarminRateLimited, None),
    ({"kind": "status", "status": 500}, GarminUnavailable, None),
    ({"kind": "status", "status": 503}, GarminUnavailable, None),
    ({"kind": "status", "status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, GarminUnavailable, None),
    ({"kind": "html"}, GarminUnavailable, None),
    ({"kind": "garbage"}, GarminUnavailable, None),
    ({"kind": "slow", "seconds": 3.0}, GarminUnavailable, None),
]


@pytest.mark.parametrize(("fault", "error", "wait_s"), FAULTS, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("call", ["log_in", "list", "wellness"])
async def test_each_way_of_failing_has_its_own_answer(
    subject: Subject, account: SimulatedAccount, call: str, fault: dict, error: type[ServiceError], wait_s: float | None
):
    subject.world.add_run(account)
    tokens = await subject.tokens(account)
    path = {"log_in": subject.log_in_path, "list": subject.list_path, "wellness": subject.wellness_path}[call]
    subject.world.misbehave(path, times=None, **fault)

    async def ask() -> None:
        match call:
            case "log_in":
                await subject.source.log_in(subject.right(account))
            case "list":
                [page async for page in subject.source.activities(tokens, EVER)]
            case "wellness":
                await subject.source.wellness(tokens, MARCH)

    with pytest.raises(error) as failure:
        await ask()
    assert failure.value.retryable
    assert failure.value.retry_after_s == wait_s


@pytest.mark.parametrize("kind", ["cut", "garbage", "html"])
async def test_half_a_file_is_no_file(subject: Subject, account: SimulatedAccount, kind: str, tmp_path: Path):
    run = subject.world.add_run(account)
    (activity,) = await listed(subject, account)
    subject.world.misbehave(subject.download_path, kind)
    if kind == "garbage":
        assert await downloaded(subject, account, activity, tmp_path) != run.original
    else:
        with pytest.raises(GarminUnavailable):
            await downloaded(subject, account, activity, tmp_path)
    assert await downloaded(subject, account, activity, tmp_path) == run.original
