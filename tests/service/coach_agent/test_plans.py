"""A plan is made, read, changed, followed in a calendar and on a watch, and is its runner's alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from shared.caller import Caller
from shared.clock import SystemClock
from shared.ids import uuid7
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

PLANS = "/api/v1/training-plans"
ACTIVE = f"{PLANS}/active"
TODAY = SystemClock().now().date()
START = TODAY + dt.timedelta(days=-TODAY.weekday() % 7)
RACE_DAY = START + dt.timedelta(days=14 * 7 - 1)


def race(**changes: Any) -> dict[str, Any]:
    body = {
        "goal": "race", "raceDate": RACE_DAY.isoformat(), "distanceM": 10_000, "daysPerWeek": 4, "longRunDay": "sunday"
    }  # fmt: skip
    return body | changes


def trained(coach: CoachUnderTest) -> Caller:
    """A runner of about three hours a week."""
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(recording(TODAY - dt.timedelta(days=day), 3000) for day in range(1, 22, 2)))
    return ada


async def planned(coach: CoachUnderTest, ada: Caller, **changes: Any) -> dict[str, Any]:
    made = await coach.user(ada, "POST", PLANS, json=race(**changes))
    assert made.status == 201, made.body
    return made.json


def workouts(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [workout for week in plan["weeks"] for workout in week["workouts"]]


async def test_a_plan_leads_from_the_next_monday_to_the_race(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada)
    assert (plan["firstDay"], plan["lastDay"], len(plan["weeks"])) == (str(START), str(RACE_DAY), 14)
    assert plan["goal"] == race(targetTimeS=None)
    assert {len(week["workouts"]) for week in plan["weeks"]} == {4}
    last = plan["weeks"][-1]["workouts"][-1]
    assert (last["kind"], last["date"], last["distanceM"]) == ("race", str(RACE_DAY), 10_000.0)
    assert (await coach.user(ada, "GET", ACTIVE)).json == plan


async def test_each_step_says_what_to_hold_and_the_steps_make_the_session(coach: CoachUnderTest):
    plan = await planned(coach, trained(coach))
    for workout in workouts(plan):
        steps = [(block["times"], step) for block in workout["blocks"] for step in block["steps"]]
        if workout["kind"] != "race":
            assert sum(times * step["durationS"] for times, step in steps) == workout["durationS"]
        for _, step in steps:
            target = step["target"]
            assert target["kind"] in {"pace", "heartRate", "effort"}
            assert target["kind"] != "pace" or target["fastSPerKm"] < target["slowSPerKm"]


async def test_a_goal_out_of_reach_is_refused_and_the_nearest_one_is_taken(coach: CoachUnderTest):
    ada = trained(coach)
    soon = (START + dt.timedelta(days=13)).isoformat()
    refused = await coach.user(ada, "POST", PLANS, json=race(distanceM=42_195, raceDate=soon))
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    first = refused.json["error"]["details"][0]
    assert first["field"] == "raceDate"
    assert "too soon" in first["issue"]
    assert (await coach.user(ada, "GET", ACTIVE)).status == 404
    assert (await coach.user(ada, "POST", PLANS, json=first["nearest"])).status == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"raceDate": None}, ""),
        ({"goal": "fitness"}, ""),
        ({"daysPerWeek": 2}, "daysPerWeek"),
        ({"longRunDay": "someday"}, "longRunDay"),
        ({"distanceM": -1}, "distanceM"),
        ({"raceDate": "2020-01-05"}, "raceDate"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field(coach: CoachUnderTest, changes, field):
    refused = await coach.user(a_runner(), "POST", PLANS, json=race(**changes))
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    assert refused.json["error"]["details"][0]["field"] == field


async def test_a_runner_without_any_data_gets_a_gentle_plan(coach: CoachUnderTest):
    body = {"goal": "fitness", "daysPerWeek": 3, "longRunDay": "saturday"}
    made = await coach.user(a_runner(), "POST", PLANS, json=body)
    assert made.status == 201
    assert made.json["weeks"][0]["durationS"] <= 83 * 60


async def test_a_new_plan_takes_the_place_of_the_one_before_and_says_so(coach: CoachUnderTest, database: Database):
    ada = trained(coach)
    first, second = await planned(coach, ada), await planned(coach, ada, daysPerWeek=3)
    assert second["id"] != first["id"]
    assert "replaces" in {change["rule"] for change in second["changes"]}
    assert (await coach.user(ada, "GET", ACTIVE)).json["id"] == second["id"]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM plan WHERE user_id = $1 AND active", ada.user_id) == 1


async def test_plans_made_at_once_leave_one_active(coach: CoachUnderTest, database: Database):
    ada = trained(coach)
    made = await asyncio.gather(*(coach.user(ada, "POST", PLANS, json=race()) for _ in range(6)))
    assert {answer.status for answer in made} == {201}
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM plan WHERE user_id = $1 AND active", ada.user_id) == 1


async def test_an_ended_plan_is_gone(coach: CoachUnderTest):
    ada = trained(coach)
    await planned(coach, ada)
    assert (await coach.user(ada, "DELETE", ACTIVE)).status == 204
    assert (await coach.user(ada, "DELETE", ACTIVE)).status == 404
    assert (await coach.user(ada, "GET", ACTIVE)).status == 404


async def test_a_stranger_finds_none_of_it(coach: CoachUnderTest):
    ada, bob = trained(coach), a_runner()
    one = workouts(await planned(coach, ada))[0]
    theirs = await planned(coach, bob, goal="fitness", raceDate=None, distanceM=None)
    session = f"{ACTIVE}/workouts/{one['id']}"
    assert (await coach.user(bob, "PATCH", session, json={"status": "skipped"})).status == 404
    assert (await coach.user(bob, "GET", f"{session}/workout.fit")).status == 404
    assert one["id"] not in {workout["id"] for workout in workouts(theirs)}


async def test_a_session_is_skipped_and_planned_again(coach: CoachUnderTest):
    ada = trained(coach)
    session = f"{ACTIVE}/workouts/{workouts(await planned(coach, ada))[0]['id']}"
    skipped = (await coach.user(ada, "PATCH", session, json={"status": "skipped"})).json
    assert workouts(skipped)[0]["status"] == "skipped"
    assert (skipped["changes"][0]["rule"], skipped["version"]) == ("byRunner", 2)
    again = (await coach.user(ada, "PATCH", session, json={"status": "planned"})).json
    assert workouts(again)[0]["status"] == "planned"


@pytest.mark.parametrize("body", [{}, {"status": "done", "date": str(START)}, {"status": "done"}, {"status": "late"}])
async def test_a_word_on_a_session_that_makes_no_sense_is_refused(coach: CoachUnderTest, body):
    ada = trained(coach)
    session = f"{ACTIVE}/workouts/{workouts(await planned(coach, ada))[5]['id']}"
    assert (await coach.user(ada, "PATCH", session, json=body)).status == 422


async def test_a_session_moves_to_a_day_off_and_not_beside_another_hard_one(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada)
    week = next(w for w in plan["weeks"] if sum(one["hard"] for one in w["workouts"]) == 2)
    tuesday, friday = (one for one in week["workouts"] if one["hard"])
    session = f"{ACTIVE}/workouts/{friday['id']}"
    first = dt.date.fromisoformat(week["firstDay"])
    refused = await coach.user(ada, "PATCH", session, json={"date": str(first + dt.timedelta(days=2))})
    assert refused.status == 422
    assert refused.json["error"]["details"][0]["rule"] == "hardDaysApart"
    moved = await coach.user(ada, "PATCH", session, json={"date": str(first + dt.timedelta(days=3))})
    assert moved.status == 200
    days = {one["id"]: one["date"] for one in workouts(moved.json)}
    assert (days[friday["id"]], days[tuesday["id"]]) == (str(first + dt.timedelta(days=3)), tuesday["date"])
    assert moved.json["changes"][0]["rule"] == "moved"
    elsewhere = await coach.user(ada, "PATCH", session, json={"date": str(first + dt.timedelta(days=8))})
    assert elsewhere.status == 422


async def test_changes_made_at_once_are_all_kept(coach: CoachUnderTest):
    ada = trained(coach)
    sessions = workouts(await planned(coach, ada))[:8]
    await asyncio.gather(
        *(coach.user(ada, "PATCH", f"{ACTIVE}/workouts/{one['id']}", json={"status": "skipped"}) for one in sessions),
        *(coach.user(ada, "GET", ACTIVE) for _ in sessions),
    )
    after = (await coach.user(ada, "GET", ACTIVE)).json
    assert [one["status"] for one in workouts(after)[:8]] == ["skipped"] * 8


async def test_what_if_shows_the_projection_beside_the_present_one(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada)
    long = [one for one in workouts(plan) if one["kind"] == "long"]
    changes = [{"kind": "skip", "workoutId": one["id"]} for one in long]
    seen = (await coach.user(ada, "POST", f"{PLANS}/what-if", json={"changes": changes})).json
    assert seen["changed"]["goal"]["date"] == seen["present"]["goal"]["date"] == str(RACE_DAY)
    assert seen["difference"]["load"] == pytest.approx(-sum(one["load"] for one in long), abs=0.1)
    assert seen["difference"]["fitness"] < 0
    assert len(seen["present"]["weeks"]) == 14
    other = await coach.user(ada, "POST", f"{PLANS}/what-if", json={"goal": race(daysPerWeek=3)})
    assert other.json["changed"]["goal"]["fitness"] != seen["present"]["goal"]["fitness"]
    assert (await coach.user(ada, "GET", ACTIVE)).json == plan


async def test_what_if_refuses_what_cannot_be_and_names_what_would_be_broken(coach: CoachUnderTest):
    ada = trained(coach)
    path = f"{PLANS}/what-if"
    skip = {"kind": "skip", "workoutId": str(uuid7())}
    assert (await coach.user(ada, "POST", path, json={"changes": [skip]})).status == 404
    plan = await planned(coach, ada)
    assert (await coach.user(ada, "POST", path, json={"changes": [skip]})).status == 404
    assert (await coach.user(ada, "POST", path, json={})).status == 422
    assert (await coach.user(ada, "POST", path, json={"goal": race(raceDate="2020-01-05")})).status == 422
    monday = plan["weeks"][5]["firstDay"]
    add = {"kind": "add", "date": monday, "workout": "tempo", "durationS": 5400}
    broken = {
        rule["rule"] for rule in (await coach.user(ada, "POST", path, json={"changes": [add]})).json["brokenRules"]
    }
    assert "hardDaysApart" in broken
    twice = await coach.user(ada, "POST", path, json={"changes": [add, add]})
    assert twice.status == 422


async def test_the_plan_is_sealed_at_rest(coach: CoachUnderTest, database: Database):
    ada = trained(coach)
    await planned(coach, ada)
    async with database.connection() as connection:
        kept = await connection.fetchval("SELECT document_sealed FROM plan WHERE user_id = $1", ada.user_id)
    assert len(kept) < 20_000
    assert b"threshold" not in kept
