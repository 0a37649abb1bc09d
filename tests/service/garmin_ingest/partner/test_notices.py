"""What Garmin's notifications do, runner by runner: files and days, in their order, whatever is wrong with some."""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.garmin_ingest.storage.webhooks import WORK_OFF_NOTICES
from tests.service.garmin_ingest.partner.conftest import PartnerUnderTest
from tests.support.garmin.partner_summaries import activity_summary, summaries, user_id
from tests.support.garmin.world import SimulatedDay
from tests.support.service import a_runner, eventually

MARCH = (dt.datetime(2026, 2, 27, tzinfo=dt.UTC), dt.datetime(2026, 4, 2, tzinfo=dt.UTC))
MONDAY = dt.date(2026, 3, 2)
CONNECTION = "/api/v1/garmin/connection"


async def worked(partner: PartnerUnderTest, *bodies: Any) -> None:
    """Push these, and let a worker do what can be done now."""
    for body in bodies:
        assert (await partner.push(body)).status == 200
    async with partner.ingest.worker():
        await partner.worked_off()


async def test_a_ping_brings_the_file_as_garmin_has_it(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account, "Morning by the lake")
    await worked(partner, {"activityFiles": [partner.server.announce_file(partner.account, run)]})
    (activity,) = await partner.ingest.activities()
    assert activity["name"] == "Morning by the lake"
    original = await partner.ingest.call("GET", f"/api/v1/activities/{activity['id']}/export.fit")
    assert original.body == run.original
    (source,) = await partner.ingest.sql("SELECT road, source_id, account_hash FROM activity_source")
    assert (source["road"], source["source_id"]) == ("sync", str(run.activity_id))
    assert source["account_hash"] is not None
    assert not any("incoming" in name for name in partner.ingest.stored_files())


async def test_the_summary_and_the_ping_of_one_run_are_one_activity(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account)
    summary = {"activities": [activity_summary(partner.account, run)]}
    pings = [{"activityFiles": [partner.server.announce_file(partner.account, run)]} for _ in range(2)]
    await worked(partner, summary, *pings, summary)
    assert len(await partner.ingest.activities()) == 1
    assert await partner.ingest.events() == ["activity.imported"]


async def test_a_run_that_is_renamed_at_garmin_is_renamed_here(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account, "Morning")
    await worked(partner, {"activityFiles": [partner.server.announce_file(partner.account, run)]})
    run.name = "Round the lake"
    await worked(partner, {"activities": [activity_summary(partner.account, run)]})
    (activity,) = await partner.ingest.activities()
    assert activity["name"] == "Round the lake"
    assert await partner.ingest.events() == ["activity.imported", "activity.updated"]


async def test_days_come_in_pieces_and_land_on_the_runners_local_day(partner: PartnerUnderTest):
    await partner.connect()
    partner.account.days[MONDAY] = SimulatedDay(
        sleep_s=27_000, sleep_score=81, hrv_rmssd_ms=52, resting_heart_rate_bpm=46, weight_g=70_500.0
    )
    kinds = ("sleeps", "hrv", "dailies", "bodyComps")
    await worked(partner, *({kind: summaries(partner.account, kind, *MARCH)} for kind in kinds))
    (day,) = await partner.ingest.sql("SELECT * FROM wellness_day")
    assert (day["local_date"], day["user_id"]) == (MONDAY, partner.ingest.runner.user_id)
    assert (day["sleep_s"], day["sleep_score"], day["hrv_rmssd_ms"]) == (27_000, 81, 52.0)
    assert (day["resting_heart_rate_bpm"], day["weight_kg"]) == (46.0, 70.5)


async def test_a_ping_of_days_is_asked_for_at_its_address(partner: PartnerUnderTest):
    await partner.connect()
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    between = f"uploadStartTimeInSeconds={MARCH[0].timestamp():.0f}&uploadEndTimeInSeconds={MARCH[1].timestamp():.0f}"
    url = f"{partner.server.base}/wellness-api/rest/dailies?{between}"
    await worked(partner, {"dailies": [{"userId": user_id(partner.account), "callbackURL": url}]})
    (day,) = await partner.ingest.sql("SELECT local_date, resting_heart_rate_bpm FROM wellness_day")
    assert tuple(day) == (MONDAY, 46.0)


