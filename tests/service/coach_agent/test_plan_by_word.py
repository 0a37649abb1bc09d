"""The plan changed in conversation, through the service with its real database: skipped, altered, ended."""

from __future__ import annotations

from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.test_plans import ACTIVE, planned, trained, workouts


async def test_a_session_is_skipped_at_once(coach: CoachUnderTest):
    ada = trained(coach)
    first = next(one for one in workouts(await planned(coach, ada)) if one["kind"] != "rest")
    answer = await coach.ask(ada, "skip my next session")
    assert answer.json["reply"]["text"].startswith("Done: ")
    now = (await coach.user(ada, "GET", ACTIVE)).json
    assert next(one for one in workouts(now) if one["id"] == first["id"])["status"] == "skipped"


async def test_another_goal_replaces_the_plan_on_a_second_word_and_keeps_the_rest_of_it(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada, longRunDay="saturday")
    proposed = (await coach.ask(ada, "I can only run 3 days a week")).json
    assert (await coach.user(ada, "GET", ACTIVE)).json["id"] == plan["id"]
    await coach.ask(ada, "yes", conversationId=proposed["conversationId"])
    now = (await coach.user(ada, "GET", ACTIVE)).json
    assert now["id"] != plan["id"]
    assert now["goal"] == plan["goal"] | {"daysPerWeek": 3}


async def test_a_goal_out_of_reach_is_not_even_proposed(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada)
    told = (await coach.ask(ada, "set my target time to 25 minutes")).json
    assert "no plan for that goal" in told["reply"]["text"]
    await coach.ask(ada, "yes", conversationId=told["conversationId"])
    assert (await coach.user(ada, "GET", ACTIVE)).json["goal"] == plan["goal"]


async def test_a_plan_ends_on_a_second_word_only(coach: CoachUnderTest):
    ada = trained(coach)
    await planned(coach, ada)
    asked = (await coach.ask(ada, "end my plan")).json
    kept = (await coach.ask(ada, "no, keep it", conversationId=asked["conversationId"])).json
    assert "stays as it is" in kept["reply"]["text"]
    assert (await coach.user(ada, "GET", ACTIVE)).status == 200
    asked = (await coach.ask(ada, "delete my training plan")).json
    await coach.ask(ada, "yes", conversationId=asked["conversationId"])
    assert (await coach.user(ada, "GET", ACTIVE)).status == 404
