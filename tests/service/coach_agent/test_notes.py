"""What runners say about their lives is theirs, sealed, and holds until they close it."""

from __future__ import annotations

import datetime as dt

import pytest

from shared.clock import SystemClock
from shared.postgres import Database
from tests.service.coach_agent.conftest import CoachUnderTest
from tests.support.service import a_runner

PATH = "/api/v1/insights/context"
TODAY = SystemClock().now().date()


def note(**changes) -> dict:
    return {"kind": "injury", "text": "Sore left Achilles", "from": TODAY.isoformat()} | changes


def day(offset: int) -> str:
    return (TODAY + dt.timedelta(days=offset)).isoformat()


async def test_a_note_is_kept_listed_closed_opened_again_and_deleted(coach: CoachUnderTest):
    ada = a_runner()
    made = await coach.user(ada, "POST", PATH, json=note())
    assert made.status == 201
    assert {"kind": "injury", "text": "Sore left Achilles", "from": day(0), "to": None}.items() <= made.json.items()
    one = f"{PATH}/{made.json['id']}"
    assert (await coach.user(ada, "GET", PATH)).json == {"items": [made.json], "nextCursor": None}
    closed = (await coach.user(ada, "PATCH", one, json={"to": day(3)})).json
    assert closed == made.json | {"to": day(3)}
    assert (await coach.user(ada, "PATCH", one, json={"to": None})).json == made.json
    assert (await coach.user(ada, "DELETE", one)).status == 204
    assert (await coach.user(ada, "DELETE", one)).status == 404
    assert (await coach.user(ada, "GET", PATH)).json["items"] == []


async def test_a_race_without_a_last_day_is_one_day_and_stays_one(coach: CoachUnderTest):
    ada = a_runner()
    race = note(kind="race", text="Town race", **{"from": day(8)})
    made = (await coach.user(ada, "POST", PATH, json=race)).json
    assert (made["from"], made["to"]) == (day(8), day(8))
    opened = await coach.user(ada, "PATCH", f"{PATH}/{made['id']}", json={"to": None})
    assert opened.json["to"] == day(8)


async def test_a_stranger_finds_none_of_it(coach: CoachUnderTest):
    ada, bob = a_runner(), a_runner()
    one = f"{PATH}/{(await coach.user(ada, 'POST', PATH, json=note())).json['id']}"
    assert (await coach.user(bob, "GET", PATH)).json["items"] == []
    assert (await coach.user(bob, "PATCH", one, json={"to": day(0)})).status == 404
    assert (await coach.user(bob, "DELETE", one)).status == 404
    assert (await coach.user(ada, "GET", PATH)).json["items"][0]["to"] is None


async def test_the_open_ones_alone_can_be_asked_for_page_by_page(coach: CoachUnderTest):
    ada = a_runner()
    await coach.user(ada, "POST", PATH, json=note(text="over", **{"from": day(-9), "to": day(-2)}))
    for text in ("first", "second"):
        await coach.user(ada, "POST", PATH, json=note(text=text, kind="note"))
    page = (await coach.user(ada, "GET", f"{PATH}?open=true&limit=1&fields=text")).json
    assert page["items"] == [{"text": "second"}]
    rest = (await coach.user(ada, "GET", f"{PATH}?open=true&fields=text&cursor={page['nextCursor']}")).json
    assert rest == {"items": [{"text": "first"}], "nextCursor": None}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "mood"}, "kind"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"from": day(-800)}, "from"),
        ({"to": day(-1)}, "to"),
        ({"to": day(800)}, "to"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field(coach: CoachUnderTest, changes: dict, field: str):
    refused = await coach.user(a_runner(), "POST", PATH, json=note(**changes))
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    assert refused.json["error"]["details"][0]["field"] == field


async def test_a_note_cannot_end_long_before_it_began(coach: CoachUnderTest):
    ada = a_runner()
    one = f"{PATH}/{(await coach.user(ada, 'POST', PATH, json=note())).json['id']}"
    assert (await coach.user(ada, "PATCH", one, json={"to": day(-1)})).status == 200
    refused = await coach.user(ada, "PATCH", one, json={"to": day(-2)})
    assert (refused.status, refused.json["error"]["details"][0]["field"]) == (422, "to")


async def test_a_client_in_a_loop_is_stopped(coach: CoachUnderTest):
    ada = a_runner()
    statuses = [(await coach.user(ada, "POST", PATH, json=note(kind="note"))).status for _ in range(51)]
    assert statuses == [201] * 50 + [409]
    assert (await coach.user(ada, "POST", PATH, json=note(kind="race", to=day(0)))).status == 409


async def test_the_text_is_sealed_at_rest(coach: CoachUnderTest, database: Database):
    ada = a_runner()
    await coach.user(ada, "POST", PATH, json=note())
    async with database.connection() as connection:
        kept = await connection.fetchval("SELECT text_sealed FROM context_note WHERE user_id = $1", ada.user_id)
    assert b"Achilles" not in kept
