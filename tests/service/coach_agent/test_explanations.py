"""A figure that moved can be explained: what went in before and now, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from shared.clock import SystemClock
from shared.ids import uuid7
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.support.service import a_runner

TODAY = SystemClock().now().date()
YESTERDAY = TODAY - dt.timedelta(days=1)


async def explained(coach: CoachUnderTest, ada: Any, activity_id: str) -> dict[str, Any]:
    answer = await coach.user(ada, "GET", f"/api/v1/activities/{activity_id}/analysis?explain=1")
    assert answer.status == 200
    return answer.json["explanation"]


def by_name(moved: list[dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    return {one["name"]: (one["before"], one["now"]) for one in moved}


async def test_nothing_is_explained_unless_asked_for(coach: CoachUnderTest):
    ada = a_runner()
    run = recording(YESTERDAY)
    coach.ingest.add(ada.user_id, run)
    assert (await coach.user(ada, "GET", f"/api/v1/activities/{run.item['id']}/analysis")).json["explanation"] is None


async def test_inputs_say_where_they_come_from_and_figures_by_which_formula(coach: CoachUnderTest):
    ada = a_runner()
    run = recording(YESTERDAY)
    coach.ingest.add(ada.user_id, run)
    await coach.user(ada, "PATCH", "/api/v1/athlete", json={"maxHeartRateBpm": 190, "restingHeartRateBpm": 50})
    told = await explained(coach, ada, run.item["id"])
    inputs = {one["name"]: one for one in told["inputs"]}
    assert inputs["maxHeartRateBpm"] == {
        "name": "maxHeartRateBpm", "value": 190.0, "origin": "given", "basis": "you gave it",
    }  # fmt: skip
    assert inputs["thresholdHeartRateBpm"]["value"] == 173.2  # 50 + 0.88 · 140
    assert inputs["activityVersion"] == {"name": "activityVersion", "value": 1, "origin": None, "basis": None}
    formulas = {one["figure"]: one for one in told["formulas"]}
    assert "Minetti" in formulas["gradeAdjustedPaceSPerKm"]["source"]
    assert (told["changed"], told["moved"]) == ([], [])


async def test_a_new_maximum_moves_the_load_and_both_are_told(coach: CoachUnderTest):
    ada = a_runner()
    run = recording(YESTERDAY, heart_rate=150.0)
    coach.ingest.add(ada.user_id, run)
    await coach.user(ada, "PATCH", "/api/v1/athlete", json={"maxHeartRateBpm": 190, "restingHeartRateBpm": 50})
    await explained(coach, ada, run.item["id"])
    await coach.user(ada, "PATCH", "/api/v1/athlete", json={"maxHeartRateBpm": 200})
    told = await explained(coach, ada, run.item["id"])
    changed, moved = by_name(told["changed"]), by_name(told["moved"])
    assert changed == {"maxHeartRateBpm": (190.0, 200.0), "thresholdHeartRateBpm": (173.2, 182.0)}
    before, now = moved["load"]
    assert before > now
    assert "distanceM" not in moved
    assert await explained(coach, ada, run.item["id"]) == told, "asking again explains the same"


async def test_an_edited_activity_is_named_as_the_cause(coach: CoachUnderTest):
    ada = a_runner()
    first = recording(YESTERDAY)
    coach.ingest.add(ada.user_id, first)
    await explained(coach, ada, first.item["id"])
    edited = recording(YESTERDAY, seconds=3600, id=first.item["id"], version=2)
    coach.ingest.recordings[ada.user_id] = [edited]
    told = await explained(coach, ada, first.item["id"])
    assert by_name(told["changed"])["activityVersion"] == (1, 2)
    assert by_name(told["moved"])["distanceM"] == (8100, 10800)


async def test_a_deleted_run_takes_its_explanation_along(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    run = recording(YESTERDAY)
    coach.ingest.add(ada.user_id, run)
    await explained(coach, ada, run.item["id"])
    event = {
        "id": str(uuid7()), "kind": "activity.deleted", "userId": str(ada.user_id),
        "aggregate": f"activity:{run.item['id']}", "version": 2, "occurredAt": f"{TODAY}T08:00:00Z",
        "payload": {"activityId": run.item["id"], "version": 2},
    }  # fmt: skip
    assert (await coach.service("garmin_ingest", "POST", "/internal/events", json=event)).status == 204
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM run_reading WHERE user_id = $1", ada.user_id) == 0
