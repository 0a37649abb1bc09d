"""Where a runner stands, from what is imported: complete, current, and honest about what is missing."""

from __future__ import annotations

import datetime as dt

import pytest

from services.coach_agent.app import create_app
from services.coach_agent.storage.history import PostgresHistoryStore
from shared.clock import SystemClock
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.neighbours import Neighbourhood, Recording, night, recording
from tests.service.coach_agent.test_worker import deliver, event, working
from tests.support.service import a_runner, eventually, serve

PATH = "/api/v1/fitness"
TODAY = SystemClock().now().date()
GIVEN = {"maxHeartRateBpm": 190, "restingHeartRateBpm": 50, "thresholdHeartRateBpm": 170}


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def hour(days_ago: int, heart_rate: float | None = 170.0, **fields) -> Recording:
    return recording(ago(days_ago), 3600, 3.0, heart_rate, **fields)


def missing(answer) -> dict[str, str]:
    return {each["key"]: each["text"] for each in answer["missing"]}


async def show(coach: CoachUnderTest, runner, query: str = "") -> dict:
    answer = await coach.user(runner, "GET", PATH + query)
    assert answer.status == 200, answer.json
    return answer.json


async def test_a_runner_without_activities_learns_how_to_bring_some(coach: CoachUnderTest):
    shown = await show(coach, a_runner())
    assert shown["now"] | {"date": None} == dict.fromkeys(shown["now"]) | {"predictions": []}
    assert list(missing(shown)) == ["activities"]
    assert "Import" in missing(shown)["activities"]
    assert (shown["records"], shown["weeks"], shown["runs"], shown["pending"]) == ([], [], 0, 0)
    assert len(shown["days"]) == 84
    assert shown["days"][0]["load"] is None


async def test_loads_of_days_become_fitness_and_form(coach: CoachUnderTest):
    ada = a_runner()
    await coach.user(ada, "PATCH", "/api/v1/athlete", json=GIVEN)
    coach.ingest.add(ada.user_id, *(hour(days) for days in (20, 10, 1)))
    shown = await show(coach, ada)
    loads = {day["date"]: day["load"] for day in shown["days"]}
    assert [loads[str(ago(days))] for days in (20, 10, 1, 0)] == pytest.approx([100, 100, 100, 0], rel=1e-4)
    assert loads[str(ago(21))] is None
    last, before = shown["days"][-1], shown["days"][-2]
    assert last["form"] == pytest.approx(before["fitness"] - before["fatigue"], abs=0.01)
    assert shown["now"]["fitness"] == pytest.approx(last["fitness"], abs=0.01)
    assert shown["now"]["ramp"] is not None
    assert sum(week["runs"] for week in shown["weeks"]) == 3
    assert shown["windows"]["last7Days"]["runs"] == 1
    assert shown["windows"]["last12Weeks"]["distanceM"] == pytest.approx(3 * 10_800, rel=0.01)
    assert shown["windows"]["last28Days"]["intensity"]["hardS"] == pytest.approx(3 * 3600, rel=0.01)
    assert shown["records"][0]["distanceM"] == 1000
    assert "predict injuries" in shown["contextOnly"]


async def test_every_day_asked_for_is_there_and_none_to_come(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, hour(3))
    shown = await show(coach, ada, f"?from={ago(4000)}&to={TODAY + dt.timedelta(days=2)}")
    assert [shown["days"][0]["date"], shown["days"][-1]["date"]] == [str(ago(4000)), str(TODAY)]
    assert len(shown["days"]) == 4001
    one = await show(coach, ada, f"?from={ago(3)}&to={ago(3)}")
    assert [day["date"] for day in one["days"]] == [str(ago(3))]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"?from={ago(3)}&to={ago(4)}", "to"),
        (f"?from={ago(-2)}", "from"),
        (f"?from={ago(5000)}", "from"),
        ("?from=yesterday", "from"),
        ("?since=2026-01-01", "since"),
    ],
)
async def test_days_that_make_no_sense_are_refused(coach: CoachUnderTest, query, field):
    answer = await coach.user(a_runner(), "GET", PATH + query)
    assert answer.status == 422
    assert answer.json["error"]["details"][0]["field"] == field


async def test_two_runs_in_all_are_no_fitness_yet(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, hour(20), hour(1))
    shown = await show(coach, ada)
    assert shown["now"]["fitness"] is None
    assert "fitness" in missing(shown)
    assert {day["fitness"] for day in shown["days"]} == {None}
    assert shown["days"][-2]["load"] > 0


async def test_runs_without_heart_rate_are_told_apart(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(hour(days, None) for days in (20, 10, 1)))
    shown = await show(coach, ada)
    assert shown["now"]["fitness"] is None
    assert "threshold pace" in missing(shown)["load"]
    await coach.user(ada, "PATCH", "/api/v1/athlete", json={"thresholdPaceSPerKm": 250})
    shown = await show(coach, ada)
    assert shown["now"]["fitness"] > 0
    assert "pace" in missing(shown)["heartRate"]
    assert "load" not in missing(shown)


async def test_runs_without_position_and_a_long_break_are_said(coach: CoachUnderTest):
    ada = a_runner()
    old = [hour(days) for days in (130, 125, 120)]
    coach.ingest.add(ada.user_id, *old, hour(1, subSport="treadmill"))
    said = missing(await show(coach, ada))
    assert {"position", "break"} <= said.keys()


async def test_a_profile_that_changes_moves_the_figures_at_once(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(hour(days) for days in (20, 10, 1)))
    await coach.user(ada, "PATCH", "/api/v1/athlete", json=GIVEN)
    before = (await show(coach, ada))["now"]["fitness"]
    await coach.user(ada, "PATCH", "/api/v1/athlete", json={"thresholdHeartRateBpm": 180})
    assert (await show(coach, ada))["now"]["fitness"] < before


