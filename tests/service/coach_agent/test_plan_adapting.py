"""A plan under way takes in what happens: in the night, after a run, with a note; and nothing is lost between them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from services.coach_agent.domain.plans.compiler import compile_plan
from services.coach_agent.domain.plans.models import Plan
from services.coach_agent.storage.plans import PostgresPlanStore
from services.coach_agent.worker import create_worker
from shared.caller import Caller
from shared.http.process import open_process
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import recording
from tests.service.coach_agent.test_plans import ACTIVE, START, TODAY, trained, workouts
from tests.service.coach_agent.test_worker import deliver, event
from tests.support.service import eventually, working
from tests.unit.coach_agent.plans.runners import a_race, an_ability, frame

BEGUN = START - dt.timedelta(weeks=3)


@pytest.fixture
async def store(coach: CoachUnderTest, database: Database) -> AsyncIterator[PostgresPlanStore]:
    async with open_process("coach_agent", coach.settings) as process:
        yield PostgresPlanStore(database, await process.personal_fields())


async def begun(store: PostgresPlanStore, ada: Caller, *, due: bool = False) -> Plan:
    """A plan that began two or three weeks ago and was last looked at then."""
    assert ada.user_id is not None
    race = a_race(race_day=BEGUN + dt.timedelta(days=14 * 7 - 1), days_per_week=5)
    plan = compile_plan(race, an_ability(), frame(BEGUN))
    later = dt.timedelta(days=1 if not due else -1)
    adapt_at = dt.datetime.combine(TODAY, dt.time(), dt.UTC) + later
    return (await store.replace(ada.user_id, lambda _: plan, stamp="then", adapt_at=adapt_at)).plan


@asynccontextmanager
async def at_work(coach: CoachUnderTest) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        worker, _ = await create_worker(coach.settings, stack)
        async with working(worker):
            yield


async def test_the_night_takes_in_what_was_missed_and_comes_again(
    coach: CoachUnderTest, store: PostgresPlanStore, database: Database
):
    ada = trained(coach)
    await begun(store, ada, due=True)

    async def adapted() -> bool:
        stored = await store.active(ada.user_id)
        return stored is not None and "missed" in {change.rule for change in stored.plan.changes}

    async with at_work(coach):
        await eventually(adapted)
    async with database.connection() as connection:
        next_night = await connection.fetchval("SELECT adapt_at FROM plan WHERE user_id = $1", ada.user_id)
    assert dt.timedelta(0) < next_night - dt.datetime.now(dt.UTC) <= dt.timedelta(days=1)
    before = await store.active(ada.user_id)
    async with at_work(coach):
        await store.queue(ada.user_id)

        async def done() -> bool:
            async with database.connection() as connection:
                return not await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'adapt_plan'")

        await eventually(done)
    assert await store.active(ada.user_id) == before


async def test_a_run_is_found_to_be_the_session_of_its_day(coach: CoachUnderTest, store: PostgresPlanStore):
    ada = trained(coach)
    plan = await begun(store, ada)
    session = max((one for one in plan.workouts if one.is_run and one.day < TODAY), key=lambda one: one.day)
    coach.ingest.recordings[ada.user_id] = [
        one for one in coach.ingest.recordings[ada.user_id] if one.item["localDate"] != str(session.day)
    ]
    run = recording(session.day, int(session.duration_s))
    coach.ingest.add(ada.user_id, run)
    assert (await deliver(coach, event("activity.imported", ada, run.item["id"]))).status == 204

    async def found() -> bool:
        stored = await store.active(ada.user_id)
        now = next(one for one in stored.plan.workouts if one.workout_id == session.workout_id)
        return str(now.activity_id) == run.item["id"] and now.status == "done"

    async with at_work(coach):
        await eventually(found)


async def test_an_injury_forbids_hard_sessions_until_it_is_closed(coach: CoachUnderTest, store: PostgresPlanStore):
    ada = trained(coach)
    await begun(store, ada)
    hard = await hard_sessions(coach, ada)
    assert hard
    note = {"kind": "injury", "text": "Sore calf", "from": str(TODAY)}
    made = (await coach.user(ada, "POST", "/api/v1/insights/context", json=note)).json
    assert not await hard_sessions(coach, ada)
    plan = (await coach.user(ada, "GET", ACTIVE)).json
    assert {change["workoutId"] for change in plan["changes"] if change["rule"] == "injury"} == hard
    await coach.user(ada, "DELETE", f"/api/v1/insights/context/{made['id']}")
    assert await hard_sessions(coach, ada) == hard


async def test_an_illness_told_of_in_advance_eases_the_days_it_will_hold_on(
    coach: CoachUnderTest, store: PostgresPlanStore
):
    ada = trained(coach)
    await begun(store, ada)
    plan = (await coach.user(ada, "GET", ACTIVE)).json
    ahead = [one for one in workouts(plan) if one["kind"] in {"tempo", "intervals"} and one["date"] > str(TODAY)]
    first = dt.date.fromisoformat(ahead[1]["date"])
    note = {"kind": "illness", "text": "Operation", "from": str(first), "to": str(first + dt.timedelta(days=7))}
    assert (await coach.user(ada, "POST", "/api/v1/insights/context", json=note)).status == 201
    hard = await hard_sessions(coach, ada)
    assert ahead[0]["id"] in hard
    assert ahead[1]["id"] not in hard


async def hard_sessions(coach: CoachUnderTest, ada: Caller) -> set[str]:
    plan = (await coach.user(ada, "GET", ACTIVE)).json
    return {one["id"] for one in workouts(plan) if one["kind"] in {"tempo", "intervals"} and one["date"] >= str(TODAY)}


async def test_a_change_by_the_runner_and_one_by_rule_at_once_are_both_kept(
    coach: CoachUnderTest, store: PostgresPlanStore
):
    ada = trained(coach)
    plan = await begun(store, ada)
    ahead = [one for one in plan.workouts if one.is_run and one.day > TODAY][:6]
    async with at_work(coach):
        for round_of_two in (ahead[:3], ahead[3:]):
            await asyncio.gather(
                store.queue(ada.user_id),
                coach.user(ada, "GET", ACTIVE),
                *(
                    coach.user(ada, "PATCH", f"{ACTIVE}/workouts/{one.workout_id}", json={"status": "skipped"})
                    for one in round_of_two
                ),
            )
    after = {one.workout_id: one for one in (await store.active(ada.user_id)).plan.workouts}
    assert [after[one.workout_id].status for one in ahead] == ["skipped"] * 6
    assert any(one.status == "missed" for one in after.values())


async def test_a_plan_is_shown_while_the_importer_is_away(coach: CoachUnderTest, store: PostgresPlanStore):
    ada = trained(coach)
    plan = await begun(store, ada)
    coach.ingest.away = True
    answer = await coach.user(ada, "GET", ACTIVE)
    assert answer.status == 200
    assert answer.json["id"] == str(plan.plan_id)
