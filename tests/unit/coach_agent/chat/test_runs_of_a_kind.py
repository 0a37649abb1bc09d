"""A runner who names a kind of session gets the last runs of that kind, or is told that there are none.

The runner of the corpus runs long on Sundays, a tempo on Thursdays, and raced a half marathon on 11 October 2026.
"""

import datetime as dt

import pytest

from services.coach_agent.domain.chat.answer_runs import NONE_OF_KIND
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intents import read_intent
from services.coach_agent.domain.runs.session_kind import SessionType
from tests.unit.coach_agent.chat.world import TODAY, World, build


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return build()


async def asked(world: World, question: str) -> Answer:
    return await world.coach.answer(world.runner, read_intent(question, TODAY))


def days(answer: Answer) -> list[dt.date]:
    found = {fact.label: fact.value for fact in answer.facts if fact.label in {"date", "date.previous"}}
    return [dt.date.fromisoformat(f"{value:.0f}") for _, value in sorted(found.items())]


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Analyze my last long run", dt.date(2026, 11, 15)),
        ("how was my last tempo?", dt.date(2026, 11, 19)),
        ("how was my last easy run", dt.date(2026, 11, 17)),
        ("when was my last race", dt.date(2026, 10, 11)),
    ],
)
async def test_the_last_run_of_a_kind_is_the_one_analysed(worlds, question: str, day: dt.date):
    assert days(await asked(worlds["km"], question))[0] == day


async def test_the_last_two_of_a_kind_are_compared(worlds):
    answer = await asked(worlds["km"], "compare my last two long runs")
    assert days(answer) == [dt.date(2026, 11, 15), dt.date(2026, 11, 8)]


@pytest.mark.parametrize("question", ["analyze my last long run", "compare my last two long runs"])
async def test_where_there_is_none_of_the_kind_that_is_said(worlds, question: str):
    answer = await asked(worlds["few"], question)
    assert NONE_OF_KIND[SessionType.LONG] in answer.detail.text
