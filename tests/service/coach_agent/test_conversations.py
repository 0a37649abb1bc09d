"""What was said is kept for its runner, sealed, and can be read again or deleted."""

from __future__ import annotations

import asyncio
import datetime as dt

from shared.clock import SystemClock
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner, eventually

YESTERDAY = SystemClock().now().date() - dt.timedelta(days=1)


async def test_a_conversation_shows_its_replies_again_and_is_gone_when_deleted(coach: CoachUnderTest):
    ada, bob = a_runner(), a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    first = (await coach.ask(ada, "Analyze my last run")).json
    path = f"/api/v1/conversations/{first['conversationId']}"
    await coach.ask(ada, "Write me a poem", conversationId=first["conversationId"])
    shown = (await coach.user(ada, "GET", path)).json
    assert shown["title"] == "Analyze my last run"
    assert [message["message"] for message in shown["messages"]] == ["Analyze my last run", "Write me a poem"]
    assert shown["messages"][0]["reply"] == first["reply"]
    assert (await coach.user(bob, "GET", path)).status == 404
    assert (await coach.user(bob, "DELETE", path)).status == 404
    assert (await coach.ask(bob, "Analyze my last run", conversationId=first["conversationId"])).status == 404
    assert (await coach.user(ada, "DELETE", path)).status == 204
    assert (await coach.user(ada, "GET", path)).status == 404


async def test_a_question_in_flight_does_not_bring_a_deleted_conversation_back(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    conversation_id = (await coach.ask(ada, "Write me a poem")).json["conversationId"]
    path = f"/api/v1/conversations/{conversation_id}"
    coach.ingest.hangs = asyncio.Event()
    coach.ingest.calls.clear()
    asking = asyncio.create_task(coach.ask(ada, "Analyze my last run", conversationId=conversation_id))

    async def in_flight() -> bool:
        return bool(coach.ingest.calls)

    await eventually(in_flight)
    assert (await coach.user(ada, "DELETE", path)).status == 204
    coach.ingest.hangs.set()
    answer = await asking
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert (await coach.user(ada, "GET", path)).status == 404


async def test_conversations_are_listed_newest_first_page_by_page(coach: CoachUnderTest):
    ada = a_runner()
    for question in ("first poem", "second poem", "third poem"):
        await coach.ask(ada, question)
    page = (await coach.user(ada, "GET", "/api/v1/conversations?limit=2")).json
    assert [item["title"] for item in page["items"]] == ["third poem", "second poem"]
    rest = (await coach.user(ada, "GET", f"/api/v1/conversations?cursor={page['nextCursor']}")).json
    assert [item["title"] for item in rest["items"]] == ["first poem"]
    assert rest["nextCursor"] is None


async def test_a_list_holds_only_the_members_asked_for(coach: CoachUnderTest):
    ada = a_runner()
    await coach.ask(ada, "first poem")
    path = "/api/v1/conversations"
    [whole] = (await coach.user(ada, "GET", path)).json["items"]
    assert whole.keys() == {"id", "title", "startedAt", "updatedAt"}
    chosen = (await coach.user(ada, "GET", f"{path}?fields=title,startedAt")).json
    assert chosen == {"items": [{"title": "first poem", "startedAt": whole["startedAt"]}], "nextCursor": None}
    refused = await coach.user(ada, "GET", f"{path}?fields=title,secret")
    assert (refused.status, refused.json["error"]["details"][0]["field"]) == (422, "fields")


async def test_nothing_that_was_said_can_be_read_in_the_database(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, name="Planted name"))
    await coach.ask(ada, "Write me a poem about planted words")
    await coach.ask(ada, "Analyze my last run")
    async with database.connection() as connection:
        for table in ("conversation", "message", "run_metrics", "chart"):
            rows = await connection.fetch(f"SELECT t::text AS line FROM {table} t")
            assert rows
            assert not any("lanted" in row["line"] or "diagnosis" in row["line"] for row in rows)
