"""A history that Garmin is asked to send: a month and a kind at a time, taken, refused, put off, and arrived."""

from __future__ import annotations

import datetime as dt
import itertools

from tests.service.garmin_ingest.partner.conftest import PartnerUnderTest
from tests.support.garmin.world import SimulatedDay
from tests.support.service import eventually

SYNC = "/api/v1/garmin/sync"
DAY = dt.timedelta(days=1)
A_MONTH_S = 30 * 86_400


async def states(partner: PartnerUnderTest) -> dict[str, int]:
    rows = await partner.ingest.sql("SELECT state, count(*) AS n FROM backfill_request GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def synced(partner: PartnerUnderTest) -> None:
    """Wait, while a worker works, until no sync is left."""

    async def none_is_left() -> bool:
        rows = await partner.ingest.sql("SELECT state FROM job WHERE kind = 'sync'")
        return bool(rows) and all(row["state"] in {"succeeded", "failed", "dead"} for row in rows)

    await eventually(none_is_left, within_s=20)


async def test_connecting_asks_for_two_years_and_what_garmin_sends_arrives(partner: PartnerUnderTest):
    now = dt.datetime.now(dt.UTC)
    for months in (1, 5, 20):
        partner.world.add_run(partner.account, f"{months} ago", start=now - months * 30 * DAY, duration_s=300)
    night = (now - 100 * DAY).date()
    partner.account.days[night] = SimulatedDay(sleep_s=26_000, sleep_score=77, resting_heart_rate_bpm=48)
    await partner.connect()
    async with partner.ingest.worker():
        await synced(partner)
        asked = partner.server.backfills
        assert {kind for kind, _, _ in asked} == {"activities", "dailies", "sleeps", "hrv", "bodyComps"}
        assert all(0 < end - begin <= A_MONTH_S for _, begin, end in asked)
        begins = sorted((begin, end) for kind, begin, end in asked if kind == "activities")
        assert all(end == begin for (_, end), (begin, _) in itertools.pairwise(begins))
        assert begins[0][0] <= (now - 730 * DAY).timestamp()
        await partner.deliver()
        await partner.worked_off()
    assert {one["name"] for one in await partner.ingest.activities()} == {"1 ago", "5 ago", "20 ago"}
    (day,) = await partner.ingest.sql("SELECT local_date, sleep_s, resting_heart_rate_bpm FROM wellness_day")
    assert tuple(day) == (night, 26_000, 48.0)
    arrived = await partner.ingest.sql("SELECT summary_kind FROM backfill_request WHERE state = 'arrived'")
    assert sorted(row["summary_kind"] for row in arrived) == ["activities"] * 3 + ["dailies", "sleeps"]
    shown = (await partner.ingest.call("GET", "/api/v1/garmin/connection")).json
    assert (shown["status"], shown["gaps"]) == ("connected", [])


async def test_garmins_wait_puts_the_rest_off_and_nothing_is_asked_twice(partner: PartnerUnderTest):
    fault = partner.world.misbehave("/backfill/sleeps", "status", status=429, headers={"Retry-After": "900"})
    await partner.connect()

    async def waits() -> bool:
        shown = (await partner.ingest.call("GET", "/api/v1/garmin/connection")).json
        return shown["status"] == "cooling_down"

    async with partner.ingest.worker():
        await eventually(waits, within_s=20)
    assert fault.times == 0
    before = await states(partner)
    assert before["waiting"] > 0
    asked = len(partner.server.backfills)
    await partner.be_patient()
    async with partner.ingest.worker():
        await synced(partner)
    assert (await states(partner)).get("waiting", 0) == 0
    assert len(partner.server.backfills) > asked
    assert len(partner.server.backfills) == len(set(partner.server.backfills))


async def test_a_history_that_the_runner_keeps_is_a_gap_and_no_failure(partner: PartnerUnderTest):
    partner.server.permissions[partner.account.garmin_id] = ["ACTIVITY_EXPORT"]
    await partner.connect()
    async with partner.ingest.worker():
        await synced(partner)
    assert set(await states(partner)) == {"failed"}
    kinds = await partner.ingest.sql("SELECT DISTINCT summary_kind FROM backfill_request")
    assert [row["summary_kind"] for row in kinds] == ["activities"]
    shown = (await partner.ingest.call("GET", "/api/v1/garmin/connection")).json
    assert shown["status"] == "connected"
    assert len(shown["gaps"]) == 1


async def test_a_gap_is_asked_for_again_when_the_runner_says_so(partner: PartnerUnderTest):
    partner.server.permissions[partner.account.garmin_id] = ["ACTIVITY_EXPORT"]
    await partner.connect()
    async with partner.ingest.worker():
        await synced(partner)
    partner.server.permissions[partner.account.garmin_id] = ["ACTIVITY_EXPORT", "HISTORICAL_DATA_EXPORT"]
    today = dt.datetime.now(dt.UTC).date()
    body = {"from": (today - 40 * DAY).isoformat(), "to": (today - 20 * DAY).isoformat()}
    answer = await partner.ingest.call("POST", SYNC, json=body)
    assert answer.status == 202, answer.body
    async with partner.ingest.worker():
        await synced(partner)
    ((kind, begin, end),) = partner.server.backfills
    assert kind == "activities"
    assert dt.datetime.fromtimestamp(begin, dt.UTC).date() == today - 41 * DAY
    assert dt.datetime.fromtimestamp(end, dt.UTC).date() == today - 18 * DAY


async def test_days_that_the_runner_names_are_asked_for_again_and_others_are_not(partner: PartnerUnderTest):
    today = dt.datetime.now(dt.UTC).date()
    body = {"from": (today - 9 * DAY).isoformat(), "to": (today - 5 * DAY).isoformat()}
    await partner.connect()
    async with partner.ingest.worker():
        await synced(partner)
        at_first = partner.world.asked("/backfill/")
        for _ in range(2):
            assert (await partner.ingest.call("POST", SYNC, json=body)).status == 202
            await synced(partner)
        assert partner.world.asked("/backfill/") == at_first + 10
        await partner.expire_tokens()
        await partner.ingest.call("POST", SYNC, json={})
        await synced(partner)
    assert partner.world.asked("/backfill/") == at_first + 10
    assert set(await states(partner)) == {"requested"}