async def test_a_few_new_runs_are_measured_for_who_asks_and_a_deleted_one_is_left_out(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, hour(3), hour(2))
    assert (await show(coach, ada))["runs"] == 2
    coach.ingest.add(ada.user_id, hour(1))
    assert (await show(coach, ada))["runs"] == 3
    del coach.ingest.recordings[ada.user_id][0]
    shown = await show(coach, ada)
    assert (shown["runs"], shown["pending"]) == (2, 0)


async def test_an_import_under_way_is_said_and_not_waited_for(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(hour(days) for days in range(12)))
    shown = await show(coach, ada)
    assert (shown["runs"], shown["pending"]) == (0, 12)
    assert "still being measured" in missing(shown)["pending"]


async def test_what_is_heard_of_counts_as_pending_until_it_is_measured(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    runs = [hour(days) for days in range(8)]
    coach.ingest.add(ada.user_id, *runs)
    events = [event("activity.imported", ada, run.item["id"]) for run in runs]
    await coach.service("garmin_ingest", "POST", "/internal/events/groups", json={"events": events})
    store = PostgresHistoryStore(database)
    assert (await store.standing(ada.user_id)).unmeasured == 8

    async def refreshed() -> bool:
        async with database.connection() as connection:
            return bool(await connection.fetchval("SELECT count(*) FROM fitness_state"))

    async with working(coach):
        await eventually(refreshed)
    assert (await store.standing(ada.user_id)).unmeasured == 0
    shown = await show(coach, ada)
    assert (shown["runs"], shown["pending"]) == (8, 0)


async def test_a_job_for_an_activity_that_is_gone_ends_the_waiting(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    await deliver(coach, event("activity.imported", ada, "01a1f94c-416b-7f9f-8e5f-526717205ffd"))
    store = PostgresHistoryStore(database)

    async def settled() -> bool:
        return not (await store.standing(ada.user_id)).unmeasured

    assert not await settled()
    async with working(coach):
        await eventually(settled)


async def test_a_kept_state_reads_as_a_computed_one(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(hour(days, 150.0 + days) for days in (20, 14, 10, 5)))
    computed = await show(coach, ada)
    async with database.connection() as connection:
        await connection.execute("TRUNCATE run_metrics")
    async with serve(create_app, coach.settings) as served:
        again = CoachUnderTest(served, coach.house, Neighbourhood(coach.ingest, coach.subscription), coach.settings)
        coach.ingest.recordings.clear()
        assert await show(again, ada) == computed


async def test_an_importer_that_is_away_leaves_what_is_known(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(hour(days) for days in (20, 10, 1)))
    before = await show(coach, ada)
    coach.ingest.away = True
    shown = await show(coach, ada)
    assert shown["now"]["fitness"] == before["now"]["fitness"]
    assert "newest" in missing(shown)


async def test_nights_that_cannot_be_read_are_said(coach: CoachUnderTest):
    coach.ingest.away = True
    said = missing(await show(coach, a_runner()))
    assert {"newest", "wellness", "activities"} == said.keys()


async def test_nights_make_the_light_and_the_resting_heart_rate(coach: CoachUnderTest):
    ada = a_runner()
    nights = [night(ago(days), hrvRmssdMs=60, restingHeartRateBpm=44 + days % 3, sleepS=27_000) for days in range(67)]
    coach.ingest.add_nights(ada.user_id, *nights)
    readiness = (await show(coach, ada))["readiness"]
    assert readiness["light"] == "green"
    assert {reason["signal"]: reason["code"] for reason in readiness["reasons"]} == {
        "hrv": "hrvNormal", "restingHeartRate": "restingHeartRateNormal", "sleep": "sleepNormal",
        "load": "notEnoughData",
    }  # fmt: skip
    assert all(reason["text"] for reason in readiness["reasons"])
    resting = (await coach.user(ada, "GET", "/api/v1/athlete")).json["restingHeartRateBpm"]
    # Seven nights of 44, 45 and 46 by turns are lowest where 44 comes three times.
    assert resting["value"] == pytest.approx((3 * 44 + 2 * 45 + 2 * 46) / 7, abs=0.05)
    assert resting["origin"] == "estimated"


async def test_nights_that_cannot_be_looked_up_leave_an_assumption_that_says_so(coach: CoachUnderTest):
    coach.ingest.away = True
    resting = (await coach.user(a_runner(), "GET", "/api/v1/athlete")).json["restingHeartRateBpm"]
    assert (resting["value"], resting["origin"]) == (60, "assumed")
    assert "could not be looked up" in resting["basis"]


async def test_a_stranger_sees_nothing_of_it(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, hour(1))
    assert (await show(coach, ada))["runs"] == 1
    assert (await show(coach, a_runner()))["runs"] == 0


async def test_charts_of_the_days_come_with_them_when_they_are_asked_for(coach: CoachUnderTest):
    ada = a_runner()
    coach.ingest.add(ada.user_id, *(hour(days) for days in (20, 10, 1)))
    assert (await show(coach, ada))["charts"] == []
    shown = await show(coach, ada, f"?charts=true&from={ago(30)}&to={ago(5)}")
    assert [chart["kind"] for chart in shown["charts"]] == ["fitness", "weeklyVolume", "paceDuration"]
    drawn = await coach.user(ada, "GET", f"/api/v1/charts/{shown['charts'][0]['id']}")
    assert [row["day"] for row in drawn.json["data"]["values"]][-1] == str(ago(5))
    again = await show(coach, ada, f"?charts=true&from={ago(30)}&to={ago(5)}")
    assert again["charts"] == shown["charts"]