async def test_each_runner_gets_what_is_theirs_and_strangers_are_dropped(partner: PartnerUnderTest):
    other, theirs = a_runner(), partner.world.add_account("other@example.com")
    stranger = partner.world.add_account("stranger@example.com")
    await partner.connect()
    await partner.connect(theirs, other)
    pings, days = [], []
    for number, account in enumerate((partner.account, theirs, stranger)):
        run = partner.world.add_run(account, f"Run {number}", start=MARCH[0] + number * dt.timedelta(days=1))
        pings.append(partner.server.announce_file(account, run))
        account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=40 + number)
        days += summaries(account, "dailies", *MARCH)
    await worked(partner, {"activityFiles": pings, "dailies": days})
    assert [one["name"] for one in await partner.ingest.activities()] == ["Run 0"]
    assert [one["name"] for one in await partner.ingest.activities(caller=other)] == ["Run 1"]
    rows = await partner.ingest.sql("SELECT user_id, resting_heart_rate_bpm FROM wellness_day")
    assert {row["user_id"]: row["resting_heart_rate_bpm"] for row in rows} == {
        partner.ingest.runner.user_id: 40.0, other.user_id: 41.0,
    }  # fmt: skip
    assert await partner.ingest.sql("SELECT 1 FROM webhook_notice") == []
    kept = await partner.ingest.sql("SELECT DISTINCT user_id FROM ingest_ledger WHERE kind = 'payload'")
    assert {row["user_id"] for row in kept} == {partner.ingest.runner.user_id, other.user_id}


async def test_one_bad_element_never_stops_the_others(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account)
    garmin_id = user_id(partner.account)
    expired = f"{partner.server.base}/wellness-api/rest/activityFile?id=3&token=x"
    bad = [
        {"userId": garmin_id, "activityId": 1, "callbackURL": "http://169.254.169.254/latest/meta-data/"},
        {"userId": garmin_id, "activityId": 2}, {"userId": garmin_id, "activityId": {"a": 1}, "callbackURL": 5},
        {"userId": garmin_id, "activityId": 3, "callbackURL": expired},
        {"userId": 7}, {}, {"userId": garmin_id + "0", "activityId": 4},
    ]  # fmt: skip
    good = partner.server.announce_file(partner.account, run)
    await worked(partner, {"activityFiles": [*bad, good], "hrv": [{"userId": garmin_id, "lastNightAvg": "x"}]})
    assert len(await partner.ingest.activities()) == 1
    failed = await partner.ingest.sql("SELECT position, state, error_code FROM webhook_notice ORDER BY position")
    assert [(row["position"], row["error_code"]) for row in failed] == [
        (0, "VALIDATION_ERROR"), (1, "VALIDATION_ERROR"), (2, "VALIDATION_ERROR"), (3, "NOT_FOUND"),
    ]  # fmt: skip
    assert {row["state"] for row in failed} == {"failed"}
    assert partner.world.asked("latest") == 0


async def test_a_body_that_breaks_off_gives_what_it_has_and_stays_a_dead_letter(partner: PartnerUnderTest):
    await partner.connect()
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    (day,) = summaries(partner.account, "dailies", *MARCH)
    filler = {"userId": user_id(partner.account), "samples": ["x" * 1000] * 1100}
    body = partner.as_json({"dailies": [day], "epochs": [filler]})
    await worked(partner, body[:-3])
    assert len(await partner.ingest.sql("SELECT 1 FROM wellness_day")) == 1
    (payload,) = await partner.ingest.sql("SELECT body_sealed IS NOT NULL AS kept, error_code FROM webhook_payload")
    assert (payload["kept"], payload["error_code"]) == (True, "VALIDATION_ERROR")
    (letter,) = await partner.ingest.sql("SELECT entrypoint FROM pgqueuer WHERE status = 'failed'")
    assert letter["entrypoint"] == "spread_garmin_webhook"


