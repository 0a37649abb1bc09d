"""What should I do today, and am I fine? What the page says, and what its forms do."""

from __future__ import annotations

import pytest

from gateway.web.fitness import FITNESS
from gateway.web.plan import ACTIVE
from gateway.web.today import DAILY, NOTES
from shared.errors import Kind, UpstreamUnavailable
from tests.service.web.conftest import Browser, refused, reply
from tests.unit.web.activities import ID
from tests.unit.web.fitness import fitness, nothing_known
from tests.unit.web.insights import NOTE, advice, note, page_of
from tests.unit.web.plans import plan


@pytest.fixture
async def home(browser: Browser) -> Browser:
    """The browser of a runner of whom everything is known."""
    browser.services.tell("GET", DAILY, reply(advice()))
    browser.services.tell("GET", FITNESS, reply(fitness()))
    browser.services.tell("GET", NOTES, reply(page_of(note())))
    await browser.sign_in()
    return browser


async def today(browser: Browser, path: str = "/today") -> str:
    answer = await browser.get(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def test_the_page_says_what_to_do_how_ready_one_is_and_what_was_run(home: Browser):
    page = await today(home)
    for text in ("The advice for today", "An easy run of", "You noted an injury.", "Take care", "usually", "Last run"):
        assert text in page
    assert f'href="/runs/{ID}"' in page
    assert "Left &lt;Achilles&gt;" in page
    assert 'action="/coach"' in page


async def test_the_session_of_the_plan_stands_on_its_day_with_what_can_be_done_with_it(home: Browser):
    assert "Make a plan" in await today(home)
    home.services.tell("GET", ACTIVE, reply(plan()))
    page = await today(home)
    for text in ("In your plan", "Intervals", "5 times", 'name="status" value="done"', 'name="back" value="/today"'):
        assert text in page
    assert "Next: long run, " in page
    assert "of <span" in page
    weeks = plan()["weeks"]
    for left, words in (
        ([{**weeks[1], "workouts": []}], "A day off."),
        (weeks[2:], "Your plan has not begun yet."),
        (weeks[:1], "Your plan has come to its end."),
    ):
        home.services.tell("GET", ACTIVE, reply(plan(weeks=left)))
        assert words in await today(home)


async def test_a_part_that_is_away_is_said_in_its_place_and_costs_no_other(home: Browser):
    for path in (DAILY, FITNESS, NOTES, ACTIVE, "/api/v1/activities"):
        home.services.tell("GET", path, UpstreamUnavailable(f"{path} is away."))
    page = await today(home)
    for path in (DAILY, FITNESS, NOTES, ACTIVE, "/api/v1/activities"):
        assert f"{path} is away." in page
    assert "Ask the coach" in page


async def test_without_runs_the_page_says_what_will_be_here_and_the_next_step(home: Browser):
    home.services.tell("GET", "/api/v1/activities", reply(page_of()))
    home.services.tell("GET", FITNESS, reply(nothing_known()))
    home.services.tell("GET", DAILY, refused("COACH_NO_DATA", Kind.CONFLICT, "Nothing yet."))
    page = await today(home)
    assert "Here you will find what to do today, and why" in page
    assert 'href="/runs">Bring in your runs' in page
    assert "Readiness" not in page
    assert "Nothing yet." not in page


async def test_a_note_is_told_closed_opened_again_and_deleted(home: Browser):
    await today(home)
    home.services.tell("POST", NOTES, reply(note(), status=201))
    answer = await home.post("/today/notes", kind="travel", text=" At sea ", **{"from": "2026-11-20", "to": ""})
    assert answer.headers["Location"] == "/today?done=noted#notes"
    [call] = home.services.called("POST", NOTES)
    assert call["body"] == {"kind": "travel", "text": "At sea", "from": "2026-11-20", "to": None}

    home.services.tell("PATCH", f"{NOTES}/{NOTE}", reply(note()))
    answer = await home.post(f"/today/notes/{NOTE}/end", to="2026-11-19")
    page = await today(home, answer.headers["Location"].partition("#")[0])
    assert "Open it again" in page
    await home.post(f"/today/notes/{NOTE}/end")
    assert [call["body"] for call in home.services.called("PATCH", f"{NOTES}/{NOTE}")] == [
        {"to": "2026-11-19"},
        {"to": None},
    ]

    home.services.tell("DELETE", f"{NOTES}/{NOTE}", reply(status=204))
    assert (await home.post(f"/today/notes/{NOTE}/delete")).status == 303
    assert len(home.services.called("DELETE", f"{NOTES}/{NOTE}")) == 1


async def test_a_note_that_is_refused_says_why_at_its_form_and_keeps_what_was_typed(home: Browser):
    await today(home)
    details = [{"field": "to", "issue": "must not be before 'from'"}]
    home.services.tell("POST", NOTES, refused("VALIDATION_ERROR", Kind.INVALID, "to: wrong", details=details))
    answer = await home.post(
        "/today/notes", kind="illness", text="A <cold>", **{"from": "2026-11-20", "to": "2026-11-01"}
    )
    page = answer.body.decode()
    assert answer.status == 422
    assert 'id="to-problem"' in page
    assert "A &lt;cold&gt;</textarea>" in page
    assert 'value="illness" required checked' in page
    assert 'value="2026-11-01"' in page


async def test_a_name_of_a_note_in_an_address_cannot_be_anything(home: Browser):
    assert "<x>" not in await today(home, "/today?closed=<x>&done=<x>&rated=<x>&verdict=<x>")
