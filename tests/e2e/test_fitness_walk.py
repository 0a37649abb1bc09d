"""Files in, fitness out, through every part of a running stack."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from tests.support.builders import build_fit
from tests.support.client import ApiClient
from tests.support.stack import Stack

THRESHOLD_BPM = 170
AGO = (30, 16, 9, 2)
HOURS = (1.0, 0.5, 1.5, 1.0)


def test_loads_of_files_become_fitness_as_the_recurrence_says(stack: Stack):
    client = ApiClient(stack.url)
    client.sign_up(timezone="UTC")
    given = {"maxHeartRateBpm": 190, "restingHeartRateBpm": 50, "thresholdHeartRateBpm": THRESHOLD_BPM}
    assert client.api("PATCH", "/athlete", given).status == 200
    noon = dt.datetime.now(dt.UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    files = [
        build_fit(
            start=noon - dt.timedelta(days=days), duration_s=int(3600 * hours), pace_s_per_km=330,
            heart_rate_bpm=lambda t: THRESHOLD_BPM + 0 * t,
        )
        for days, hours in zip(AGO, HOURS, strict=True)
    ]  # fmt: skip
    assert client.upload(*((f"{place}.fit", content) for place, content in enumerate(files))).status == 200
    shown = client.api("GET", f"/fitness?from={(noon - dt.timedelta(days=AGO[0])).date()}").json
    loads = [day["load"] for day in shown["days"]]
    expected = [100.0 * dict(zip(AGO, HOURS, strict=True)).get(ago, 0.0) for ago in range(AGO[0], -1, -1)]
    assert loads == pytest.approx(expected, rel=0.005)
    assert shown["now"]["fitness"] == pytest.approx(recurrence(expected, 42.0), rel=0.005)
    assert shown["now"]["fatigue"] == pytest.approx(recurrence(expected, 7.0), rel=0.005)
    assert (shown["runs"], shown["pending"]) == (4, 0)
    assert sum(week["distanceM"] for week in shown["weeks"]) == pytest.approx(sum(HOURS) * 3_600_000 / 330, rel=0.005)


def recurrence(loads: list[float], days: float) -> float:
    """Day after day, from the mean of the first fortnight."""
    value = sum(loads[:14]) / 14
    for load in loads:
        value += (1.0 - math.exp(-1.0 / days)) * (load - value)
    return value
