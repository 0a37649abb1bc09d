"""A plan leaves as files: a calendar to follow and workouts for a watch, read by other libraries than wrote them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from typing import Any

import fitdecode
from icalendar import Calendar, Event

from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.service.coach_agent.test_plans import ACTIVE, planned, trained, workouts
from tests.support.service import Answer, a_runner


async def test_the_calendar_has_each_session_under_the_same_uid_wherever_it_moves(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada)
    answer = await coach.user(ada, "GET", f"{ACTIVE}/calendar.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = {str(event["UID"]): event for event in Calendar.from_ical(answer.body).walk("VEVENT")}
    assert {uid.removesuffix("@pace42") for uid in events} == {one["id"] for one in workouts(plan)}
    for one in workouts(plan):
        event = events[f"{one['id']}@pace42"]
        assert event["DTSTART"].dt == dt.date.fromisoformat(one["date"])
        assert one["reason"] in event["DESCRIPTION"]
    assert max(len(line) for line in answer.body.split(b"\r\n")) <= 75
    one = workouts(plan)[1]
    to = dt.date.fromisoformat(plan["weeks"][0]["firstDay"]) + dt.timedelta(days=5)
    await coach.user(ada, "PATCH", f"{ACTIVE}/workouts/{one['id']}", json={"date": str(to)})
    again = Calendar.from_ical((await coach.user(ada, "GET", f"{ACTIVE}/calendar.ics")).body)
    moved = next(event for event in again.walk("VEVENT") if event["UID"] == f"{one['id']}@pace42")
    assert (moved["DTSTART"].dt, moved["SEQUENCE"]) == (to, 2)


async def test_a_calendar_app_follows_a_secret_address_until_it_is_closed(coach: CoachUnderTest, database: Database):
    ada = trained(coach)
    link = f"{ACTIVE}/calendar-link"
    first = (await coach.user(ada, "POST", link)).json["path"]
    assert not events_of(await anybody(coach, first))
    plan = await planned(coach, ada)
    assert len(events_of(await anybody(coach, first))) == len(workouts(plan))
    second = (await coach.user(ada, "POST", link)).json["path"]
    assert (await anybody(coach, first)).status == 404
    assert (await anybody(coach, second)).status == 200
    async with database.connection() as connection:
        kept = await connection.fetchval("SELECT secret_hash FROM plan_feed WHERE user_id = $1", ada.user_id)
    assert second.split("/")[-2].encode() not in kept
    assert (await coach.user(ada, "DELETE", link)).status == 204
    assert (await coach.user(ada, "DELETE", link)).status == 404
    assert (await anybody(coach, second)).status == 404


async def anybody(coach: CoachUnderTest, path: str) -> Answer:
    """A request that came through the gateway without a token."""
    return await coach.user(dataclasses.replace(a_runner(), user_id=None, session_id=None), "GET", path)


def events_of(answer: Answer) -> list[Event]:
    assert answer.status == 200, answer.body
    return list(Calendar.from_ical(answer.body).walk("VEVENT"))


async def test_every_session_decodes_as_a_workout_of_its_length_and_targets(coach: CoachUnderTest):
    ada = trained(coach)
    plan = await planned(coach, ada)
    hard = next(one for one in workouts(plan) if one["kind"] == "intervals")
    for one in (workouts(plan)[0], hard, workouts(plan)[-1]):
        answer = await coach.user(ada, "GET", f"{ACTIVE}/workouts/{one['id']}/workout.fit")
        assert answer.headers["Content-Type"] == "application/vnd.ant.fit"
        name, steps = decoded(answer.body)
        assert name
        assert unrolled(steps) == [
            (step["durationS"], step["distanceM"], step["target"]["kind"])
            for block in one["blocks"]
            for _ in range(block["times"])
            for step in block["steps"]
        ]


def decoded(body: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The workout's name and its steps, read by another library than the one that wrote them."""
    with fitdecode.FitReader(io.BytesIO(body), check_crc=fitdecode.CrcCheck.RAISE) as frames:
        messages = [frame for frame in frames if isinstance(frame, fitdecode.FitDataMessage)]
    assert [message.name for message in messages[:2]] == ["file_id", "workout"]
    assert messages[0].get_value("type") == "workout"
    steps = [{field.name: field.value for field in message.fields} for message in messages[2:]]
    assert messages[1].get_value("num_valid_steps") == len(steps)
    return messages[1].get_value("wkt_name"), steps


def unrolled(steps: list[dict[str, Any]]) -> list[tuple[float | None, float | None, str]]:
    kinds = {"speed": "pace", "heart_rate": "heartRate", "open": "effort"}
    found: list[tuple[float | None, float | None, str]] = []
    firsts: list[int] = []
    for step in steps:
        firsts.append(len(found))
        if step["duration_type"] == "repeat_until_steps_cmplt":
            found += found[firsts[step["duration_step"]] :] * (step["repeat_steps"] - 1)
        else:
            found.append((step.get("duration_time"), step.get("duration_distance"), kinds[step["target_type"]]))
    return found
