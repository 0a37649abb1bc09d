"""Fitness and form of a day to come are those of the plan's projection, and of today's only where it says so."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest

from services.coach_agent.domain.chat.intents import read_intent
from shared.zones import zone
from tests.unit.coach_agent.chat.world import KM, TODAY, World, half_marathon_plan, regular

RACE_DAY = dt.date(2027, 3, 14)


@pytest.fixture(scope="module")
def world() -> World:
    zone("UTC")  # zones are read from files once, which no answer should be seen doing
    return World.of(regular(), KM, plan=half_marathon_plan())


async def asked(world: World, question: str) -> dict[str, float]:
    world.begin()
    answer = await world.coach.answer(world.runner, read_intent(question, TODAY))
    assert answer.unverified == ()
    return {fact.label: fact.value for fact in answer.facts}


async def test_the_race_day_has_the_fitness_that_the_plan_leads_to(world: World):
    """Independently: each day moves fitness by 1/42 and fatigue by 1/7 of the way to the day's load."""
    state = await world.fitness.state(world.runner)
    assert state.series is not None
    facts = await asked(world, "What will my fitness and form be on race day?")
    yesterday = state.series.index(TODAY) - 1
    fitness, fatigue = float(state.series.fitness[yesterday]), float(state.series.fatigue[yesterday])
    assert world.desk.plan is not None
    loads = {one.day: one.load for one in world.desk.plan.workouts}
    day, form = TODAY, 0.0
    while day <= RACE_DAY:
        form = fitness - fatigue
        fitness, fatigue = (
            fitness + (loads.get(day, 0.0) - fitness) * (1 - math.exp(-1 / 42)),
            fatigue + (loads.get(day, 0.0) - fatigue) * (1 - math.exp(-1 / 7)),
        )
        day += dt.timedelta(1)
    assert facts["fitness.projected"] == pytest.approx(fitness, rel=1e-6)
    assert facts["form.projected"] == pytest.approx(form, rel=1e-6)


async def test_a_day_beyond_the_plan_is_open(world: World):
    assert set(await asked(world, "how fit will I be in 40 weeks")) == {"date.end"}


async def test_without_a_plan_nothing_is_foretold(world: World):
    without = dataclasses.replace(world, plan=None)
    assert await asked(without, "will I be fresh on race day") == {}
