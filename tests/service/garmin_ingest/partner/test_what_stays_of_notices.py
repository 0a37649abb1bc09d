"""Notifications that nobody could store, and what is kept of those that failed, and for how long."""

from __future__ import annotations

from tests.service.garmin_ingest.partner.conftest import PartnerUnderTest
from tests.service.garmin_ingest.partner.test_notices import CONNECTION, MARCH, MONDAY, worked
from tests.support.garmin.partner_summaries import summaries, user_id
from tests.support.garmin.world import SimulatedDay
from tests.support.service import a_runner


async def test_an_id_that_cannot_be_stored_costs_no_runner_of_the_same_notification_anything(partner: PartnerUnderTest):
    other, theirs = a_runner(), partner.world.add_account("other@example.com")
    await partner.connect()
    await partner.connect(theirs, other)
    theirs.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    bad = [{"userId": user_id(partner.account), name: "1\0" + "x" * 5000} for name in ("summaryId", "calendarDate")]
    await worked(partner, {"activityFiles": bad, "hrv": bad, "dailies": summaries(theirs, "dailies", *MARCH)})
    (day,) = await partner.ingest.sql("SELECT user_id, resting_heart_rate_bpm FROM wellness_day")
    assert tuple(day) == (other.user_id, 46.0)
    assert await partner.ingest.sql("SELECT 1 FROM pgqueuer WHERE status = 'failed'") == []


async def test_a_disconnection_with_the_data_takes_failed_notifications_of_the_account_too(partner: PartnerUnderTest):
    await partner.connect()
    await worked(partner, {"activityFiles": [{"userId": user_id(partner.account), "activityId": 2}]})
    assert len(await partner.ingest.sql("SELECT 1 FROM webhook_notice")) == 1
    assert (await partner.ingest.call("DELETE", f"{CONNECTION}?data=delete")).status == 204
    async with partner.ingest.worker():
        await partner.worked_off()
    assert await partner.ingest.sql("SELECT 1 FROM webhook_notice") == []


async def test_what_failed_of_a_notification_is_let_go_after_a_month(partner: PartnerUnderTest):
    await partner.connect()
    await worked(partner, {"activityFiles": [{"userId": user_id(partner.account), "activityId": 2}]})
    for days, kept in ((29, 1), (31, 0)):
        await partner.ingest.sql("UPDATE webhook_notice SET came_at = now() - $1 * interval '1 day'", days)
        await worked(partner, {"dailies": [{"userId": str(days), "calendarDate": "2026-03-02"}]})
        assert len(await partner.ingest.sql("SELECT 1 FROM webhook_notice")) == kept
    assert [row["outcome"] for row in await partner.ingest.sql("SELECT outcome FROM ingest_ledger")] == ["failed"]


async def test_a_notification_that_nobody_could_read_is_let_go_after_a_month(partner: PartnerUnderTest):
    filler = {"userId": user_id(partner.account), "samples": ["x" * 1000] * 1100}
    broken = partner.as_json({"dailies": [], "epochs": [filler]})[:-3]
    await worked(partner, broken)
    for days, kept in ((29, 2), (31, 1)):
        await partner.ingest.sql("UPDATE webhook_payload SET worked_at = now() - $1 * interval '1 day'", days)
        await worked(partner, {"dailies": [{"userId": str(days), "calendarDate": "2026-03-02"}]})
        assert len(await partner.ingest.sql("SELECT 1 FROM webhook_payload")) == kept
