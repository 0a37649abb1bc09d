"""Accounts and runners kept apart: what belongs to one is neither shown, nor taken away, nor believed for another."""

from __future__ import annotations

import asyncio

from tests.service.garmin_ingest.holdings import account_hash, holdings
from tests.service.garmin_ingest.linking import Linked
from tests.service.garmin_ingest.syncing import Syncing, days_ago
from tests.support.garmin.world import SimulatedAccount
from tests.support.service import a_runner, eventually

CONNECTION = "/api/v1/garmin/connection"
DOWNLOAD = "/download-service/"


async def test_what_is_kept_of_one_account_outlasts_syncs_and_removal_of_the_next(
    syncing: Syncing, xavier: SimulatedAccount, yvonne: SimulatedAccount
):
    async with syncing.worker():
        await syncing.link(xavier)
        of_xavier = await account_hash(syncing, syncing.runner)
        await syncing.over()
        await syncing.leave("keep")
        kept = await holdings(syncing, syncing.runner, of_xavier)
        assert {what for what, _ in kept} == {"activity", "listed", "day"}

        await syncing.link(yvonne)
        await syncing.over()
        assert await holdings(syncing, syncing.runner, of_xavier) == kept

        await syncing.leave("delete")
        await syncing.over()
    assert await holdings(syncing, syncing.runner, of_xavier) == kept
    assert sorted(await syncing.names()) == ["xavier 2", "xavier 3"]


async def test_the_removal_of_one_runners_data_leaves_that_of_another_from_the_same_account(
    syncing: Syncing, xavier: SimulatedAccount
):
    anna, ben = syncing.runner, a_runner()
    async with syncing.worker():
        await syncing.link(xavier, caller=anna)
        of_xavier = await account_hash(syncing, anna)
        await syncing.over(caller=anna)
        await syncing.leave("keep", caller=anna)
        kept = await holdings(syncing, anna, of_xavier)
        await syncing.link(xavier, caller=ben)
        await syncing.over(caller=ben)
        assert len(await syncing.names(caller=ben)) == 2

        await syncing.leave("delete", caller=ben)
        await syncing.over(caller=ben)

    assert await holdings(syncing, ben, of_xavier) == frozenset()
    assert await holdings(syncing, anna, of_xavier) == kept


async def test_an_id_that_one_account_was_seen_to_have_is_new_in_another(
    syncing: Syncing, xavier: SimulatedAccount, yvonne: SimulatedAccount
):
    """Garmin's ids are its own word, and the same account has another hash on another road."""
    shared = next(iter(xavier.activities.values()))
    yvonne.activities = {shared.activity_id: shared}
    async with syncing.worker():
        await syncing.link(xavier)
        await syncing.over()
        await syncing.leave("keep")
        asked = syncing.world.asked(f"{DOWNLOAD}files/activity/{shared.activity_id}")
        await syncing.link(yvonne)
        of_yvonne = await account_hash(syncing, syncing.runner)
        await syncing.over()

    assert syncing.world.asked(f"{DOWNLOAD}files/activity/{shared.activity_id}") == asked + 1
    assert ("listed", f"{shared.activity_id} imported") in await holdings(syncing, syncing.runner, of_yvonne)


async def test_two_runners_at_once_cannot_both_have_an_account(syncing: Syncing, xavier: SimulatedAccount):
    callers = [a_runner() for _ in range(4)]
    body = {"kind": "credentials", "username": xavier.username, "password": xavier.password}
    answers = await asyncio.gather(*(syncing.call("POST", CONNECTION, caller=one, json=body) for one in callers))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    async with syncing.worker():
        for caller, answer in zip(callers, answers, strict=True):
            if answer.status == 201:
                await syncing.over(caller=caller)
    held = [len(await syncing.names(caller=caller)) for caller in callers]
    assert sorted(held) == [0, 0, 0, 2]


async def test_a_stranger_sees_nothing_by_list_or_by_id(
    syncing: Syncing, xavier: SimulatedAccount, yvonne: SimulatedAccount
):
    anna, ben, stranger = syncing.runner, a_runner(), a_runner()
    async with syncing.worker():
        for caller, account in ((anna, xavier), (ben, yvonne)):
            await syncing.link(account, caller=caller)
            await syncing.over(caller=caller)
    addresses = ["/api/v1/activities", "/api/v1/jobs", f"/api/v1/wellness?from={days_ago(9).date()}"]
    for caller, bpm, name in ((anna, 41, "xavier"), (ben, 72, "yvonne")):
        assert {day["restingHeartRateBpm"] for day in await syncing.days(caller=caller)} == {bpm}
        assert {one.split()[0] for one in await syncing.names(caller=caller)} == {name}
        assert len(await syncing.jobs(caller=caller)) == 1
        (activity, *_), (job,) = await syncing.activities(caller=caller), await syncing.jobs(caller=caller)
        there = f"/api/v1/activities/{activity['id']}"
        addresses = [*addresses, there, f"{there}/streams", f"{there}/original", f"/api/v1/jobs/{job['id']}"]
    for address in addresses:
        answer = await syncing.call("GET", address, caller=stranger)
        assert answer.status == 404 or answer.json["items"] == [], (address, answer.body)
        assert (await syncing.call("GET", address, caller=anna)).status in {200, 404}
    assert (await syncing.health(caller=stranger))["status"] == "not_connected"
    assert (await syncing.call("POST", "/api/v1/garmin/sync", caller=stranger, json={})).status == 409
    assert (await syncing.call("DELETE", CONNECTION, caller=stranger)).status in {204, 409}
    assert (await syncing.health(caller=anna))["status"] == "connected"


async def test_two_log_ins_of_a_runner_to_two_accounts_at_once_end_with_one_of_them(linked: Linked):
    """Both have been let in by Garmin before either is written, and the first waits for the secret store."""
    for name in ("xavier@example.com", "yvonne@example.com"):
        linked.garmin.web.add(name)
    linked.garmin.web.hang()
    assert linked.garmin.web.held is not None
    both = [asyncio.create_task(linked.connect(name)) for name in linked.garmin.web.accounts]

    async def both_are_at_garmin() -> bool:
        return linked.garmin.web.log_ins == 2

    await eventually(both_are_at_garmin)
    linked.safe.relay.hang()
    linked.garmin.web.held.set()

    async def one_waits_for_the_other() -> bool:
        return bool(
            await linked.sql(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    await eventually(one_waits_for_the_other)
    await linked.safe.relay.recover()
    answers = await asyncio.gather(*both)

    assert sorted(answer.status for answer in answers) == [201, 409]
    (let_in,) = (answer for answer in answers if answer.status == 201)
    health, secret = await linked.health(), await linked.secret()
    assert secret is not None
    assert health["accountName"] == let_in.json["accountName"]
    assert secret["connectionId"] == str(await linked.connection_id())
    assert f" of {health['accountName'][0]}" in secret["tokens"]["access"]
