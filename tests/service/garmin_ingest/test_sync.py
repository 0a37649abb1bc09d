"""Keeping in step with a Garmin account: what is new, edited, gone, back, and what goes wrong on the way."""

from __future__ import annotations

import dataclasses

from tests.service.garmin_ingest.syncing import Syncing, days_ago, outcomes
from tests.support.builders import ShortRun, build_fit
from tests.support.garmin.world import SimulatedDay


async def test_the_first_sync_brings_the_runs_and_the_nights_since_the_day_asked_for(syncing: Syncing):
    account = syncing.account()
    for ago in (1, 5, 19, 40):
        syncing.run(account, ago=ago, name=f"{ago} days ago")
    account.days[days_ago(3).date()] = SimulatedDay(sleep_s=27_000, hrv_rmssd_ms=51, resting_heart_rate_bpm=48)
    await syncing.link(account)
    async with syncing.worker():
        job = await syncing.over()
    assert (job["kind"], job["state"], job["progress"]) == ("sync", "succeeded", {"done": 3, "total": 3})
    assert await syncing.names() == ["1 days ago", "5 days ago", "19 days ago"]
    (night,) = await syncing.days()
    assert (night["date"], night["sleepS"], night["source"]) == (
        days_ago(3).date().isoformat(), 27_000, "credentials",
    )  # fmt: skip
    health = await syncing.health()
    assert (health["status"], health["freshness"], health["gaps"], health["error"]) == ("connected", "fresh", [], None)


async def test_the_next_sync_downloads_nothing_that_is_here_and_looks_at_a_fortnight(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=2)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    asked = syncing.world.asked("/download-service/")
    nights = syncing.world.asked("/dailySleepData/")
    syncing.run(account, ago=1, name="New")
    job = await syncing.sync_again()
    assert outcomes(job) == {"New": "imported"}
    assert syncing.world.asked("/download-service/") == asked + 1
    assert syncing.world.asked("/dailySleepData/") - nights <= 17


async def test_edits_at_garmin_follow_whatever_was_edited(syncing: Syncing):
    account = syncing.account()
    renamed, retyped, recut = (syncing.run(account, ago=ago, name=f"Run {ago}") for ago in (1, 2, 3))
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    before = {one["id"]: one["version"] for one in await syncing.activities()}
    renamed.name = "Renamed"
    retyped.type_key = "trail_running"
    recut.run = dataclasses.replace(recut.run, duration_s=90)
    recut.original = build_fit(start=recut.run.start, duration_s=90)
    job = await syncing.sync_again()
    assert outcomes(job) == {"Renamed": "updated", "Run 2": "updated", "Run 3": "updated"}
    found = await syncing.activities()
    assert [one["name"] for one in found] == ["Renamed", "Run 2", "Run 3"]
    assert found[1]["subSport"] == "trail"
    assert found[2]["timerS"] == 90
    assert {one["id"]: one["version"] for one in found} == dict.fromkeys(before, 2)
    assert outcomes(await syncing.sync_again()) == {}


async def test_a_run_deleted_at_garmin_goes_and_one_restored_there_comes_back(syncing: Syncing):
    account = syncing.account()
    kept, gone = syncing.run(account, ago=1, name="Kept"), syncing.run(account, ago=2, name="Gone")
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    del account.activities[gone.activity_id]
    job = await syncing.sync_again()
    (item,) = job["items"]
    assert (item["status"], item["fileName"]) == ("removed", days_ago(2).date().isoformat())
    assert await syncing.names() == [kept.name]
    account.activities[gone.activity_id] = gone
    assert outcomes(await syncing.sync_again()) == {"Gone": "imported"}
    assert await syncing.names() == ["Kept", "Gone"]


async def test_a_list_that_is_short_by_mistake_deletes_nothing(syncing: Syncing):
    account = syncing.account()
    run = syncing.run(account, ago=1)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    run.run = dataclasses.replace(run.run, start=days_ago(100))  # listed on another day from now on
    await syncing.sync_again()
    assert len(await syncing.activities()) == 1


async def test_what_the_runner_deleted_stays_deleted_and_what_they_uploaded_stays(syncing: Syncing):
    account = syncing.account()
    deleted, uploaded = syncing.run(account, ago=1), syncing.run(account, ago=2, name="Both")
    await syncing.import_one(uploaded.original)
    await syncing.link(account)
    async with syncing.worker():
        await syncing.over()
    newest = (await syncing.activities())[0]
    assert (await syncing.call("DELETE", f"/api/v1/activities/{newest['id']}")).status == 204
    deleted.name = "Edited afterwards"
    del account.activities[uploaded.activity_id]
    job = await syncing.sync_again()
    assert {item["status"] for item in job["items"]} <= {"skipped", "unchanged"}
    assert await syncing.names() == ["Both"]


async def test_one_bad_file_stops_no_other_and_is_tried_again_a_few_times(syncing: Syncing):
    account = syncing.account()
    bad = syncing.run(account, ago=2, name="Bad")
    syncing.run(account, ago=1, name="Good")
    sound, bad.original = bad.original, b"not a recording"
    await syncing.link(account)
    async with syncing.worker():
        job = await syncing.over()
    assert job["state"] == "succeeded"
    assert outcomes(job) == {"Good": "imported", "Bad": "failed"}
    (failure,) = [item["error"] for item in job["items"] if item["status"] == "failed"]
    assert failure["code"] == "ACTIVITY_FILE_INVALID"
    for _ in range(4):
        assert outcomes(await syncing.sync_again()) == {"Bad": "failed"}
    assert outcomes(await syncing.sync_again()) == {}
    bad.original, bad.name = sound, "Good again"
    assert outcomes(await syncing.sync_again()) == {"Good again": "imported"}


async def test_an_activity_without_a_file_is_skipped_and_not_asked_for_again(syncing: Syncing):
    account = syncing.account()
    syncing.run(account, ago=1, name="By hand")
    syncing.world.misbehave("/download-service/", "status", status=404)
    await syncing.link(account)
    async with syncing.worker():
        job = await syncing.over()
    assert [(item["status"], item["kind"]) for item in job["items"]] == [("skipped", "without a file at Garmin")]
    assert outcomes(await syncing.sync_again()) == {}


async def test_a_run_that_is_here_already_keeps_its_place_and_takes_its_name(syncing: Syncing):
    run = ShortRun(start=days_ago(1), duration_s=120)
    account = syncing.account()
    syncing.run(account, ago=1, name="From Garmin")
    assert (await syncing.import_one(build_fit(start=run.start, duration_s=120)))["status"] == "imported"
    await syncing.link(account)
    async with syncing.worker():
        job = await syncing.over()
    assert outcomes(job) == {"From Garmin": "updated"}
    assert await syncing.names() == ["From Garmin"]
