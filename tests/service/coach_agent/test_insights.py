"""Advice for a day, what runners think of it, and what the coach remembers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from services.coach_agent.domain.facts import Fact, Source, SourceKind, unverified_numbers
from shared.clock import SystemClock
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

TODAY = SystemClock().now().date()
DAILY = "/api/v1/insights/daily"
EVALUATE = "/api/v1/insights/evaluate"
EVALUATIONS = "/api/v1/admin/evaluations"


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


async def note(coach: CoachUnderTest, ada: Any, kind: str, first: int = 0, last: int | None = None) -> None:
    body = {
        "kind": kind,
        "text": "in my own words",
        "from": str(day(first)),
        "to": None if last is None else str(day(last)),
    }
    assert (await coach.user(ada, "POST", "/api/v1/insights/context", json=body)).status == 201


async def test_without_runs_plan_or_note_there_is_nothing_to_advise(coach: CoachUnderTest):
    refused = await coach.user(a_runner(), "GET", DAILY)
    assert (refused.status, refused.code) == (409, "COACH_NO_DATA")


async def test_advice_follows_from_the_last_runs_and_stays_the_same(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(day(-offset)) for offset in (2, 4, 6, 9)))
    told = (await coach.user(ada, "GET", DAILY)).json
    assert told["date"] == str(TODAY)
    assert told["rule"] == "daily.suggested"
    assert told["advice"] in {"easy", "tempo", "long", "recovery"}
    assert told["reasons"][0]["rule"] == "daily.suggested"
    facts = [Fact(f["label"], f["value"], f["unit"], f["text"], Source(SourceKind.PLAN, "")) for f in told["facts"]]
    assert unverified_numbers(told["text"], facts) == ()
    for mark in told["marks"]:
        fact = next(fact for fact in told["facts"] if fact["id"] == mark["factId"])
        assert told["text"][mark["start"] : mark["end"]] == fact["text"]
    again = (await coach.user(ada, "GET", f"{DAILY}?date={TODAY}")).json
    assert again | {"madeAt": told["madeAt"]} == told


async def test_what_is_noted_changes_the_advice_of_that_day(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(day(-offset)) for offset in (2, 4, 6)))
    before = (await coach.user(ada, "GET", DAILY)).json
    await note(coach, ada, "illness", first=0, last=0)
    ill = (await coach.user(ada, "GET", DAILY)).json
    assert (ill["advice"], ill["rule"], ill["durationS"]) == ("rest", "daily.illness", None)
    assert ill["id"] != before["id"]
    assert (await coach.user(ada, "GET", f"{DAILY}?date={day(1)}")).json["rule"] == "daily.suggested"


async def test_an_injury_alone_is_enough_to_advise_rest(coach: CoachUnderTest):
    ada = a_runner()
    await note(coach, ada, "injury")
    told = (await coach.user(ada, "GET", DAILY)).json
    assert (told["advice"], told["rule"]) == ("rest", "daily.injury")


async def test_an_earlier_day_shows_what_was_advised_and_a_later_one_is_the_plans(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(day(-3)))
    assert (await coach.user(ada, "GET", f"{DAILY}?date={day(-1)}")).status == 404
    refused = await coach.user(ada, "GET", f"{DAILY}?date={day(2)}")
    assert (refused.status, refused.json["error"]["details"][0]["field"]) == (422, "date")


async def test_a_runner_judges_an_insight_and_may_think_again(coach: CoachUnderTest):
    ada, bob, operator = a_runner(), a_runner(), a_runner(roles=frozenset({"admin"}))
    await note(coach, ada, "injury")
    insight_id = (await coach.user(ada, "GET", DAILY)).json["id"]
    judged = await coach.user(ada, "POST", EVALUATE, json={"insightId": insight_id, "verdict": "helpful"})
    assert judged.status == 200
    assert {"subject": "insight", "rule": "daily.injury", "verdict": "helpful"}.items() <= judged.json.items()
    body = {"insightId": insight_id, "verdict": "wrong", "text": "I am fine"}
    assert (await coach.user(ada, "POST", EVALUATE, json=body)).json["text"] == "I am fine"
    assert (await coach.user(bob, "POST", EVALUATE, json=body)).status == 404
    mine = [
        item
        for item in (await coach.user(operator, "GET", f"{EVALUATIONS}?verdict=wrong")).json["items"]
        if item["userId"] == str(ada.user_id)
    ]
    assert [(item["insightId"], item["text"]) for item in mine] == [(insight_id, "I am fine")]
    assert (await coach.user(ada, "GET", EVALUATIONS)).code == "AUTH_FORBIDDEN"


async def test_an_answer_is_judged_by_its_message_id(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(day(-1)))
    message_id = (await coach.ask(ada, "Analyze my last run")).json["messageId"]
    body = {"insightId": message_id, "verdict": "wrong", "text": "That was no run of mine"}
    assert (await coach.user(ada, "POST", EVALUATE, json=body)).json["subject"] == "answer"
    async with database.connection() as connection:
        kept = await connection.fetchval("SELECT text_sealed FROM evaluation WHERE user_id = $1", ada.user_id)
    assert b"no run" not in kept


@pytest.mark.parametrize(("changes", "field"), [({"verdict": "nice"}, "verdict"), ({"text": ""}, "text")])
async def test_a_verdict_that_does_not_fit_is_refused(coach: CoachUnderTest, changes: dict, field: str):
    body = {"insightId": "0199f3a0-0000-7000-8000-000000000000", "verdict": "wrong"} | changes
    refused = await coach.user(a_runner(), "POST", EVALUATE, json=body)
    assert (refused.status, refused.json["error"]["details"][0]["field"]) == (422, field)


async def test_what_is_remembered_can_be_read_and_stays_deleted(coach: CoachUnderTest):
    ada, bob = a_runner(), a_runner()
    await note(coach, ada, "injury", first=-30, last=-10)
    await note(coach, ada, "illness")
    page = (await coach.user(ada, "GET", "/api/v1/memory?limit=1")).json
    [latest] = page["items"]
    assert latest["kind"] == "illness"
    rest = (await coach.user(ada, "GET", f"/api/v1/memory?cursor={page['nextCursor']}")).json
    assert [item["kind"] for item in rest["items"]] == ["injury"]
    assert rest["items"][0]["from"] == str(day(-30))
    assert (await coach.user(bob, "DELETE", f"/api/v1/memory/{latest['id']}")).status == 404
    assert (await coach.user(ada, "DELETE", f"/api/v1/memory/{latest['id']}")).status == 204
    assert (await coach.user(ada, "DELETE", f"/api/v1/memory/{latest['id']}")).status == 404
    kinds = [item["kind"] for item in (await coach.user(ada, "GET", "/api/v1/memory?fields=kind")).json["items"]]
    assert kinds == ["injury"]


async def test_years_of_runs_are_remembered_as_phases_and_habits(coach: CoachUnderTest):
    ada = a_runner()
    runs = [recording(day(-offset), seconds=1800) for offset in range(2, 80, 3)]
    coach.ingest.add(ada.user_id, *runs)
    for run in runs:
        await coach.user(ada, "GET", f"/api/v1/activities/{run.item['id']}/analysis")
    kinds = {item["kind"] for item in (await coach.user(ada, "GET", "/api/v1/memory")).json["items"]}
    assert kinds == {"phase", "habit"}
