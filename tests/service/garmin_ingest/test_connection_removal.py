"""Letting go of a Garmin account with or without what it brought, and coming back."""

from __future__ import annotations

import hashlib

from tests.service.garmin_ingest.syncing import Syncing, days_ago
from tests.support.builders import build_fit
from tests.support.builders_damage import truncated
from tests.support.garmin.world import SimulatedDay
from tests.support.service import a_runner, eventually

CONNECTION = "/api/v1/garmin/connection"


async def _disconnect(syncing: Syncing, data: str, *, caller=None) -> None:
    answer = await syncing.call("DELETE", f"{CONNECTION}?data={data}", caller=caller)
    assert answer.status == 204, answer.body


async def test_deleting_takes_what_came_over_the_account_alone_with_days_list_and_originals(syncing: Syncing):
    account = syncing.account()
    first, second = syncing.run(account, ago=3, name="Only there"), syncing.run(account, ago=2, name="Here as well")
    account.days[days_ago(2).date()] = SimulatedDay(27_000, 80, 45, 50, 62_000.0)
    by_hand = await syncing.import_one(build_fit(start=days_ago(9), duration_s=130))
    await syncing.import_one(second.original)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
        assert len(await syncing.activities()) == 3
        assert len(await syncing.days()) == 1

        await _disconnect(syncing, "delete")
        job = await syncing.over()

        assert (job["kind"], job["state"]) == ("removal", "succeeded")
        assert job["progress"] == {"done": 1, "total": 1}
        (item,) = job["items"]
        assert (item["status"], item["fileName"]) == ("removed", days_ago(3).date().isoformat())
        kept = await syncing.activities()
        assert {activity["startTime"][:10] for activity in kept} == {
            days_ago(9).date().isoformat(), days_ago(2).date().isoformat(),
        }  # fmt: skip
        assert by_hand["activityId"] in {activity["id"] for activity in kept}
        assert await syncing.days() == []
        assert await syncing.sql("SELECT 1 FROM remote_activity") == []
        assert [one["kind"] for one in await syncing.jobs()] == ["removal"]  # a sync has the names of what it brought
        (gone,) = await syncing.sql("SELECT deleted_by FROM activity WHERE deleted_at IS NOT NULL")
        assert gone["deleted_by"] == "disconnection"

        async def originals_are_gone() -> bool:
            return len([name for name in syncing.stored_files() if "/incoming/" not in name]) == 2

        await eventually(originals_are_gone)
    assert "activity.deleted" in await syncing.events()
    assert first.original != second.original


async def test_deleting_takes_originals_that_could_not_be_read_too_but_none_that_came_by_hand(syncing: Syncing):
    account = syncing.account()
    torn, other = (syncing.run(account, ago=age, name=f"Torn {age}") for age in (3, 4))
    torn.original, other.original = truncated(torn.original, 0.02), truncated(other.original, 0.03)
    await syncing.import_one(other.original)
    await syncing.link(account)
    async with syncing.worker():
        assert {item["status"] for item in (await syncing.over())["items"]} == {"failed"}
        assert len(syncing.stored_files()) == 2

        await _disconnect(syncing, "delete")
        await syncing.over()

        async def only_what_came_by_hand_is_left() -> bool:
            kept = hashlib.sha256(other.original).hexdigest()
            return [name.rsplit("/", 1)[-1] for name in syncing.stored_files()] == [kept]

        await eventually(only_what_came_by_hand_is_left)


async def test_keeping_takes_nothing_and_the_same_account_goes_on_where_it_was(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=3)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
        before = await syncing.activities()

        await _disconnect(syncing, "keep")
        assert await syncing.activities() == before
        syncing.run(account, ago=1, name="Since then")
        await syncing.link(account)
        await syncing.over()

    assert {activity["id"] for activity in before} < {activity["id"] for activity in await syncing.activities()}
    assert len(await syncing.activities()) == 2


async def test_the_same_account_connected_again_brings_back_what_its_removal_took(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=3)
    account.days[days_ago(3).date()] = SimulatedDay(27_000, 80, 45, 50, 62_000.0)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
        before = {activity["id"] for activity in await syncing.activities()}
        await _disconnect(syncing, "delete")
        await syncing.over()
        assert await syncing.activities() == []

        await syncing.link(account)
        await syncing.over()

    assert {activity["id"] for activity in await syncing.activities()} == before
    assert len(await syncing.days()) == 1


async def test_connecting_again_before_the_removal_was_done_ends_with_everything_here(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=3)
    syncing.run(account, ago=2, name="Second")
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    await _disconnect(syncing, "delete")
    await syncing.link(account)

    async with syncing.worker():
        await syncing.over(in_haste=True)

    assert sorted(await syncing.names()) == ["Morning Run", "Second"]
    states = [job["state"] for job in await syncing.jobs()]
    assert set(states) == {"succeeded"}


async def test_two_accounts_one_after_the_other_never_mix(syncing: Syncing):
    first, second = syncing.account("first@example.com"), syncing.account("second@example.com")
    syncing.run(first, ago=3, name="Of the first")
    syncing.run(second, ago=5, name="Of the second")
    for account, age in ((first, 3), (second, 5)):
        account.days[days_ago(age).date()] = SimulatedDay(27_000, 80, 45, 50, 62_000.0)
    await syncing.link(first)
    async with syncing.worker():
        await syncing.over()
        await _disconnect(syncing, "keep")
        await syncing.link(second)
        await syncing.over()
        assert sorted(await syncing.names()) == ["Of the first", "Of the second"]

        await _disconnect(syncing, "delete")
        await syncing.over()

    assert await syncing.names() == ["Of the first"]
    assert [day["date"] for day in await syncing.days()] == [days_ago(3).date().isoformat()]


async def test_swapped_accounts_bring_each_runner_what_is_in_the_one_they_have_now(syncing: Syncing):
    one, other = syncing.account("one@example.com"), syncing.account("other@example.com")
    syncing.run(one, ago=3, name="Of one")
    syncing.run(other, ago=4, name="Of the other")
    anna, ben = syncing.runner, a_runner()
    async with syncing.worker():
        await syncing.link(one, caller=anna)
        await syncing.link(other, caller=ben)
        for caller in (anna, ben):
            await syncing.over(caller=caller)
        for caller in (anna, ben):
            await _disconnect(syncing, "delete", caller=caller)
            await syncing.over(caller=caller)
        await syncing.link(other, caller=anna)
        await syncing.link(one, caller=ben)
        for caller in (anna, ben):
            await syncing.over(caller=caller)

    assert await syncing.names(caller=anna) == ["Of the other"]
    assert await syncing.names(caller=ben) == ["Of one"]


async def test_an_interrupted_removal_goes_on_and_a_file_uploaded_meanwhile_stays(syncing: Syncing):
    account = syncing.account()
    runs = [syncing.run(account, ago=age) for age in (3, 4)]
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    await _disconnect(syncing, "delete")
    await syncing.import_one(runs[0].original)

    async with syncing.worker():
        await syncing.over()

    (kept,) = await syncing.activities()
    assert kept["startTime"][:10] == days_ago(3).date().isoformat()
