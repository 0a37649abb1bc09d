"""A question asked again under its Idempotency-Key gets its first answer and costs nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from shared.clock import SystemClock
from shared.ids import uuid7
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

YESTERDAY = SystemClock().now().date() - dt.timedelta(days=1)


async def test_the_same_key_gives_the_same_reply_and_costs_one_question(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    headers = {"Idempotency-Key": str(uuid7())}
    body = {"message": "Analyze my last run"}
    first = await coach.user(ada, "POST", "/api/v1/chat", json=body, headers=headers)
    again = await coach.user(ada, "POST", "/api/v1/chat", json=body, headers=headers)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(coach.subscription.questions) == 1


@pytest.mark.parametrize("accepted", [("text/event-stream",) * 2, ("text/event-stream", "application/json")])
async def test_the_same_key_gives_a_stream_again_and_costs_one_question(coach: CoachUnderTest, accepted):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    key = str(uuid7())
    first, again = [
        await coach.user(
            ada, "POST", "/api/v1/chat", json={"message": "Analyze my last run"},
            headers={"Idempotency-Key": key, "Accept": media_type},
        )
        for media_type in accepted
    ]  # fmt: skip
    assert again.headers["Content-Type"].startswith(accepted[1])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.body.endswith(again.body if accepted[1] == "text/event-stream" else b"data: " + again.body + b"\n\n")
    assert len(coach.subscription.questions) == 1


async def test_a_question_stored_before_a_crash_is_found_by_its_key(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    headers = {"Idempotency-Key": str(uuid7())}
    body = {"message": "Analyze my last run"}
    first = await coach.user(ada, "POST", "/api/v1/chat", json=body, headers=headers)
    async with database.connection() as connection:
        await connection.execute("DELETE FROM idempotency_key")
    again = await coach.user(ada, "POST", "/api/v1/chat", json=body, headers=headers)
    assert again.json == first.json
    assert "Idempotency-Replayed" not in again.headers
    assert len(coach.subscription.questions) == 1
    assert len((await coach.user(ada, "GET", "/api/v1/conversations")).json["items"]) == 1
    async with database.connection() as connection:
        await connection.execute("DELETE FROM idempotency_key")
        await connection.execute("UPDATE message SET asked_at = asked_at - interval '25 hours'")
    late = await coach.user(ada, "POST", "/api/v1/chat", json=body, headers=headers)
    assert late.json["messageId"] != first.json["messageId"]
