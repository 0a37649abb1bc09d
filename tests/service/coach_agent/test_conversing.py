"""Questions about more than one run, and conversations that carry on, through the service with its real database."""

from __future__ import annotations

import datetime as dt

import pytest

from shared.clock import SystemClock
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

TODAY = SystemClock().now().date()
YESTERDAY = TODAY - dt.timedelta(days=1)


def facts(answer):
    return {fact["label"]: fact for fact in answer.json["reply"]["facts"]}


async def test_a_period_adds_up_every_run_of_it(coach: CoachUnderTest):
    ada = a_runner()
    days = [TODAY - dt.timedelta(days=n // 2) for n in range(70)]
    coach.ingest.add(ada.user_id, *(recording(day, 600, 3.0) for day in days))
    answer = facts(await coach.ask(ada, "how much did I run in the last 60 days?"))
    assert answer["runs"]["value"] == 70
    assert answer["distance"]["value"] == pytest.approx(70 * 1800)
    assert answer["duration"]["value"] == pytest.approx(70 * 600)


async def test_a_conversation_carries_on_from_what_was_understood(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(TODAY, 1800, 3.0))
    first = (await coach.ask(ada, "How much did I run this week?")).json
    answer = await coach.ask(ada, "in miles?", conversationId=first["conversationId"])
    assert facts(answer)["distance"]["text"].endswith(" mi")
    assert facts(answer)["distance"]["value"] == pytest.approx(5400)


async def test_what_is_asked_back_costs_nothing_and_is_not_asked_again(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    asked = await coach.ask(ada, "heart rate")
    assert asked.json["reply"]["suggestions"]
    assert coach.subscription.outcomes == ["failed"]
    answer = await coach.ask(ada, "just on the last run", conversationId=asked.json["conversationId"])
    assert "averageHeartRate" in facts(answer)
    assert coach.subscription.outcomes == ["failed", "answered"]


async def test_an_ailment_is_kept_in_mind_where_the_runner_says_so(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(TODAY - dt.timedelta(days=n)) for n in (2, 4, 6, 8)))
    told = (await coach.ask(ada, "my knee hurts")).json
    assert (await coach.user(ada, "GET", "/api/v1/insights/context")).json["items"] == []
    await coach.ask(ada, "note it", conversationId=told["conversationId"])
    (note,) = (await coach.user(ada, "GET", "/api/v1/insights/context")).json["items"]
    assert (note["kind"], note["text"]) == ("injury", "my knee hurts")
    advice = (await coach.ask(ada, "What should I run tomorrow?")).json["reply"]["text"]
    assert "You noted an injury" in advice


async def test_an_ailment_told_and_noted_in_one_sentence_is_kept_without_the_wish_to_note_it(coach: CoachUnderTest):
    ada = a_runner()
    told = (await coach.ask(ada, "My knee hurts, please note it")).json
    assert "Stop when it hurts" in told["reply"]["text"]
    (note,) = (await coach.user(ada, "GET", "/api/v1/insights/context")).json["items"]
    assert (note["kind"], note["text"]) == ("injury", "my knee hurts")


async def test_what_is_remembered_is_told_as_it_is_listed(coach: CoachUnderTest):
    ada = a_runner()
    await coach.ask(ada, "I have the flu, please note it")
    (memory,) = (await coach.user(ada, "GET", "/api/v1/memory")).json["items"]
    told = (await coach.ask(ada, "What do you remember about me?")).json["reply"]["text"]
    assert memory["text"] in told
    await coach.user(ada, "DELETE", f"/api/v1/memory/{memory['id']}")
    told = (await coach.ask(ada, "What do you remember about me?")).json["reply"]["text"]
    assert told.startswith("I remember nothing of you yet")


@pytest.mark.parametrize("question", ["What are my zones?", "What is decoupling?", "my knee hurts", "hello"])
async def test_some_questions_need_no_data(coach: CoachUnderTest, question):
    answer = await coach.ask(a_runner(), question)
    assert answer.status == 200
    assert answer.json["reply"]["text"]


async def test_a_plan_is_made_moved_and_only_replaced_on_a_second_word(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(TODAY - dt.timedelta(days=n), 2700) for n in range(1, 24, 2)))
    race = TODAY + dt.timedelta(weeks=18, days=6 - TODAY.weekday())
    made = await coach.ask(ada, f"make me a plan for a half marathon on {race}")
    assert facts(made)["raceDate"]["value"] == int(f"{race:%Y%m%d}")
    plan = (await coach.user(ada, "GET", "/api/v1/training-plans/active")).json
    asked = await coach.ask(ada, f"make me a plan for a 10k on {race}")
    assert (await coach.user(ada, "GET", "/api/v1/training-plans/active")).json["id"] == plan["id"]
    await coach.ask(ada, "yes, replace it", conversationId=asked.json["conversationId"])
    assert (await coach.user(ada, "GET", "/api/v1/training-plans/active")).json["id"] != plan["id"]
