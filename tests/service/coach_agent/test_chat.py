"""A question from the gateway's door to the stored answer, with the services around it real servers."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import zoneinfo

import aiohttp
import orjson
import pytest

from shared.clock import SystemClock
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner, eventually

TODAY = SystemClock().now().date()
YESTERDAY = TODAY - dt.timedelta(days=1)
TWO_DAYS_AGO = TODAY - dt.timedelta(days=2)


def facts(answer):
    return {fact["label"]: fact for fact in answer.json["reply"]["facts"]}


async def test_the_last_run_is_analysed_from_the_recording(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(TWO_DAYS_AGO, 1800), recording(YESTERDAY, 2700, 3.0, 140.0))
    answer = await coach.ask(ada, "Analyze my last run")
    assert answer.status == 200
    body, found = answer.json, facts(answer)
    assert body["answeredBy"] == "coach-rules"
    assert found["distance"]["value"] == pytest.approx(8100, rel=0.005)
    assert found["duration"]["value"] == pytest.approx(2700, rel=0.005)
    assert found["pace"]["value"] == pytest.approx(1000 / 3, rel=0.005)
    assert found["averageHeartRate"] == {
        "id": "averageHeartRate", "label": "averageHeartRate", "value": 140.0, "unit": "bpm", "text": "140 bpm",
        "source": {"kind": "activity", "id": coach.ingest.recordings[ada.user_id][0].item["id"]},
    }  # fmt: skip
    assert {"load", "trimp", "timeInZone1", "timeInZone5", "decoupling", "efficiencyFactor"} <= found.keys()
    assert {"gradeAdjustedPace", "fastestKm", "cadence", "ascent", "pace.previous"} <= found.keys()
    assert body["reply"]["text"].startswith("Session diagnosis: ")
    assert [chart["kind"] for chart in body["reply"]["charts"]] == ["run"]
    assert coach.subscription.outcomes == ["answered"]


async def test_every_number_of_the_text_stands_in_a_fact_and_where_the_mark_says(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    reply = (await coach.ask(ada, "Analyze my last run")).json["reply"]
    texts = {fact["id"]: fact["text"] for fact in reply["facts"]}
    known = {number for text in texts.values() for number in re.findall(r"\d+(?:[.,:]\d+)*", text)}
    assert set(re.findall(r"\d+(?:[.,:]\d+)*", reply["text"])) <= known
    assert reply["marks"]
    for mark in reply["marks"]:
        assert reply["text"][mark["start"] : mark["end"]] == texts[mark["factId"]]


async def test_without_data_the_answer_says_how_to_get_it_and_the_question_is_given_back(coach: CoachUnderTest):
    answer = await coach.ask(a_runner(), "Analyze my last run")
    assert (answer.status, answer.code) == (409, "COACH_NO_DATA")
    assert "Import" in answer.json["error"]["message"]
    assert coach.subscription.outcomes == ["failed"]


async def test_each_runner_sees_their_own_runs_only(coach: CoachUnderTest):
    ada, bob = a_runner(), a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, 2700))
    coach.ingest.add(bob.user_id, recording(YESTERDAY, 1800))
    assert facts(await coach.ask(ada, "Analyze my last run"))["duration"]["value"] == 2700
    assert facts(await coach.ask(bob, "Analyze my last run"))["duration"]["value"] == 1800


async def test_yesterday_is_that_of_the_runners_zone(coach: CoachUnderTest):
    """Kiritimati is 14 h ahead of UTC and Pago Pago 11 h behind, so their yesterdays are never the same day."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        runner = a_runner(zone=zone)
        local = SystemClock().now().astimezone(zoneinfo.ZoneInfo(zone)).date()
        coach.ingest.add(runner.user_id, recording(local, 1000), recording(local - dt.timedelta(days=1), 2000))
        answer = await coach.ask(runner, "How was my run yesterday?")
        assert facts(answer)["duration"]["value"] == 2000


async def test_a_day_without_a_run_is_said_with_the_day_of_the_latest(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(TODAY - dt.timedelta(days=5)))
    answer = await coach.ask(ada, "How was my run yesterday?")
    assert answer.status == 200
    assert facts(answer)["askedDate"]["value"] == int(f"{YESTERDAY:%Y%m%d}")
    assert "date.latest" in facts(answer)


async def test_two_runs_are_compared_in_one_chart(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(TWO_DAYS_AGO, 2700, 2.9), recording(YESTERDAY, 2700, 3.0))
    answer = await coach.ask(ada, "compare my last two runs")
    assert answer.json["reply"]["charts"][0]["kind"] == "comparison"
    assert {"pace", "pace.previous", "efficiencyChange"} <= facts(answer).keys()


async def test_advice_rests_on_the_last_three_runs(coach: CoachUnderTest):
    ada = a_runner()
    days = [TODAY - dt.timedelta(days=n) for n in (1, 3, 5, 8)]
    coach.ingest.add(ada.user_id, *(recording(day) for day in days))
    answer = await coach.ask(ada, "What should I run tomorrow?")
    assert {f"distance.{day}" for day in days[:3]} <= facts(answer).keys()
    assert {"sessionDuration", "sessionHeartRateHigh"} <= facts(answer).keys()
    assert answer.json["reply"]["text"].startswith("- Tomorrow: ")


async def test_advice_after_a_long_break_still_looks_at_three_runs(coach: CoachUnderTest):
    ada = a_runner()
    days = [TODAY - dt.timedelta(days=n) for n in (60, 62, 65, 70)]
    coach.ingest.add(ada.user_id, *(recording(day) for day in days))
    answer = await coach.ask(ada, "What should I run tomorrow?")
    assert {f"distance.{day}" for day in days[:3]} <= facts(answer).keys()
    assert "getting back into it" in answer.json["reply"]["text"]


