"""What must be true of everything stored and shown, wherever a walk of two runners has come to."""

from __future__ import annotations

import hashlib

from tests.service.garmin_ingest.holdings import holdings, originals
from tests.service.garmin_ingest.syncing import Syncing, days_ago
from tests.service.garmin_ingest.two_runners import LATITUDE, RESTING, Runner, TwoRunners
from tests.support.garmin.serving import NONSENSE

# Everything that names something of an account, be it forgotten or not.
_HEARD_OF = (
    "SELECT source_id FROM activity_source WHERE user_id = $1"
    " UNION SELECT source_id FROM activity WHERE user_id = $1"
    " UNION SELECT source_id FROM remote_activity WHERE user_id = $1"
    " UNION SELECT source_id FROM ingest_ledger WHERE user_id = $1"
    " UNION SELECT source_id FROM job_item WHERE user_id = $1"
)
# But for the nonsense that Garmin may give instead of a recording: the ledger alone may say that it was no file.
_CONTENTS = (
    "SELECT encode(content_sha256, 'hex') AS sha256 FROM activity_source WHERE user_id = $1"
    " UNION SELECT encode(content_sha256, 'hex') FROM ingest_ledger WHERE user_id = $1 AND NOT (content_sha256 = $2"
    " AND outcome = 'failed' AND decoder IS NULL AND cardinality(activity_ids) = 0 AND NOT original_kept)"
)
_OF_ACCOUNT = (
    "SELECT source_id FROM activity_source WHERE user_id = $1 AND account_hash = $2"
    " UNION SELECT source_id FROM remote_activity WHERE user_id = $1 AND account_hash = $2"
)
_ITEMS = (
    "SELECT connection_id, source_id FROM job_item JOIN job USING (user_id, job_id)"
    " WHERE user_id = $1 AND job.kind = 'sync' AND source_id IS NOT NULL"
)


async def check_seen(walk: TwoRunners, runner: Runner) -> None:
    """Also while everything is under way."""
    names = await walk.syncing.names(caller=runner.caller)
    assert {name.split()[0] for name in names} <= runner.may_have, (names, runner)
    heard = {name for known in runner.known.values() for name in known.names}
    assert set(names) <= heard, (names, runner)
    for day in await walk.syncing.days(f"?from={days_ago(15).date()}", caller=runner.caller):
        figures = (day["restingHeartRateBpm"], day["weightKg"])
        whose = {name for name in RESTING if figures == (RESTING[name], RESTING[name])}
        assert whose, f"a day of nobody: {day}"
        assert whose <= runner.may_have, (day, runner)
    health = await walk.syncing.health(caller=runner.caller)
    assert (health["accountName"] or "")[:1] == (runner.linked or "")[:1]
    assert (health["status"] == "not_connected") == (runner.linked is None), health


async def check_all(walk: TwoRunners) -> None:
    """When all has run out."""
    for runner in walk.runners:
        await check_seen(walk, runner)
        await _check_accounts(walk, runner)
        await _check_heard_of(walk.syncing, runner)
        await _check_jobs(walk.syncing, runner)
        await _check_secret(walk, runner)
        await _check_positions(walk.syncing, runner)


async def _check_accounts(walk: TwoRunners, runner: Runner) -> None:
    for name, account in walk.hash_of.items():
        found = await holdings(walk.syncing, runner.caller, account)
        if name not in runner.may_have:
            assert not found, (name, found, runner)
        if name in runner.kept:
            assert found == runner.kept[name], (name, found ^ runner.kept[name])
        rows = await walk.syncing.sql(_OF_ACCOUNT, runner.caller.user_id, account)
        known = runner.known[name].ids if name in runner.known else set()
        assert {row["source_id"] for row in rows} - {None} <= known, (name, runner)
    contents = {sha256 for name in runner.may_have for sha256 in runner.known[name].contents}
    assert originals(walk.syncing, runner.caller) <= contents, runner


async def _check_heard_of(syncing: Syncing, runner: Runner) -> None:
    rows = await syncing.sql(_HEARD_OF, runner.caller.user_id)
    ids = {one for known in runner.known.values() for one in known.ids}
    assert {row["source_id"] for row in rows} - {None} <= ids, runner
    rows = await syncing.sql(_CONTENTS, runner.caller.user_id, hashlib.sha256(NONSENSE).digest())
    contents = {one for known in runner.known.values() for one in known.contents}
    unheard_of = {row["sha256"] for row in rows} - contents
    assert not unheard_of, (unheard_of, runner)


async def _check_jobs(syncing: Syncing, runner: Runner) -> None:
    """A job works for the connection that it was made for."""
    for row in await syncing.sql(_ITEMS, runner.caller.user_id):
        assert row["source_id"] in runner.known[runner.links[row["connection_id"]]].ids, runner
    heard = {name for known in runner.known.values() for name in known.names | known.ids | known.days}
    listed = await syncing.jobs(caller=runner.caller)
    for job in listed:
        if job["kind"] == "sync":
            shown = {item["fileName"] for item in (await syncing.job(job["id"], caller=runner.caller))["items"]}
            assert shown <= heard, (shown - heard, runner)
    assert bool(listed) == bool(runner.links)


async def _check_secret(walk: TwoRunners, runner: Runner) -> None:
    secret = await walk.syncing.secrets.read(f"garmin/users/{runner.caller.user_id}")
    if runner.linked is None:
        assert secret is None, "a secret that no link names"
    elif secret is not None:
        account = walk.accounts[runner.linked]
        assert secret["garminId"] == str(account.garmin_id)
        owner = walk.syncing.connect.tokens.owner(secret["tokens"]["di_token"])
        assert owner is None or owner is account


async def _check_positions(syncing: Syncing, runner: Runner) -> None:
    """The latitude says whose file a recording was read from."""
    for activity in await syncing.activities(caller=runner.caller):
        answer = await syncing.call(
            "GET", f"/api/v1/activities/{activity['id']}/streams?keys=latitude", caller=runner.caller
        )
        latitude = answer.json["streams"]["latitude"][0]
        assert round(latitude) == LATITUDE[activity["name"].split()[0]], (activity, latitude)


async def missing(walk: TwoRunners) -> dict[str, set[str]]:
    """By account, what a last sync should have left its runner with and did not, or should not have and did."""
    found: dict[str, set[str]] = {}
    for runner in walk.runners[:3]:
        assert runner.linked is not None
        rows = await walk.syncing.sql(
            "SELECT source_id FROM remote_activity WHERE user_id = $1 AND account_hash = $2 AND state <> 'imported'",
            runner.caller.user_id, walk.hash_of[runner.linked],
        )  # fmt: skip
        given_up = {row["source_id"] for row in rows}
        runs = walk.accounts[runner.linked].activities.values()
        expected = {run.name for run in runs if str(run.activity_id) not in given_up}
        assert expected, "a walk that brings nothing shows nothing"
        names = await walk.syncing.names(caller=runner.caller)
        if odd := {name for name in names if name.startswith(runner.linked)} ^ expected:
            found[runner.linked] = odd
    return found
