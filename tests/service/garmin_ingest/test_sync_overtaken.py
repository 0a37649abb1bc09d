"""A sync that a disconnection or a swap of accounts overtakes, at each place where it waits for Garmin."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from tests.service.garmin_ingest.holdings import account_hash, holdings, originals
from tests.service.garmin_ingest.syncing import OVER, Syncing, days_ago
from tests.support.garmin.world import SimulatedAccount
from tests.support.service import a_runner, eventually

DOWNLOAD, NIGHTS, LIST = "/download-service/", "/dailySleepData/", "/activities/search"
NOT_CONNECTED = "GARMIN_NOT_CONNECTED"
_ITEMS_OF_GONE_LINKS = (
    "SELECT FROM job_item JOIN job USING (user_id, job_id) WHERE job.kind = 'sync'"
    " AND connection_id NOT IN (SELECT connection_id FROM garmin_connection)"
)


async def _removed(syncing: Syncing) -> None:
    """Wait until nothing but what is held up at Garmin is left to do."""

    async def is_done() -> bool:
        (row,) = await syncing.sql("SELECT bool_and(state = 'succeeded') AS over FROM job WHERE kind = 'removal'")
        waiting = await syncing.sql("SELECT FROM pgqueuer WHERE entrypoint = 'remove_original'")
        return bool(row["over"]) and not waiting

    await eventually(is_done)


async def _let_run_out(syncing: Syncing) -> None:
    """Until every job is over, with nothing waited for that may be done at once."""

    async def is_over() -> bool:
        await syncing.hurry()
        return not await syncing.sql("SELECT FROM job WHERE NOT state = ANY($1)", list(OVER))

    await eventually(is_over, within_s=20)


@pytest.mark.parametrize("then", ["nobody", "another"])
@pytest.mark.parametrize("where", [LIST, DOWNLOAD, NIGHTS])
async def test_what_garmin_answers_after_a_disconnection_is_not_kept(
    syncing: Syncing, xavier: SimulatedAccount, yvonne: SimulatedAccount, where: str, then: str
):
    answer = syncing.world.misbehave(where, "held")
    await syncing.link(xavier)
    of_xavier = await account_hash(syncing, syncing.runner)
    async with syncing.worker(), syncing.worker():
        await answer.reached.wait()
        await syncing.leave("delete")
        await _removed(syncing)
        if then == "another":
            await syncing.link(yvonne)
        answer.opened.set()
        await _let_run_out(syncing)

    assert await holdings(syncing, syncing.runner, of_xavier) == frozenset()
    assert not originals(syncing, syncing.runner) & _originals_of(xavier)
    assert not await syncing.sql(_ITEMS_OF_GONE_LINKS), "their names are Xavier's"
    expected = {"yvonne 2", "yvonne 3"} if then == "another" else set()
    assert set(await syncing.names()) == expected
    assert {day["restingHeartRateBpm"] for day in await syncing.days()} == ({72.0} if expected else set())


def _originals_of(account: SimulatedAccount) -> set[str]:
    return {hashlib.sha256(run.original).hexdigest() for run in account.activities.values()}


async def test_that_an_activity_has_no_file_is_not_noted_for_an_account_that_is_gone(
    syncing: Syncing, xavier: SimulatedAccount
):
    listed, refused = syncing.world.misbehave(LIST, "held"), syncing.world.misbehave(DOWNLOAD, "held")
    await syncing.link(xavier)
    of_xavier = await account_hash(syncing, syncing.runner)
    async with syncing.worker(), syncing.worker():
        await listed.reached.wait()
        xavier.activities.clear()
        listed.opened.set()
        await refused.reached.wait()
        await syncing.leave("delete")
        await _removed(syncing)
        refused.opened.set()
        await _let_run_out(syncing)

    assert await holdings(syncing, syncing.runner, of_xavier) == frozenset()


async def test_a_sync_that_waited_while_the_account_was_swapped_does_not_work_for_the_new_one(
    syncing: Syncing, xavier: SimulatedAccount, yvonne: SimulatedAccount
):
    await syncing.link(xavier)
    asked = await syncing.ask(days_ago(9).date(), days_ago(1).date())
    (old,) = await syncing.sql("SELECT connection_id FROM garmin_connection")
    await syncing.leave("keep")
    await syncing.link(yvonne)
    async with syncing.worker():
        await syncing.over()

    waited = await syncing.job(asked)
    assert (waited["state"], waited["error"]["code"]) == ("failed", NOT_CONNECTED)
    items = "SELECT FROM job_item JOIN job USING (user_id, job_id) WHERE connection_id = $1"
    assert await syncing.sql(items, old["connection_id"]) == []


async def test_tokens_of_another_account_that_were_written_too_late_are_not_used(
    syncing: Syncing, xavier: SimulatedAccount, yvonne: SimulatedAccount
):
    """A write to the secret store may land after its sender has given it up and the runner has connected otherwise."""
    ben = a_runner()
    await syncing.link(xavier)
    await syncing.link(yvonne, caller=ben)
    of_ben = await syncing.secrets.read(f"garmin/users/{ben.user_id}")
    assert of_ben is not None
    late = {**of_ben, "connectionId": str(uuid.uuid4())}
    await syncing.secrets.write(f"garmin/users/{syncing.runner.user_id}", late)

    async with syncing.worker():
        # Not hurried: the reconciliation that is queued for later would tidy up first.
        await syncing.over()
        await syncing.over(caller=ben)

    assert await syncing.names() == []
    assert await syncing.days() == []
    assert (await syncing.health())["status"] == "broken"
    assert sorted(await syncing.names(caller=ben)) == ["yvonne 2", "yvonne 3"]
