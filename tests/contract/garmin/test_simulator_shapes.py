"""The simulated Garmin answers with the keys and types that Garmin was recorded to answer with.

An answer of ours may leave out what a recorded one has only sometimes, and what nobody reads; it may have no key and no
type that was never recorded at that place.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

import aiohttp
import pytest

from tests.support.garmin.connect_server import serve_connect
from tests.support.garmin.world import GarminWorld, SimulatedDay
from tests.support.recordings import FOLDER

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not (FOLDER / "garmin_json").is_dir(), reason="no recorded answers at PACE42_REAL_DATA"),
]

DAY = dt.date(2026, 3, 1)
LISTS = ("activity_list", "activity_get", "activity_list_pagination", "activity_list_pagination_1")
NIGHTS = ("sleep_data_get_1", "daily_sleep_data_get", "daily_sleep_data_get_1", "sleep_data_list_2")
WEIGHTS = ("weight_data_list", "weight_data_list_empty", "weight_data_list_single_day")


def recorded(*names: str) -> Iterator[Any]:
    for name in names:
        yield json.loads((FOLDER / "garmin_json" / f"{name}.json").read_text())["body"]


def shape(values: Iterable[Any], at: str = "") -> dict[str, set[str]]:
    """Path → the types seen there; items of a list share a path."""
    found: dict[str, set[str]] = {}
    for value in values:
        found.setdefault(at, set()).add(type(value).__name__)
        inside = (
            value.items()
            if isinstance(value, dict)
            else [("[]", item) for item in value or ()]
            if isinstance(value, list)
            else []
        )
        for key, inner in inside:
            for path, types in shape([inner], f"{at}/{key}").items():
                found.setdefault(path, set()).update(types)
    return found


@pytest.fixture
async def answers():
    """Path → what the simulator answers, for an account with one run and one day."""
    world = GarminWorld()
    account = world.add_account()
    run = world.add_run(account, duration_s=60)
    account.days[DAY] = SimulatedDay(27_000, 80, 45, 50, 62_000.0)
    paths = {
        "list": "/activitylist-service/activities/search/activities?start=0&limit=10",
        "detail": f"/activity-service/activity/{run.activity_id}",
        "profile": "/userprofile-service/socialProfile",
        "settings": "/userprofile-service/userprofile/user-settings",
        "night": f"/wellness-service/wellness/dailySleepData/{account.display_name}?date={DAY}",
        "empty night": f"/wellness-service/wellness/dailySleepData/{account.display_name}?date=2026-03-02",
        "hrv": f"/hrv-service/hrv/daily/{DAY}/{DAY}",
        "weight": f"/weight-service/weight/range/{DAY}/{DAY}?includeAll=true",
        "no weight": "/weight-service/weight/range/2020-01-01/2020-01-02?includeAll=true",
    }
    async with serve_connect(world) as connect, aiohttp.ClientSession(connect.url) as session:
        headers = {"Authorization": "Bearer " + connect.tokens.issue(account, "test")["access_token"]}
        found = {}
        for name, path in paths.items():
            async with session.get(path, headers=headers) as response:
                assert response.status == 200
                found[name] = await response.json()
        return found


CASES = {
    "list": LISTS,
    "detail": ("activity_get_1", "activity_update_both__1"),
    "profile": ("profile_alias",),
    "settings": ("user_settings",),
    "night": NIGHTS,
    "empty night": NIGHTS,
    "hrv": ("daily_hrv", "daily_hrv_paginate"),
    "weight": WEIGHTS,
    "no weight": WEIGHTS,
}


@pytest.mark.parametrize("name", CASES)
async def test_nothing_is_answered_that_was_never_recorded(answers, name):
    ours, theirs = shape([answers[name]]), shape(recorded(*CASES[name]))
    assert {path: types for path, types in ours.items() if not types <= theirs.get(path, set())} == {}


async def test_a_listed_activity_has_every_key_that_all_recorded_ones_have(answers):
    items = [item for page in recorded(*LISTS) for item in page]
    assert set.intersection(*(set(item) for item in items)) <= set(answers["list"][0])


@pytest.mark.parametrize(("name", "inside"), [("night", "dailySleepDTO"), ("empty night", "dailySleepDTO")])
async def test_a_night_has_every_key_that_all_recorded_ones_have(answers, name, inside):
    nights = [night[inside] for night in recorded(*NIGHTS)]
    assert set.intersection(*(set(night) for night in nights)) <= set(answers[name][inside])
