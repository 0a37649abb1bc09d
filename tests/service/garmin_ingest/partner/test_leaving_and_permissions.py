"""A runner changes their mind at Garmin: what they end there ends here, and what came before stays theirs."""

from __future__ import annotations

import datetime as dt

from tests.service.garmin_ingest.partner.conftest import PartnerUnderTest
from tests.service.garmin_ingest.partner.test_notices import CONNECTION, MARCH, MONDAY, worked
from tests.support.garmin.partner_summaries import ALL_PERMISSIONS, summaries, user_id
from tests.support.garmin.world import SimulatedDay


async def test_ending_it_at_garmin_removes_link_and_secret_and_keeps_the_runs(partner: PartnerUnderTest):
    await partner.connect()
    run = partner.world.add_run(partner.account)
    await worked(partner, {"activityFiles": [partner.server.announce_file(partner.account, run)]})
    assert await partner.secret() is not None
    await worked(partner, {"deregistrations": [{"userId": user_id(partner.account)}]})
    assert (await partner.ingest.call("GET", CONNECTION)).json["status"] == "not_connected"
    assert await partner.secret() is None
    assert len(await partner.ingest.activities()) == 1


async def test_what_comes_after_the_end_is_dropped(partner: PartnerUnderTest):
    await partner.connect()
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    dailies = summaries(partner.account, "dailies", *MARCH)
    await worked(partner, {"deregistrations": [{"userId": user_id(partner.account)}], "dailies": dailies})
    assert await partner.ingest.sql("SELECT 1 FROM wellness_day") == []


async def test_a_notice_of_the_old_account_does_nothing_to_the_new_one(partner: PartnerUnderTest):
    await partner.connect()
    old = partner.account
    old.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    assert (await partner.push({"dailies": summaries(old, "dailies", *MARCH)})).status == 200
    assert (await partner.push({"deregistrations": [{"userId": user_id(old)}]})).status == 200
    await partner.ingest.call("DELETE", CONNECTION)
    await partner.connect(partner.world.add_account("new@example.com"))
    await worked(partner)
    assert (await partner.ingest.call("GET", CONNECTION)).json["status"] in {"connected", "syncing"}
    assert await partner.ingest.sql("SELECT 1 FROM wellness_day") == []


async def test_a_runner_who_keeps_their_activities_is_told_what_is_missing(partner: PartnerUnderTest):
    await partner.connect()
    change = {"userId": user_id(partner.account), "summaryId": "p1", "permissions": ["HEALTH_EXPORT"]}
    await worked(partner, {"userPermissionsChange": [change]})
    shown = (await partner.ingest.call("GET", CONNECTION)).json
    assert (shown["status"], shown["error"]["code"]) == ("broken", "GARMIN_CONNECT_FAILED")
    assert "activities" in shown["error"]["message"]
    (row,) = await partner.ingest.sql("SELECT permissions FROM garmin_connection")
    assert row["permissions"] == ["HEALTH_EXPORT"]
    again = change | {"permissions": ALL_PERMISSIONS, "changeTimeInSeconds": 1_770_000_000}
    await worked(partner, {"userPermissionsChange": [again]})
    shown = (await partner.ingest.call("GET", CONNECTION)).json
    assert (shown["status"] in {"connected", "syncing"}, shown["error"]) == (True, None)


async def test_a_notification_that_somebody_has_connected_since_is_taken_again(partner: PartnerUnderTest):
    partner.account.days[MONDAY] = SimulatedDay(resting_heart_rate_bpm=46)
    body = {"dailies": summaries(partner.account, "dailies", *MARCH)}
    await worked(partner, body)
    assert await partner.ingest.sql("SELECT 1 FROM wellness_day") == []
    await partner.connect()
    await worked(partner, body)
    (day,) = await partner.ingest.sql("SELECT updated_at FROM wellness_day")
    await worked(partner, body)
    assert await partner.ingest.sql("SELECT updated_at FROM wellness_day") == [day]
    assert day["updated_at"] > dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


async def test_a_disconnection_ends_the_registration_at_garmin(partner: PartnerUnderTest):
    await partner.connect()
    assert (await partner.ingest.call("DELETE", CONNECTION)).status == 204
    assert partner.server.outbox == [{"deregistrations": [{"userId": user_id(partner.account)}]}]
    assert partner.server.refresh == {}
    await partner.deliver()
    await worked(partner)
    assert (await partner.ingest.call("GET", CONNECTION)).json["status"] == "not_connected"


async def test_a_sync_finds_permissions_that_no_notification_told_of(partner: PartnerUnderTest):
    await partner.connect()
    partner.server.permissions[partner.account.garmin_id] = ["HEALTH_EXPORT", "HISTORICAL_DATA_EXPORT"]
    await worked(partner)
    shown = (await partner.ingest.call("GET", CONNECTION)).json
    assert (shown["status"], shown["error"]["code"]) == ("broken", "GARMIN_CONNECT_FAILED")
    assert {kind for kind, _, _ in partner.server.backfills} == {"dailies", "sleeps", "hrv", "bodyComps"}


async def test_tokens_that_end_are_renewed_by_a_sync_and_void_ones_break_the_link(partner: PartnerUnderTest):
    await partner.connect()
    await worked(partner)
    before = await partner.secret()
    await partner.expire_tokens()
    await partner.ingest.call("POST", "/api/v1/garmin/sync", json={})
    await worked(partner)
    after = await partner.secret()
    assert before is not None
    assert after is not None
    assert set(before["tokens"].values()).isdisjoint(after["tokens"].values())
    assert (await partner.ingest.call("GET", CONNECTION)).json["credentialHealth"] == "valid"
    partner.server.void()
    await partner.ingest.sql("UPDATE garmin_connection SET next_sync_at = now(), last_attempt_at = NULL")
    await partner.ingest.sql("UPDATE job SET created_at = created_at - interval '1 hour'")
    await partner.ingest.call("POST", "/api/v1/garmin/sync", json={})
    await worked(partner)
    assert (await partner.ingest.call("GET", CONNECTION)).json["status"] == "broken"