async def test_the_one_before_goes_back_one_run_in_the_conversation(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(TWO_DAYS_AGO, 1800), recording(YESTERDAY, 2700))
    first = (await coach.ask(ada, "Analyze my last run")).json
    second = await coach.ask(ada, "And the one before?", conversationId=first["conversationId"])
    assert facts(second)["duration"]["value"] == 1800


async def test_what_cannot_be_answered_is_said_with_examples_and_costs_no_question(coach: CoachUnderTest):
    answer = await coach.ask(a_runner(), "Write me a poem")
    assert answer.status == 200
    assert "outside of what a running coach knows" in answer.json["reply"]["text"]
    assert coach.subscription.outcomes == ["failed"]
    assert answer.json["reply"]["suggestions"]


async def test_an_emergency_is_answered_whatever_the_plan_has_left(coach: CoachUnderTest):
    coach.subscription.limit = 0
    answer = await coach.ask(a_runner(), "I had chest pain on my run")
    assert answer.status == 200
    assert "see a doctor" in answer.json["reply"]["text"]
    assert coach.subscription.calls == []


async def test_past_the_daily_questions_the_subscriptions_own_error_comes_through(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    coach.subscription.limit = 1
    assert (await coach.ask(ada, "Analyze my last run")).status == 200
    refused = await coach.ask(ada, "Analyze my last run")
    assert (refused.status, refused.code) == (429, "SUBSCRIPTION_QUERY_LIMIT")
    assert refused.headers["Retry-After"] == "600"


async def test_an_outage_around_the_coach_is_an_envelope(coach: CoachUnderTest):
    ada = a_runner()
    coach.subscription.away = True
    answer = await coach.ask(ada, "Analyze my last run")
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    coach.subscription.away, coach.ingest.away = False, True
    answer = await coach.ask(ada, "Analyze my last run")
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    assert coach.subscription.outcomes == ["failed"]


async def test_a_question_whose_asker_went_away_is_given_back(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    coach.ingest.hangs = asyncio.Event()
    with pytest.raises(TimeoutError):
        await coach.user(
            ada, "POST", "/api/v1/chat", json={"message": "Analyze my last run"},
            timeout=aiohttp.ClientTimeout(total=0.5),
        )  # fmt: skip
    async with asyncio.timeout(5):
        await coach.subscription.settled.wait()
    assert coach.subscription.outcomes == ["failed"]
    coach.ingest.hangs.set()


async def test_a_stream_brings_whole_sentences_then_facts_chart_and_the_whole_reply(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    answer = await coach.user(
        ada, "POST", "/api/v1/chat", json={"message": "Analyze my last run"}, headers={"Accept": "text/event-stream"}
    )
    assert answer.headers["Content-Type"] == "text/event-stream"
    events = [
        (name, orjson.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.body.decode())
    ]
    done = events[-1][1]
    assert events[-1][0] == "done"
    sentences = [data["text"] for name, data in events if name == "token"]
    assert " ".join("".join(sentences).split()) == " ".join(done["reply"]["text"].split())
    assert all(re.search(r"[.?!:]\s*$", sentence) for sentence in sentences)
    assert [data for name, data in events if name == "fact"] == done["reply"]["facts"]
    assert [data for name, data in events if name == "chart"] == done["reply"]["charts"]


async def test_a_refusal_of_a_stream_is_a_plain_envelope(coach: CoachUnderTest):
    answer = await coach.user(
        a_runner(), "POST", "/api/v1/chat", json={"message": "Analyze my last run"},
        headers={"Accept": "text/event-stream"},
    )  # fmt: skip
    assert (answer.status, answer.code) == (409, "COACH_NO_DATA")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": ""}, "message"),
        ({"message": "x" * 2001}, "message"),
        ({"message": "hello", "extra": 1}, "extra"),
        ({"message": "hello", "conversationId": "x"}, "conversationId"),
        ({"message": 5}, "message"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_before_it_costs_a_question(coach: CoachUnderTest, body, field):
    answer = await coach.user(a_runner(), "POST", "/api/v1/chat", json=body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == field
    assert coach.subscription.calls == []


async def test_a_warm_answer_asks_the_importer_once(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(TODAY - dt.timedelta(days=n)) for n in range(1, 4)))
    await coach.ask(ada, "Analyze my last run")
    coach.ingest.calls.clear()
    await coach.ask(ada, "Analyze my last run")
    assert coach.ingest.calls == ["GET /api/v1/activities"]


async def test_a_changed_recording_is_measured_again(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, 2700, 3.0))
    await coach.ask(ada, "Analyze my last run")
    old = coach.ingest.recordings[ada.user_id].pop()
    changed = recording(YESTERDAY, 2700, 3.5, id=old.item["id"], version=2)
    coach.ingest.add(ada.user_id, changed)
    assert facts(await coach.ask(ada, "Analyze my last run"))["pace"]["value"] == pytest.approx(1000 / 3.5)


async def test_questions_side_by_side_are_all_answered(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(TODAY - dt.timedelta(days=n), 1200) for n in range(1, 6)))
    answers = await asyncio.gather(*(coach.ask(ada, "Analyze my last run") for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    assert len({answer.json["reply"]["text"] for answer in answers}) == 1
    assert len({answer.json["reply"]["charts"][0]["id"] for answer in answers}) == 1

    async def settled() -> bool:
        return coach.subscription.outcomes == ["answered"] * 5

    await eventually(settled)
