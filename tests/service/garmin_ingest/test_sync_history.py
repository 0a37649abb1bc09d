"""Histories of many years: bounded at Garmin's end, taken in slices, and always further on."""

from __future__ import annotations

import datetime as dt

import pytest

from services.garmin_ingest.domain.garmin import sync
from tests.service.garmin_ingest.syncing import TODAY, Syncing, days_ago
from tests.support.garmin.world import SimulatedDay

NIGHT, RANGE_OF_DAYS = "/dailySleepData/", "/hrv-service/"


async def test_a_history_of_twenty_years_asks_for_the_nights_of_a_season_and_for_others_by_name(syncing: Syncing):
    account = syncing.account()
    old = days_ago(400).date()
    account.days[old] = SimulatedDay(sleep_s=27_000, resting_heart_rate_bpm=48)
    await syncing.link(account, since=20 * 365)
    async with syncing.worker():
        assert (await syncing.over())["state"] == "succeeded"
        assert syncing.world.asked(NIGHT) <= 100
        assert syncing.world.asked(RANGE_OF_DAYS) <= 270
        assert (await syncing.health())["gaps"] == []
        (day,) = await syncing.days(f"?from={old}&to={old}")
        assert (day["restingHeartRateBpm"], day["sleepS"]) == (48, None)
        await syncing.over(await syncing.ask(old, old))
    (day,) = await syncing.days(f"?from={old}&to={old}")
    assert (day["restingHeartRateBpm"], day["sleepS"]) == (48, 27_000)


async def test_a_gap_as_old_as_a_history_may_be_is_filled_with_one_request(syncing: Syncing):
    await syncing.link(syncing.account(), since=(TODAY.date() - dt.date(2003, 1, 1)).days)
    (gap,) = (await syncing.health())["gaps"]
    await syncing.ask(dt.date.fromisoformat(gap["from"]), dt.date.fromisoformat(gap["to"]))


async def test_a_sync_whose_pieces_outlast_its_slices_comes_to_its_end(
    syncing: Syncing, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sync, "_SLICE_S", 0.4)
    await syncing.link(syncing.account(), since=140)
    slow = syncing.world.misbehave(RANGE_OF_DAYS, "slow", seconds=0.5, times=12)
    async with syncing.worker():
        assert (await syncing.over())["state"] == "succeeded"
    assert slow.times is not None
    assert slow.times > 0, "days were asked for again and again"
    assert (await syncing.health())["gaps"] == []
