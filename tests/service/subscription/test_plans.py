from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from services.subscription.domain.errors import PlanLimit
from services.subscription.domain.plans import Feature, PlanCatalog
from services.subscription.domain.questions import Questions
from shared.caller import Caller
from shared.ids import uuid7
from tests.service.subscription.conftest import FREE_QUESTIONS, SubscriptionUnderTest, a_runner

PATH = "/api/v1/subscription"


async def test_anybody_sees_the_plans_with_prices_and_that_they_cannot_be_bought_yet(
    subscription: SubscriptionUnderTest,
):
    answer = await subscription.user(Caller(), "GET", f"{PATH}/plans")
    assert answer.status == 200
    free, pro = answer.json["items"]
    assert (free["id"], free["questionsPerDay"], free["price"]["amount"]) == ("free", FREE_QUESTIONS, "0.00")
    assert (pro["id"], pro["price"]) == ("pro", {"amount": "9.90", "currency": "EUR", "per": "month"})
    assert set(free["features"]) < set(pro["features"])
    assert answer.json["payment"]["available"] is False
    assert "cannot be bought yet" in answer.json["payment"]["message"]


async def test_a_runner_nobody_knows_has_the_free_plan_and_no_row(subscription: SubscriptionUnderTest):
    answer = await subscription.user(a_runner(), "GET", PATH)
    assert answer.status == 200
    assert (answer.json["plan"], answer.json["status"], answer.json["renewal"]) == ("free", "active", None)
    assert answer.json["limits"] == {"questionsPerDay": FREE_QUESTIONS}
    assert (answer.json["usage"]["used"], answer.json["usage"]["remaining"]) == (0, FREE_QUESTIONS)
    assert datetime.fromisoformat(answer.json["usage"]["resetsAt"]).minute == 0
    assert await subscription.rows("SELECT 1 FROM subscription") == []


async def test_a_plan_without_the_coach_takes_no_question_and_names_the_plan_that_has_it(questions: Questions):
    free, pro = questions.catalog.plans
    silent = replace(free, features=free.features - {Feature.COACH_CHAT})
    asking, runner = replace(questions, catalog=PlanCatalog((silent, pro))), uuid7()
    with pytest.raises(PlanLimit) as refused:
        await asking.reserve(runner, uuid7(), "UTC")
    assert list(refused.value.details) == [{"feature": "coachChat", "plan": "pro"}]
    assert (await asking.today(runner, "UTC"))[1].used == 0


async def test_a_new_plan_counts_at_once_both_ways(subscription: SubscriptionUnderTest):
    runner = a_runner()
    for _ in range(FREE_QUESTIONS):
        await subscription.ask(runner)
    given = await subscription.give(runner, "pro")
    assert (given.status, given.json["plan"], given.json["userId"]) == (200, "pro", str(runner.user_id))
    more = await subscription.ask(runner)
    assert (more.status, more.json["remaining"]) == (201, more.json["limit"] - FREE_QUESTIONS - 1)
    await subscription.give(runner, "free")
    assert (await subscription.ask(runner)).status == 429
    assert (await subscription.usage(runner))["remaining"] == 0


async def test_who_gave_a_plan_is_on_record(subscription: SubscriptionUnderTest):
    runner, admin = a_runner(), a_runner(roles=frozenset({"admin"}))
    await subscription.give(runner, "pro", by=admin)
    await subscription.give(runner, "free", by=admin)
    records = await subscription.rows(
        "SELECT action, actor, user_id, request_id, details->>'before' AS before, details->>'after' AS after"
        " FROM audit_record ORDER BY sequence"
    )
    assert [(record["before"], record["after"]) for record in records] == [(None, "pro"), ("pro", "free")]
    assert {record["action"] for record in records} == {"plan.changed"}
    assert {record["actor"] for record in records} == {f"admin:{admin.user_id}"}
    assert {record["user_id"] for record in records} == {runner.user_id}
    assert all(record["request_id"] for record in records)


async def test_without_an_audit_record_no_plan_changes(subscription: SubscriptionUnderTest):
    runner = a_runner()
    await subscription.rows("ALTER TABLE audit_record ADD CONSTRAINT full_disk CHECK (false)")
    assert (await subscription.give(runner, "pro")).status == 500
    assert (await subscription.user(runner, "GET", PATH)).json["plan"] == "free"


async def test_only_an_administrator_gives_plans(subscription: SubscriptionUnderTest):
    runner = a_runner()
    refused = await subscription.give(runner, "pro", by=runner)
    assert (refused.status, refused.code) == (403, "AUTH_FORBIDDEN")
    assert (await subscription.user(runner, "GET", PATH)).json["plan"] == "free"


async def test_a_plan_that_does_not_exist_cannot_be_given(subscription: SubscriptionUnderTest):
    runner, admin = a_runner(), a_runner(roles=frozenset({"admin"}))
    unknown = await subscription.give(runner, "platinum")
    assert (unknown.status, unknown.code) == (422, "VALIDATION_ERROR")
    assert unknown.json["error"]["details"][0]["field"] == "plan"
    nobody = await subscription.user(admin, "PUT", "/api/v1/admin/users/me/plan", json={"plan": "pro"})
    assert (nobody.status, nobody.code) == (404, "NOT_FOUND")


async def test_nothing_of_a_runner_is_for_strangers_or_services_of_their_own(subscription: SubscriptionUnderTest):
    as_service = subscription.house.as_service("coach_agent", "subscription")
    for method, path, body in (
        ("GET", PATH, None),
        ("POST", f"{PATH}/questions", {"questionId": str(uuid7())}),
        ("POST", f"{PATH}/questions/{uuid7()}/settle", {"outcome": "failed"}),
        ("PUT", f"/api/v1/admin/users/{uuid7()}/plan", {"plan": "pro"}),
    ):
        answers = [
            await subscription.user(Caller(), method, path, json=body),
            await subscription.served.call(method, path, json=body),
            await subscription.served.call(method, path, json=body, headers=as_service),
        ]
        assert [(answer.status, answer.code) for answer in answers] == [(401, "AUTH_INVALID_TOKEN")] * 3, path
