"""What goes wrong between here and Garmin: what is tried again, what waits, what needs the runner."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.service.garmin_ingest.syncing import Syncing, outcomes
from tests.support.service import a_runner, eventually

LIST, DOWNLOAD, TOKEN = "/activities/search", "/download-service/", "/di-oauth2-service/"


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


async def _waits(syncing: Syncing) -> dict:
    """The job once it has been put off."""

    async def is_put_off() -> bool:
        return (await syncing.jobs())[0]["nextRetryAt"] is not None

    async with syncing.worker():
        await eventually(is_put_off)
    return (await syncing.jobs())[0]


async def test_garmins_wait_is_kept_to_the_second_seen_everywhere_and_nothing_is_asked_meanwhile(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=1)
    syncing.world.misbehave(LIST, "status", status=429, headers={"Retry-After": "1800"})
    await syncing.link(account)
    job = await _waits(syncing)
    health = await syncing.health()
    assert (job["state"], health["status"], health["error"]["code"]) == (
        "queued",
        "cooling_down",
        "GARMIN_RATE_LIMITED",
    )
    wait = _moment(health["cooldownUntil"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(minutes=29) < wait <= dt.timedelta(minutes=30)
    assert abs(_moment(job["nextRetryAt"]) - _moment(health["cooldownUntil"])) < dt.timedelta(seconds=5)
    assert health["nextSyncAt"] == job["nextRetryAt"]
    refused = await syncing.call("POST", "/api/v1/garmin/sync", json={})
    assert (refused.status, refused.code) == (503, "GARMIN_RATE_LIMITED")
    assert 1700 < int(refused.headers["Retry-After"]) <= 1800
    asked = len(syncing.world.log)
    await syncing.hurry()  # a try too early, as after a clock was set
    await _waits(syncing)
    assert len(syncing.world.log) == asked


async def test_where_garmin_names_no_wait_it_doubles_and_ends_with_success(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=1, name="At last")
    syncing.world.misbehave(LIST, "status", status=429, times=2)
    await syncing.link(account)
    waits = []
    for _ in range(2):
        job = await _waits(syncing)
        waits.append((_moment(job["nextRetryAt"]) - dt.datetime.now(dt.UTC)).total_seconds() / 60)
        # As if that time had passed.
        await syncing.sql(
            "UPDATE garmin_connection SET cooldown_until = cooldown_until - $1::interval, last_attempt_at ="
            " last_attempt_at - $1::interval", dt.timedelta(minutes=waits[-1]),
        )  # fmt: skip
        await syncing.sql("DELETE FROM garmin_cooldown")
        await syncing.hurry()
    assert waits == [pytest.approx(15, abs=0.5), pytest.approx(30, abs=1)]
    async with syncing.worker():
        job = await syncing.over()
    assert outcomes(job) == {"At last": "imported"}
    assert (await syncing.health())["cooldownUntil"] is None


async def test_an_outage_in_the_middle_is_tried_again_and_what_was_done_stays_done(syncing: Syncing):
    account = syncing.account()
    for ago in range(1, 7):
        syncing.run(account, ago=ago, name=f"Run {ago}")
    newest = max(account.activities.values(), key=lambda run: run.run.start)
    outage = syncing.world.misbehave(DOWNLOAD, "status", status=503, times=None)
    outage.matches = lambda _, path: DOWNLOAD in path and str(newest.activity_id) not in path
    await syncing.link(account)
    job = await _waits_or_waited(syncing)
    assert outcomes(job) == {"Run 1": "imported"}
    health = await syncing.health()
    assert (health["status"], health["error"]["code"]) == ("connected", "GARMIN_UNAVAILABLE"), (
        "nothing is being fetched"
    )
    assert _moment(health["nextSyncAt"]) < dt.datetime.now(dt.UTC) + dt.timedelta(seconds=31)
    outage.times = 0
    await syncing.hurry()
    async with syncing.worker():
        job = await syncing.over()
    assert (job["state"], set(outcomes(job).values())) == ("succeeded", {"imported"})
    assert syncing.world.asked(f"{DOWNLOAD}files/activity/{newest.activity_id}") == 1
    assert (await syncing.health())["error"] is None


async def _waits_or_waited(syncing: Syncing) -> dict:
    """The job after a failed try, however short its pause."""

    async def has_failed() -> bool:
        return bool(await syncing.sql("SELECT FROM pgqueuer WHERE entrypoint = 'sync_garmin' AND attempts > 0"))

    async with syncing.worker():
        await eventually(has_failed)
    return (await syncing.jobs())[0]


@pytest.mark.parametrize("kind", ["html", "garbage", "cut"])
async def test_nonsense_instead_of_a_list_deletes_nothing(syncing: Syncing, kind: str):
    account = syncing.account()
    syncing.run(account, ago=1)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    syncing.world.misbehave(LIST, kind)
    await syncing.sql("UPDATE garmin_connection SET next_sync_at = now()")
    await _waits_or_waited(syncing)
    assert len(await syncing.activities()) == 1


@pytest.mark.parametrize("kind", ["html", "garbage", "cut"])
async def test_nonsense_instead_of_a_run_costs_that_run_this_sync_and_no_more(syncing: Syncing, kind: str):
    account = syncing.account()
    syncing.run(account, ago=1, name="Whole")
    torn = syncing.run(account, ago=2, name="Torn")
    syncing.world.misbehave(str(torn.activity_id), kind)
    await syncing.link(account)
    async with syncing.worker():
        job = await syncing.over()
    assert outcomes(job) == {"Whole": "imported", "Torn": "failed"}
    assert outcomes(await syncing.sync_again()) == {"Torn": "imported"}


async def test_tokens_that_end_early_are_renewed_once_and_tokens_that_are_due_before_they_end(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=1)
    await syncing.link(account)
    syncing.connect.tokens.void_access(account)
    async with syncing.worker():
        assert (await syncing.over())["state"] == "succeeded"
    assert syncing.world.asked(TOKEN) == 2
    await syncing.sql("DELETE FROM garmin_log_in")
    await _expire_tokens(syncing)
    assert (await syncing.sync_again())["state"] == "succeeded"
    assert syncing.world.asked(TOKEN) == 3
    assert _moment((await syncing.health())["tokenExpiresAt"]) > dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)


async def _expire_tokens(syncing: Syncing) -> None:
    store = syncing.secrets
    path = f"garmin/users/{syncing.runner.user_id}"
    values = dict(await store.read(path) or {})
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    await store.write(path, values | {"expiresAt": soon.isoformat()})


async def test_a_second_renewal_within_a_quarter_of_an_hour_waits(syncing: Syncing):
    account = syncing.account()
    await syncing.link(account)
    for _ in range(2):
        syncing.connect.tokens.void_access(account)
        await syncing.sql("UPDATE garmin_connection SET next_sync_at = now()")
        async with syncing.worker():
            await eventually(lambda: _is_done_or_waits(syncing))
    job = (await syncing.jobs())[0]
    assert syncing.world.asked(TOKEN) == 2
    assert (_moment(job["nextRetryAt"]) - dt.datetime.now(dt.UTC)).total_seconds() > 600


async def _is_done_or_waits(syncing: Syncing) -> bool:
    due = await syncing.sql("SELECT FROM garmin_connection WHERE next_sync_at <= now()")
    jobs = await syncing.jobs()
    return not due and all(job["state"] == "succeeded" or job["nextRetryAt"] is not None for job in jobs)


async def test_tokens_that_garmin_refuses_for_good_break_the_link_until_the_runner_connects_again(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=1)
    await syncing.link(account)
    syncing.connect.tokens.void(account)
    async with syncing.worker():
        job = await syncing.over()
    assert (job["state"], job["error"]["code"]) == ("failed", "GARMIN_CONNECT_FAILED")
    health = await syncing.health()
    assert (health["status"], health["nextSyncAt"], health["error"]) == ("broken", None, job["error"])
    refused = await syncing.call("POST", "/api/v1/garmin/sync", json={})
    assert (refused.status, refused.code) == (422, "GARMIN_CONNECT_FAILED")
    await syncing.link(account)
    async with syncing.worker():
        assert (await syncing.over())["state"] == "succeeded"
    assert len(await syncing.activities()) == 1


async def test_the_secret_of_another_connection_is_never_used(syncing: Syncing):
    mine, theirs = syncing.account("a@example.com"), syncing.account("b@example.com")
    other = a_runner()
    syncing.run(theirs, ago=1, name="Theirs")
    await syncing.link(mine)
    await syncing.link(theirs, caller=other)
    foreign = await syncing.secrets.read(f"garmin/users/{other.user_id}")
    assert foreign is not None
    await syncing.secrets.write(f"garmin/users/{syncing.runner.user_id}", dict(foreign))
    async with syncing.worker():
        job = await syncing.over()
    assert (job["state"], job["error"]["code"]) == ("failed", "GARMIN_CONNECT_FAILED")
    assert await syncing.names() == []


async def test_a_job_of_a_connection_that_is_gone_does_nothing_and_says_so(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=1)
    await syncing.link(account)
    assert (await syncing.call("DELETE", "/api/v1/garmin/connection")).status == 204
    asked = len(syncing.world.log)
    async with syncing.worker():
        job = await syncing.over()
    assert (job["state"], job["error"]["code"]) == ("failed", "GARMIN_NOT_CONNECTED")
    assert syncing.world.log[asked:] == []
    assert (await syncing.call("POST", "/api/v1/garmin/sync", json={})).code == "GARMIN_NOT_CONNECTED"


async def test_disconnecting_in_the_middle_of_a_sync_lets_nothing_in_afterwards(syncing: Syncing):
    account = syncing.account()
    for ago in (1, 2, 3):
        syncing.run(account, ago=ago)
    syncing.world.misbehave(DOWNLOAD, "slow", seconds=1.0, times=None)
    await syncing.link(account)
    async with syncing.worker():

        async def is_downloading() -> bool:
            return syncing.world.asked(DOWNLOAD) > 0

        await eventually(is_downloading)
        assert (await syncing.call("DELETE", "/api/v1/garmin/connection")).status == 204
        here = await syncing.names()
        job = await syncing.over()
    assert (job["state"], job["error"]["code"]) == ("failed", "GARMIN_NOT_CONNECTED")
    assert await syncing.names() == here
    assert len(here) < 3
    assert len(await syncing.sql("SELECT FROM remote_activity")) == len(here)
