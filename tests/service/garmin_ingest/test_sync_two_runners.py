"""Two runners, two Garmin accounts, everything at once: nothing of one is ever seen by, or kept for, the other.

Steps are drawn by a seed: connecting, leaving with and without the data, edits at Garmin, syncs of both at the same
time while Garmin fails in every way it can, swaps of accounts that overtake what Garmin is about to answer, and secrets
that are written too late. Two workers run all the while. The long form is part of ``make chaos``; ``TWO_RUNNERS_SEED``
repeats one of its walks.
"""

from __future__ import annotations

import datetime as dt
import os
import random

import pytest

from services.garmin_ingest.config import GarminIngestSettings
from tests.service.garmin_ingest.syncing import syncing_with
from tests.service.garmin_ingest.two_runners import TwoRunners
from tests.service.garmin_ingest.two_runners_checks import check_all, check_seen, missing
from tests.support.service import House


async def _walk(house: House, settings: GarminIngestSettings, *, seed: int, steps: int) -> None:
    async with syncing_with(house, settings) as syncing:
        walk = TwoRunners(syncing, random.Random(seed))
        async with syncing.worker(), syncing.worker():
            await walk.begin()
            for _ in range(steps):
                await walk.step()
                for runner in walk.runners:
                    await check_seen(walk, runner)
                # Every other step comes while the one before is still under way.
                if walk.rng.random() < 0.5:
                    await walk.settle()
                    await check_all(walk)
            await walk.end()
        await check_all(walk)
        assert await missing(walk) == {}


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_of_one_runner_reaches_the_other(house: House, ingest_settings: GarminIngestSettings, seed: int):
    await _walk(house, ingest_settings, seed=seed, steps=8)


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(6))
async def test_nothing_of_one_runner_reaches_the_other_on_long_walks(
    house: House, ingest_settings: GarminIngestSettings, number: int
):
    seed = int(os.environ.get("TWO_RUNNERS_SEED", "0")) or dt.datetime.now(dt.UTC).toordinal() * 10 + number
    print(f"TWO_RUNNERS_SEED={seed}")
    await _walk(house, ingest_settings, seed=seed, steps=60)
