"""Zones are named by what they are run for, and weeks are counted from when there is anything to count."""

import datetime as dt

import pytest

from services.coach_agent.domain.athlete import Profile
from services.coach_agent.domain.chat.answer_zones import answer_zones
from services.coach_agent.domain.chat.inquiry import Inquiry
from services.coach_agent.domain.chat.intents import read_intent
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.chat.world import TODAY, World, build


@pytest.fixture(scope="module")
def few() -> World:
    return build()["few"]


@pytest.mark.parametrize(
    ("profile", "first", "last"),
    [
        # 60 to 70 % of the reserve between 50 and 190, 70 to 80 % of the maximum, 85 to 90 % of the threshold.
        (Profile(max_heart_rate_bpm=190, resting_heart_rate_bpm=50), 134, 147),
        (Profile(max_heart_rate_bpm=190), 133, 151),
        (Profile(threshold_heart_rate_bpm=170), 144, 152),
    ],
)
def test_easy_running_lies_in_the_zone_where_easy_runs_are_run(few, profile, first, last):
    intent = read_intent("which heart rate should I stay under for easy runs?", TODAY)
    answer = answer_zones(Inquiry(few.runner, intent, runs.athlete(profile)))
    text = answer.opening.text
    assert "easy and long runs" in text
    assert f"{first} bpm to {last} bpm" in text


async def test_the_mean_of_weeks_begins_with_the_first_recording(few):
    answer = await few.coach.answer(few.runner, read_intent("how much did I run this year?", TODAY))
    first = TODAY - dt.timedelta(4)
    assert f"a week since the first of them on {first.day} {first:%B %Y}" in answer.opening.text
    weekly = next(fact for fact in answer.facts if fact.label == "weeklyDistance.sinceFirst")
    assert weekly.value == pytest.approx(2 * 35 * 60 * 2.6, rel=0.01)
