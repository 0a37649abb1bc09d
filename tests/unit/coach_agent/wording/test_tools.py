"""A tool is granted by words of the question, takes a value of a list, and calls are written down with a reason."""

from __future__ import annotations

import pytest

from services.coach_agent.domain.wording.tools import Found, Toolbox, tools_for
from tests.unit.coach_agent.wording import grounds

TODAY = grounds.TODAY


def toolbox(question: str, answer=None):
    log = []

    async def look_up(_):
        known = grounds.compared()
        return Found(known.facts, known.passage) if answer is None else answer

    ground = grounds.ground(grounds.drifting())
    box = Toolbox(tools_for(question, TODAY), look_up, ground, lambda *entry: log.append(entry))
    return box, log


@pytest.mark.parametrize(
    ("question", "granted"),
    [
        ("How was my last run?", {"last_run"}),
        ("What is my fastest kilometre?", {"records"}),
        ("Am I getting fitter?", {"fitness", "trend"}),
        ("How far did I run this week?", {"last_run", "totals"}),
        ("Tell me a joke", set()),
        ("Compare it", {"last_two_runs"}),
        ("What should I do tomorrow?", {"next_run"}),
    ],
)
def test_the_words_of_a_question_grant_its_tools(question, granted):
    assert {tool.name for tool in tools_for(question, TODAY)} == granted


async def test_a_granted_call_is_written_down_with_the_word_that_granted_it():
    box, log = toolbox("How was my last run?")
    assert await box.call("last_run", "all") is not None
    assert log == [("last_run", "all", "granted: the question says 'run'")]


@pytest.mark.parametrize(
    ("name", "which", "reason"),
    [
        ("records", "all", "refused: the question grants no such tool"),
        ("delete_account", "all", "refused: the question grants no such tool"),
        ("last_run", "somebody else's", "refused: no value of the list"),
        ("last_run", None, "refused: no value of the list"),
        ("last_run", {"user": "42"}, "refused: no value of the list"),
    ],
)
async def test_any_other_call_is_refused_and_what_it_asked_for_is_not_written_down(name, which, reason):
    box, log = toolbox("How was my last run?")
    assert await box.call(name, which) is None
    assert log == [(name, "", reason)]


async def test_three_calls_are_enough():
    box, log = toolbox("How was my last run?")
    for _ in range(4):
        await box.call("last_run", "all")
    assert [reason.partition(":")[0] for _, _, reason in log] == ["granted", "granted", "granted", "refused"]


async def test_facts_of_another_run_are_told_apart_by_its_day():
    other = grounds.compared()
    box, _ = toolbox("Compare it", Found(other.facts, other.passage, str(other.subject)))
    found = await box.call("last_two_runs", "all")
    assert found is not None
    assert found.facts[f"distance.{grounds.YESTERDAY}"].text == "8.37 km"
    assert box.ground.facts["distance"].text == "13.20 km"
    assert any(f"{{fact:distance.{grounds.YESTERDAY}}}" in sentence for sentence in box.ground.support)
