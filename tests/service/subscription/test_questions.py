"""The daily count over HTTP, as coach_agent meets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.ids import uuid7
from tests.service.subscription.conftest import FREE_QUESTIONS, SubscriptionUnderTest, a_runner

# What RELIABILITY calls atomic, at a number that a hurried client reaches.
PARALLEL = 50


async def test_a_question_is_counted_and_the_answer_says_what_is_left(subscription: SubscriptionUnderTest):
    answer = await subscription.ask(a_runner())
    assert answer.status == 201
    assert (answer.json["remaining"], answer.json["limit"]) == (FREE_QUESTIONS - 1, FREE_QUESTIONS)


async def test_the_same_question_takes_one_place_however_often_it_is_sent(subscription: SubscriptionUnderTest):
    runner, question_id = a_runner(), uuid7()
    answers = await asyncio.gather(*(subscription.ask(runner, question_id) for _ in range(10)))
    assert {(answer.status, answer.json["remaining"]) for answer in answers} == {(201, FREE_QUESTIONS - 1)}


async def test_past_the_limit_the_runner_is_told_when_midnight_is(subscription: SubscriptionUnderTest):
    runner = a_runner()
    for _ in range(FREE_QUESTIONS):
        await subscription.ask(runner)
    before = datetime.now(UTC)
    refused = await subscription.ask(runner)
    assert (refused.status, refused.code) == (429, "SUBSCRIPTION_QUERY_LIMIT")
    detail = refused.json["error"]["details"][0]
    assert detail["limit"] == FREE_QUESTIONS
    assert detail["resetsAt"].endswith("Z")
    resets_at = datetime.fromisoformat(detail["resetsAt"])
    on_the_wall = resets_at.astimezone(ZoneInfo(runner.zone))
    assert (on_the_wall.hour, on_the_wall.minute, on_the_wall.second) == (0, 0, 0)
    assert int(refused.headers["Retry-After"]) == pytest.approx((resets_at - before).total_seconds(), abs=5)


async def test_a_question_already_counted_may_be_sent_again_at_the_limit(subscription: SubscriptionUnderTest):
    runner, first = a_runner(), uuid7()
    await subscription.ask(runner, first)
    for _ in range(FREE_QUESTIONS - 1):
        await subscription.ask(runner)
    again = await subscription.ask(runner, first)
    assert (again.status, again.json["remaining"]) == (201, 0)


async def test_parallel_questions_at_the_limit_let_exactly_the_limit_through(subscription: SubscriptionUnderTest):
    runner = a_runner()
    answers = await asyncio.gather(*(subscription.ask(runner) for _ in range(PARALLEL)))
    statuses = [answer.status for answer in answers]
    assert (statuses.count(201), statuses.count(429)) == (FREE_QUESTIONS, PARALLEL - FREE_QUESTIONS)
    remaining = sorted(answer.json["remaining"] for answer in answers if answer.status == 201)
    assert remaining == list(range(FREE_QUESTIONS))


async def test_a_failed_answer_gives_the_question_back_and_an_answered_one_does_not(
    subscription: SubscriptionUnderTest,
):
    runner, failed, answered = a_runner(), uuid7(), uuid7()
    await subscription.ask(runner, failed)
    await subscription.ask(runner, answered)
    assert (await subscription.settle(runner, failed, "failed")).status == 204
    assert (await subscription.settle(runner, answered, "answered")).status == 204
    usage = await subscription.usage(runner)
    assert (usage["used"], usage["remaining"]) == (1, FREE_QUESTIONS - 1)


async def test_the_first_word_on_a_question_stands(subscription: SubscriptionUnderTest):
    runner, question_id = a_runner(), uuid7()
    await subscription.ask(runner, question_id)
    for outcome in ("answered", "answered", "failed"):
        assert (await subscription.settle(runner, question_id, outcome)).status == 204
    assert (await subscription.usage(runner))["used"] == 1


async def test_a_failed_question_may_be_asked_again_and_counts_again(subscription: SubscriptionUnderTest):
    runner, question_id = a_runner(), uuid7()
    await subscription.ask(runner, question_id)
    await subscription.settle(runner, question_id, "failed")
    assert (await subscription.ask(runner, question_id)).json["remaining"] == FREE_QUESTIONS - 1


async def test_runners_share_neither_count_nor_questions(subscription: SubscriptionUnderTest):
    ada, ben, question_id = a_runner(), a_runner(), uuid7()
    await subscription.ask(ada, question_id)
    stolen = await subscription.settle(ben, question_id, "failed")
    assert (stolen.status, stolen.code) == (404, "NOT_FOUND")
    assert (await subscription.ask(ben, question_id)).json["remaining"] == FREE_QUESTIONS - 1
    assert (await subscription.usage(ada))["used"] == 1


async def test_what_does_not_fit_is_refused_and_counts_nothing(subscription: SubscriptionUnderTest):
    runner, question_id = a_runner(), str(uuid7())
    for path, body in (
        ("/questions", {"questionId": "not an id"}),
        ("/questions", {}),
        ("/questions", {"questionId": question_id, "userId": str(uuid7())}),
        (f"/questions/{question_id}/settle", {"outcome": "maybe"}),
    ):
        answer = await subscription.user(runner, "POST", f"/api/v1/subscription{path}", json=body)
        assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), (path, body)
    assert (await subscription.usage(runner))["used"] == 0


async def test_a_question_nobody_asked_cannot_be_settled(subscription: SubscriptionUnderTest):
    runner = a_runner()
    assert (await subscription.settle(runner, uuid7(), "answered")).status == 404
    answer = await subscription.user(
        runner, "POST", "/api/v1/subscription/questions/nonsense/settle", json={"outcome": "failed"}
    )
    assert answer.status == 404


async def test_a_reservation_that_nobody_settled_lapses_after_five_minutes(subscription: SubscriptionUnderTest):
    runner = a_runner()
    for _ in range(FREE_QUESTIONS):
        await subscription.ask(runner)
    for age, used in ((timedelta(minutes=4), FREE_QUESTIONS), (timedelta(minutes=6), 0)):
        await subscription.rows(f"UPDATE question SET reserved_at = now() - interval '{age.total_seconds()} seconds'")
        assert (await subscription.usage(runner))["used"] == used
    assert (await subscription.ask(runner)).status == 201
