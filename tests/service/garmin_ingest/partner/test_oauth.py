"""Connecting over Garmin's own page: out with a state, back with a code, and every way in which that can go wrong."""

from __future__ import annotations

import asyncio

from yarl import URL

from tests.service.garmin_ingest.partner.conftest import CALLBACK, PartnerUnderTest
from tests.support.garmin.world import SimulatedAccount
from tests.support.service import a_runner

CONNECTION = "/api/v1/garmin/connection"


async def test_a_runner_goes_to_garmins_page_and_comes_back_connected(partner: PartnerUnderTest):
    answer = await partner.connect()
    assert answer.status == 200, answer.body
    shown = (await partner.ingest.call("GET", CONNECTION)).json
    assert (shown["status"], shown["source"]) in {("connected", "officialPartner"), ("syncing", "officialPartner")}
    assert shown["keyExpiresAt"] is not None
    (row,) = await partner.ingest.sql("SELECT user_id, permissions, zone FROM garmin_connection")
    assert row["user_id"] == partner.ingest.runner.user_id
    assert row["permissions"] == ["ACTIVITY_EXPORT", "HEALTH_EXPORT", "HISTORICAL_DATA_EXPORT"]
    assert row["zone"] == "Europe/Berlin"
    assert await partner.ingest.sql("SELECT 1 FROM garmin_oauth_state") == []


async def test_who_follows_the_way_back_of_somebody_else_gives_them_nothing(partner: PartnerUnderTest):
    """A runner who sends the address of Garmin's page to a friend would get the friend's account otherwise."""
    code, state = partner.server.consent(await partner.leave(), partner.account)
    answer = await partner.return_with({"code": code, "state": state}, a_runner())
    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    nobody = await partner.as_anybody("GET", f"{CALLBACK}?code={code}&state={state}")
    assert nobody.status == 401
    assert await partner.ingest.sql("SELECT 1 FROM garmin_connection") == []


async def test_a_state_works_once_also_when_it_comes_twice_at_the_same_time(partner: PartnerUnderTest):
    code, state = partner.server.consent(await partner.leave(), partner.account)
    answers = await asyncio.gather(*(partner.return_with({"code": code, "state": state}) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [200, 422, 422, 422, 422]
    assert {answer.code for answer in answers if answer.status == 422} == {"GARMIN_CONNECT_FAILED"}


async def test_a_state_that_is_unknown_or_too_old_connects_nobody(partner: PartnerUnderTest):
    code, state = partner.server.consent(await partner.leave(), partner.account)
    await partner.ingest.sql("UPDATE garmin_oauth_state SET expires_at = now()")
    for wrong in (state, "", "x" * 43, state.swapcase(), "\x00"):
        answer = await partner.return_with({"code": code, "state": wrong})
        assert answer.code in {"GARMIN_CONNECT_FAILED", "VALIDATION_ERROR"}, answer.body
    assert await partner.ingest.sql("SELECT 1 FROM garmin_connection") == []


async def test_a_runner_who_does_not_agree_is_told_so(partner: PartnerUnderTest):
    _, state = partner.server.consent(await partner.leave(), partner.account)
    answer = await partner.return_with({"error": "access_denied", "state": state})
    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    assert await partner.ingest.sql("SELECT 1 FROM garmin_oauth_state") == []


async def test_the_connection_is_of_whoever_left_with_the_state(partner: PartnerUnderTest):
    other, theirs = a_runner(), partner.world.add_account("other@example.com")
    mine_url, their_url = await partner.leave(), await partner.leave(other)
    assert URL(mine_url).query["state"] != URL(their_url).query["state"]
    assert URL(mine_url).query["code_challenge"] != URL(their_url).query["code_challenge"]
    for url, account, caller in ((their_url, theirs, other), (mine_url, partner.account, None)):
        code, state = partner.server.consent(url, account)
        assert (await partner.return_with({"code": code, "state": state}, caller)).status == 200
    rows = await partner.ingest.sql("SELECT user_id FROM garmin_connection ORDER BY connected_at")
    assert [row["user_id"] for row in rows] == [other.user_id, partner.ingest.runner.user_id]


async def test_a_code_of_another_round_trip_is_refused(partner: PartnerUnderTest):
    """Somebody slips a code of their own account under a runner's state: the verifier does not fit."""
    stranger: SimulatedAccount = partner.world.add_account("stranger@example.com")
    _, state = partner.server.consent(await partner.leave(), partner.account)
    foreign_code, _ = partner.server.consent(await partner.leave(a_runner()), stranger)
    answer = await partner.return_with({"code": foreign_code, "state": state})
    assert (answer.status, answer.code) == (422, "GARMIN_CONNECT_FAILED")
    assert await partner.ingest.sql("SELECT 1 FROM garmin_connection") == []


async def test_a_garmin_account_is_one_runners(partner: PartnerUnderTest):
    assert (await partner.connect()).status == 200
    second = await partner.connect(caller=a_runner())
    assert (second.status, second.code) == (409, "CONFLICT")
    assert len(await partner.ingest.sql("SELECT 1 FROM garmin_connection")) == 1


async def test_garmin_being_down_on_the_way_back_says_so(partner: PartnerUnderTest):
    code, state = partner.server.consent(await partner.leave(), partner.account)
    partner.world.misbehave("/oauth/token", "status", status=503)
    answer = await partner.return_with({"code": code, "state": state})
    assert (answer.status, answer.code) == (503, "GARMIN_UNAVAILABLE")


async def test_neither_state_nor_verifier_is_readable_at_rest(partner: PartnerUnderTest):
    query = URL(await partner.leave()).query
    (row,) = await partner.ingest.sql("SELECT state_hash, verifier_sealed FROM garmin_oauth_state")
    assert query["state"].encode() not in row["state_hash"] + row["verifier_sealed"]
    assert len(row["verifier_sealed"]) > 86
