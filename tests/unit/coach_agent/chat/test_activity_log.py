"""Totals by either road against sums by hand."""

import datetime as dt

import pytest

from services.coach_agent.domain.chat.activity_log import ActivityLog, summed
from services.coach_agent.domain.chat.intent import Span
from tests.unit.coach_agent.chat.world import KM, TODAY, Shape, World, placed


@pytest.fixture(scope="module")
def world() -> World:
    """An hour every other day for three years, and an evening half hour on each tenth of them."""
    hours = [placed(Shape(60, 3.0, 140.0), TODAY - dt.timedelta(2 * n)) for n in range(500)]
    halves = [placed(Shape(30, 2.5, 130.0), TODAY - dt.timedelta(20 * n)) for n in range(50)]
    return World.of([*hours, *halves], KM)


async def test_all_years_together(world):
    found, is_complete = await ActivityLog(world.fitness).totals(world.runner, "running", None)
    assert is_complete
    assert (found.count, found.days) == (550, 500)
    assert found.distance_m == pytest.approx(500 * 10_800 + 50 * 4500)
    assert found.duration_s == pytest.approx(500 * 3600 + 50 * 1800)
    assert found.longest.distance_m == pytest.approx(10_800)
    assert found.heart_rate_bpm == pytest.approx((500 * 60 * 140 + 50 * 30 * 130) / (500 * 60 + 50 * 30))


async def test_both_roads_agree(world):
    span = Span(TODAY - dt.timedelta(600), TODAY)
    by_history, _ = await ActivityLog(world.fitness).totals(world.runner, "running", span)
    listed = summed(await world.recordings.between(span.first, span.last, sport="running"))
    assert (by_history.count, by_history.days) == (listed.count, listed.days)
    assert by_history.distance_m == pytest.approx(listed.distance_m)
    assert by_history.duration_s == pytest.approx(listed.duration_s)
    assert by_history.heart_rate_bpm == pytest.approx(listed.heart_rate_bpm)


def test_nothing_is_nothing():
    found = summed([])
    assert (found.count, found.distance_m, found.heart_rate_bpm, found.longest, found.days) == (0, 0.0, None, None, 0)
    assert found.pace_s_per_km is None
