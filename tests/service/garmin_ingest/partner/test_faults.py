"""A database that goes away in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncpg

from services.garmin_ingest.storage.webhooks import WORK_OFF_NOTICES
from tests.service.garmin_ingest.partner.conftest import PartnerUnderTest
from tests.service.garmin_ingest.partner.test_notices import MARCH, MONDAY
from tests.support.garmin.partner_summaries import summaries
from tests.support.garmin.world import SimulatedDay
from tests.support.service import eventually


async def break_down(partner: PartnerUnderTest, when: str) -> None:
    await partner.ingest.sql(
        "CREATE FUNCTION going_down() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'the administrator stops me' USING ERRCODE = 'admin_shutdown'; END $$"
    )
    await partner.ingest.sql(f"CREATE TRIGGER going_down BEFORE {when} FOR EACH ROW EXECUTE FUNCTION going_down()")


async def tried(partner: PartnerUnderTest, entrypoint: str) -> None:
    async def was_tried() -> bool:
        return bool(
            await partner.ingest.sql("SELECT 1 FROM pgqueuer WHERE entrypoint = $1 AND attempts > 0", entrypoint)
        )

    await eventually(was_tried, within_s=20)


async def test_an_effect_that_could_not_be_acknowledged_is_done_once(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account)
    pings = [partner.server.announce_file(partner.account, run) for _ in range(2)]
    await break_down(partner, "DELETE ON webhook_notice")
    # The address of a file is good for one download, so the second ping stands in for Garmin's own repetition.
    assert (await partner.push({"activityFiles": pings})).status == 200
    async with partner.ingest.worker():
        await tried(partner, WORK_OFF_NOTICES)
        await partner.ingest.sql("DROP TRIGGER going_down ON webhook_notice")
        await partner.ingest.sql("UPDATE pgqueuer SET execute_after = now()")
        await partner.worked_off()
    assert len(await partner.ingest.activities()) == 1
    assert await partner.ingest.events() == ["activity.imported"]
    assert await partner.ingest.sql("SELECT 1 FROM webhook_notice WHERE state = 'waiting'") == []


async def test_a_notification_is_spread_whole_or_not_at_all(partner: PartnerUnderTest):
    await partner.connect()
    partner.account.days[MONDAY] = SimulatedDay(sleep_s=27_000, resting_heart_rate_bpm=46)
    kinds = ("dailies", "sleeps")
    body = {kind: summaries(partner.account, kind, *MARCH) for kind in kinds}
    await break_down(partner, "UPDATE ON webhook_payload")
    assert (await partner.push(body)).status == 200
    async with partner.ingest.worker():
        await tried(partner, "spread_garmin_webhook")
        assert await partner.ingest.sql("SELECT 1 FROM webhook_notice") == []
        await partner.ingest.sql("DROP TRIGGER going_down ON webhook_payload")
        await partner.ingest.sql("UPDATE pgqueuer SET execute_after = now()")
        await partner.worked_off()
    (day,) = await partner.ingest.sql("SELECT sleep_s, resting_heart_rate_bpm FROM wellness_day")
    assert tuple(day) == (27_000, 46.0)


async def test_a_notification_that_cannot_be_stored_is_not_taken(partner: PartnerUnderTest):
    await break_down(partner, "INSERT ON webhook_payload")
    answer = await partner.push({"dailies": []})
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    assert await partner.ingest.sql("SELECT 1 FROM pgqueuer") == []


async def test_one_worker_at_a_time_works_on_a_runners_notices(partner: PartnerUnderTest):
    await partner.connect()
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    assert (await partner.push({"dailies": summaries(partner.account, "dailies", *MARCH)})).status == 200
    other = await asyncpg.connect(partner.ingest.settings.database_url.get_secret_value())
    lock = "SELECT pg_advisory_lock(hashtextextended('garmin_notices:' || $1::uuid::text, 0))"
    await other.execute(lock, partner.ingest.runner.user_id)
    async with partner.ingest.worker():
        await tried(partner, WORK_OFF_NOTICES)
        assert await partner.ingest.sql("SELECT 1 FROM wellness_day") == []
        await other.close()
        await partner.ingest.sql("UPDATE pgqueuer SET execute_after = now()")
        await partner.worked_off()
    assert len(await partner.ingest.sql("SELECT 1 FROM wellness_day")) == 1
