"""Runs counted and ranked are those of the recordings themselves, whichever road they are looked up on."""

from __future__ import annotations

import datetime as dt

import pytest

from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intents import read_intent
from shared.zones import zone
from tests.unit.coach_agent.chat.world import KM, TODAY, World, regular

RUNS = [one.activity for one in regular() if one.activity.is_run]
THIS_YEAR = [one for one in RUNS if one.local_date.year == 2026]


@pytest.fixture(scope="module")
def world() -> World:
    zone("UTC")  # zones are read from files once, which no answer should be seen doing
    return World.of(regular(), KM)


async def asked(world: World, question: str) -> tuple[Answer, dict[str, float]]:
    answer = await world.coach.answer(world.runner, read_intent(question, TODAY))
    assert answer.unverified == ()
    return answer, {fact.label: fact.value for fact in answer.facts}


@pytest.mark.parametrize(
    ("question", "runs"),
    [
        ("how many runs over 10 km this year", [one for one in THIS_YEAR if one.distance_m > 10_000]),
        ("how many runs under 8.2 km this year", [one for one in THIS_YEAR if one.distance_m < 8200]),
        ("how many runs of 80 minutes or more this year", [one for one in THIS_YEAR if one.moving_s >= 4800]),
        ("how many runs over 10 km have I done", [one for one in RUNS if one.distance_m > 10_000]),
        ("how many runs over 10 km since June 2025", [one for one in RUNS if one.distance_m > 10_000]),
    ],
)
async def test_a_count_is_that_of_the_recordings(world: World, question: str, runs: list):
    _, facts = await asked(world, question)
    assert facts["runs"] == len(runs) > 0


@pytest.mark.parametrize(
    ("question", "run"),
    [
        ("my longest run this year", max(THIS_YEAR, key=lambda one: one.distance_m)),
        ("my longest run", max(RUNS, key=lambda one: one.distance_m)),
        ("my fastest run", min(RUNS, key=lambda one: one.moving_s / one.distance_m)),
        ("which was my slowest run this year", max(THIS_YEAR, key=lambda one: one.moving_s / one.distance_m)),
    ],
)
async def test_the_run_named_is_the_most_of_what_was_asked(world: World, question: str, run):
    answer, facts = await asked(world, question)
    assert (answer.subject, facts["distance"]) == (run.id, run.distance_m)
    assert facts["date"] == int(f"{run.local_date:%Y%m%d}")


async def test_the_hardest_run_is_the_race_of_longest_effort(world: World):
    _, facts = await asked(world, "which was my hardest run ever?")
    assert facts["date"] == int(f"{dt.date(2026, 10, 11):%Y%m%d}")
    assert facts["load"] > facts["load.second"]