async def test_garmins_wait_holds_up_what_needs_garmin_and_nothing_else(partner: PartnerUnderTest):
    await partner.connect()
    runs = [partner.world.add_run(partner.account, start=MARCH[0] + n * dt.timedelta(days=1)) for n in range(3)]
    pings = [partner.server.announce_file(partner.account, run) for run in runs]
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    partner.world.misbehave("/activityFile", "status", status=429, headers={"Retry-After": "1200"})
    await worked(partner, {"activityFiles": pings, "dailies": summaries(partner.account, "dailies", *MARCH)})
    assert partner.world.asked("/activityFile") == 1
    assert len(await partner.ingest.sql("SELECT 1 FROM wellness_day")) == 1
    (job,) = await partner.ingest.sql(
        "SELECT status, execute_after - now() AS wait FROM pgqueuer WHERE entrypoint = $1", WORK_OFF_NOTICES
    )
    assert job["status"] == "queued"
    assert dt.timedelta(minutes=19) < job["wait"] <= dt.timedelta(minutes=20)
    await partner.be_patient()
    async with partner.ingest.worker():
        await partner.worked_off()
    assert len(await partner.ingest.activities()) == 3


async def test_what_is_about_one_thing_is_done_in_order(partner: PartnerUnderTest):
    """The first of two pings for a day fails for now: the second must not overtake it, or the old one would win."""
    await partner.connect()
    between = f"uploadStartTimeInSeconds={MARCH[0].timestamp():.0f}&uploadEndTimeInSeconds={MARCH[1].timestamp():.0f}"
    ping = {"userId": user_id(partner.account), "calendarDate": MONDAY.isoformat(),
            "callbackURL": f"{partner.server.base}/wellness-api/rest/dailies?{between}"}  # fmt: skip
    newer = {"userId": user_id(partner.account), "calendarDate": MONDAY.isoformat(),
             "restingHeartRateInBeatsPerMinute": 44}  # fmt: skip
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    partner.world.misbehave("/rest/dailies", "status", status=429, headers={"Retry-After": "1200"})
    await worked(partner, {"dailies": [ping]}, {"dailies": [newer]})
    assert await partner.ingest.sql("SELECT 1 FROM wellness_day") == []
    await partner.be_patient()
    async with partner.ingest.worker():
        await partner.worked_off()
    (day,) = await partner.ingest.sql("SELECT resting_heart_rate_bpm FROM wellness_day")
    assert day["resting_heart_rate_bpm"] == 44.0


async def test_what_gives_up_is_kept_and_can_be_tried_again(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account)
    ping = partner.server.announce_file(partner.account, run)
    fault = partner.world.misbehave("/activityFile", "status", status=503, times=None)
    assert (await partner.push({"activityFiles": [ping]})).status == 200

    async def is_parked() -> bool:
        await partner.ingest.sql(
            "UPDATE pgqueuer SET created = now() - interval '3 days', execute_after = now()"
            " WHERE entrypoint = $1 AND status = 'queued'", WORK_OFF_NOTICES,
        )  # fmt: skip
        return bool(await partner.ingest.sql("SELECT 1 FROM pgqueuer WHERE status = 'failed'"))

    async with partner.ingest.worker():
        await eventually(is_parked, within_s=20)
    (row,) = await partner.ingest.sql("SELECT state, error_code FROM webhook_notice")
    assert (row["state"], row["error_code"]) == ("given_up", "GARMIN_UNAVAILABLE")
    fault.times = 0
    await partner.ingest.sql("UPDATE pgqueuer SET status = 'queued', created = now(), execute_after = now()")
    async with partner.ingest.worker():
        await partner.worked_off()
    assert len(await partner.ingest.activities()) == 1
    assert await partner.ingest.sql("SELECT 1 FROM webhook_notice") == []
