from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from shared.clock import SystemClock
from shared.ids import uuid7
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

PATH = "/api/v1/athlete"
YESTERDAY = SystemClock().now().date() - dt.timedelta(days=1)


async def test_a_new_runner_has_assumptions_that_say_so(coach: CoachUnderTest):
    shown = (await coach.user(a_runner(), "GET", PATH)).json
    assert shown["maxHeartRateBpm"]["value"] == 190
    assert shown["maxHeartRateBpm"]["origin"] == "assumed"
    assert shown["thresholdHeartRateBpm"]["origin"] == "estimated"
    assert shown["sex"] == {"value": None, "origin": "unknown", "basis": "not on file"}
    assert (shown["units"], shown["tone"]) == ("km", "balanced")


async def test_what_is_given_is_kept_and_null_takes_it_back(coach: CoachUnderTest):
    ada = a_runner()
    given = {"sex": "female", "birthYear": 1990, "maxHeartRateBpm": 188, "units": "mi"}
    changed = (await coach.user(ada, "PATCH", PATH, json=given)).json
    assert changed["maxHeartRateBpm"] == {"value": 188.0, "origin": "given", "basis": "you gave it"}
    assert changed["sex"]["value"] == "female"
    assert changed["units"] == "mi"
    back = (await coach.user(ada, "PATCH", PATH, json={"maxHeartRateBpm": None})).json
    assert back["maxHeartRateBpm"]["basis"] == "your age (Tanaka 2001)"
    assert back["birthYear"]["value"] == 1990


async def test_changes_side_by_side_are_all_kept(coach: CoachUnderTest):
    ada = a_runner()
    given = {
        "weightKg": 61.5, "birthYear": 1990, "maxHeartRateBpm": 188.0, "restingHeartRateBpm": 48.0,
        "thresholdPaceSPerKm": 270.0,
    }  # fmt: skip
    answers = await asyncio.gather(
        *(coach.user(ada, "PATCH", PATH, json={name: value}) for name, value in given.items())
    )
    assert [answer.status for answer in answers] == [200] * 5
    shown = (await coach.user(ada, "GET", PATH)).json
    assert {name: shown[name]["value"] for name in given} == given


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"maxHeartRateBpm": 400}, "maxHeartRateBpm"),
        ({"sex": "other"}, "sex"),
        ({"units": "furlong"}, "units"),
        ({"units": None}, "units"),
        ({"birthYear": 2099}, "birthYear"),
        ({"favouriteColour": "red"}, "favouriteColour"),
        ({"maxHeartRateBpm": 150, "thresholdHeartRateBpm": 160}, "maxHeartRateBpm"),
        ({"restingHeartRateBpm": 100, "maxHeartRateBpm": 100}, "maxHeartRateBpm"),
    ],
)
async def test_values_that_cannot_be_are_refused_by_their_field(coach: CoachUnderTest, body, field):
    answer = await coach.user(a_runner(), "PATCH", PATH, json=body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.json["error"]["details"][0]["field"] == field


async def test_a_changed_profile_changes_answers_without_measuring_again(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, 3600, 3.0, 170.0))
    path = f"/api/v1/activities/{coach.ingest.recordings[ada.user_id][0].item['id']}/analysis"
    before = (await coach.user(ada, "GET", path)).json
    coach.ingest.calls.clear()
    given = {"thresholdHeartRateBpm": 170, "restingHeartRateBpm": 50, "maxHeartRateBpm": 190}
    await coach.user(ada, "PATCH", PATH, json=given)
    after = (await coach.user(ada, "GET", path)).json
    assert after["load"]["value"] == pytest.approx(100.0)
    assert after["zones"]["basis"] == "threshold"
    assert before["zones"]["basis"] == "maximum"
    assert not any(call.endswith("/streams") for call in coach.ingest.calls)


async def test_an_analysis_has_all_its_parts(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, 3000, 3.0, 140.0))
    path = f"/api/v1/activities/{coach.ingest.recordings[ada.user_id][0].item['id']}/analysis"
    shown = (await coach.user(ada, "GET", path)).json
    assert shown["lines"].keys() == {"sessionDiagnosis", "primaryLimiter", "performanceLever", "nextCue"}
    assert shown["sessionKind"]["kind"] == "easy"
    assert shown["decoupling"]["valuePct"] == pytest.approx(0.0, abs=0.5)
    assert sum(zone["timeS"] for zone in shown["zones"]["zones"]) == pytest.approx(3000)
    assert shown["gradeAdjustedPaceSPerKm"] == pytest.approx(1000 / 3, rel=0.01)
    assert shown["efficiencyFactor"] == pytest.approx(180 / 140, rel=0.01)
    assert [chart["kind"] for chart in shown["charts"]] == ["run"]
    again = (await coach.user(ada, "GET", path)).json
    assert again["charts"] == shown["charts"]


async def test_somebody_elses_activity_is_not_found(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY))
    theirs = coach.ingest.recordings[ada.user_id][0].item["id"]
    for activity_id in (theirs, uuid7(), "none"):
        answer = await coach.user(a_runner(), "GET", f"/api/v1/activities/{activity_id}/analysis")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


async def test_the_profile_cannot_be_read_in_the_database(coach: CoachUnderTest, database: Database):
    await coach.user(a_runner(), "PATCH", PATH, json={"sex": "female", "birthYear": 1990})
    async with database.connection() as connection:
        sealed = await connection.fetchval("SELECT profile_sealed FROM athlete")
    assert b"female" not in sealed
    assert b"1990" not in sealed


@pytest.mark.parametrize(
    "damage",
    [
        "formula_version = 0, figures = '{}', histogram = '', trace = NULL",
        "formula_version = 0, figures = figures - 'bestTimesS', histogram = substr(histogram, 1, 100)",
        "figures = jsonb_set(figures, '{measured,retired}', '1')",
        "trace = 'x'",
    ],
)
async def test_metrics_kept_in_another_shape_are_measured_again(coach: CoachUnderTest, database: Database, damage: str):
    ada = a_runner()
    coach.ingest.add(ada.user_id, recording(YESTERDAY, 3000, 3.0, 140.0))
    path = f"/api/v1/activities/{coach.ingest.recordings[ada.user_id][0].item['id']}/analysis"
    before = (await coach.user(ada, "GET", path)).json
    async with database.connection() as connection:
        await connection.execute(f"UPDATE run_metrics SET {damage}")
    after = await coach.user(ada, "GET", path)
    assert (after.status, after.json) == (200, before)
    async with database.connection() as connection:
        await connection.execute(f"UPDATE run_metrics SET {damage}")
        await connection.execute("UPDATE data_version SET version = version + 1")
    assert (await coach.ask(ada, "Analyze my last run")).status == 200
