"""POST /garmin/sync and GET /wellness as apps call them."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt

import pytest

from tests.service.garmin_ingest.syncing import TODAY, Syncing, days_ago, outcomes
from tests.support.garmin.world import SimulatedDay
from tests.support.service import a_runner

SYNC, WELLNESS = "/api/v1/garmin/sync", "/api/v1/wellness"


@pytest.fixture
async def linked(syncing: Syncing) -> Syncing:
    """A link whose first sync is over, and long ago."""
    await syncing.link(syncing.account())
    async with syncing.worker():
        await syncing.over()
    await syncing.sql("UPDATE job SET created_at = now() - interval '1 hour'")
    return syncing


async def test_an_app_that_asks_whenever_it_is_opened_gets_one_job_in_ten_minutes(linked: Syncing):
    asked = [await linked.ask() for _ in range(2)]
    async with linked.worker():
        await linked.over()
    asked.append((await linked.call("POST", SYNC)).json["jobId"])
    assert len(set(asked)) == 1
    await linked.sql("UPDATE job SET created_at = created_at - interval '10 minutes'")
    assert await linked.ask() not in asked


async def test_twenty_requests_at_once_make_one_job(linked: Syncing):
    assert len(set(await asyncio.gather(*(linked.ask() for _ in range(20))))) == 1
    assert len(await linked.jobs()) == 2


async def test_a_range_is_fetched_again_and_fills_its_gap(linked: Syncing):
    account = next(iter(linked.world.accounts.values()))
    await linked.sql("UPDATE garmin_connection SET import_from = import_from - 100")
    linked.run(account, ago=60, name="Old")
    (gap,) = (await linked.health())["gaps"]
    assert gap["from"] == days_ago(120).date().isoformat()
    job_id = await linked.ask(days_ago(70).date(), days_ago(50).date())
    assert await linked.ask(days_ago(70).date(), days_ago(50).date()) == job_id
    async with linked.worker():
        assert outcomes(await linked.over(job_id)) == {"Old": "imported"}
    assert [(gap["from"], gap["to"]) for gap in (await linked.health())["gaps"]] == [
        (days_ago(120).date().isoformat(), days_ago(71).date().isoformat()),
        (days_ago(49).date().isoformat(), days_ago(21).date().isoformat()),
    ]
    assert await linked.ask(days_ago(70).date(), days_ago(50).date()) != job_id


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": (TODAY + dt.timedelta(days=3)).date().isoformat()}, "from"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "to"),
        ({"from": "2026-01-01", "to": "2999-01-01"}, "to"),
        ({"from": "1989-12-31", "to": "2026-01-01"}, "from"),
        ({"to": "2026-01-01"}, "from"),
        ({"from": "soon"}, "from"),
        ({"days": 3}, "days"),
    ],
)
async def test_a_range_that_cannot_be_is_refused_with_the_field(linked: Syncing, body: dict, field: str):
    answer = await linked.call("POST", SYNC, json=body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.json["error"]["details"]] == [field]


async def test_without_a_link_there_is_nothing_to_sync(syncing: Syncing):
    answer = await syncing.call("POST", SYNC, json={})
    assert (answer.status, answer.code) == (409, "GARMIN_NOT_CONNECTED")


async def test_too_many_ranges_wait(linked: Syncing):
    for ago in range(10):
        await linked.ask(days_ago(ago).date(), days_ago(ago).date())
    answer = await linked.call("POST", SYNC, json={"from": days_ago(30).date().isoformat()})
    assert (answer.status, answer.code) == (429, "RATE_LIMITED")
    assert answer.headers["Retry-After"] == "60"


async def _with_days(syncing: Syncing, number: int) -> None:
    account = syncing.account()
    for ago in range(number):
        account.days[days_ago(ago).date()] = SimulatedDay(resting_heart_rate_bpm=40 + ago, weight_g=70_250)
    await syncing.link(account, since=number)
    async with syncing.worker():
        await syncing.over()


async def test_days_come_oldest_first_page_by_page_and_four_weeks_unless_asked(syncing: Syncing):
    await _with_days(syncing, 35)
    # The days of the test are those of UTC; the four weeks end on the day of whoever asks, which elsewhere is another.
    in_utc = dataclasses.replace(syncing.runner, zone="UTC")
    assert [day["restingHeartRateBpm"] for day in await syncing.days(caller=in_utc)] == list(range(67, 39, -1))
    query = f"?from={days_ago(34).date()}&limit=20"
    first = (await syncing.call("GET", f"{WELLNESS}{query}")).json
    rest = (await syncing.call("GET", f"{WELLNESS}{query}&cursor={first['nextCursor']}")).json
    assert [day["restingHeartRateBpm"] for day in first["items"] + rest["items"]] == list(range(74, 39, -1))
    assert (rest["nextCursor"], first["items"][0]["weightKg"], first["items"][0]["sleepS"]) == (None, 70.25, None)
    assert await syncing.days(caller=a_runner()) == []


@pytest.mark.parametrize(
    "query", ["?from=2025-01-01&to=2026-01-02", "?from=2026-01-02&to=2026-01-01", "?cursor=x", "?from=x", "?limit=0"]
)
async def test_days_that_cannot_be_asked_for_are_refused(syncing: Syncing, query: str):
    assert (await syncing.call("GET", WELLNESS + query)).code == "VALIDATION_ERROR"


async def test_the_coach_reads_the_days_of_a_runner_and_nobody_else_does(syncing: Syncing):
    await _with_days(syncing, 2)
    path = f"/internal/users/{syncing.runner.user_id}/wellness"
    theirs = await syncing.served.call("GET", path, headers=syncing.house.as_service("coach_agent", "garmin_ingest"))
    assert [day["restingHeartRateBpm"] for day in theirs.json["items"]] == [41, 40]
    for headers in (
        syncing.house.as_service("auth", "garmin_ingest"),
        syncing.house.as_user(syncing.runner, "garmin_ingest"),
        {},
    ):
        assert (await syncing.served.call("GET", path, headers=headers)).status == 401
