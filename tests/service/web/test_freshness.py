"""How fresh the runs are, and the sync that opening them asks for."""

from __future__ import annotations

import pytest

from gateway.web.sources import CONNECTION
from shared.errors import Kind, UpstreamUnavailable
from tests.service.web.conftest import Browser, refused, reply
from tests.unit.web.activities import ID, activity
from tests.unit.web.garmin import JOB, connected, job

SYNC = "/api/v1/garmin/sync"


async def runs(browser: Browser) -> str:
    if not browser.token:
        await browser.sign_in()
    return (await browser.get("/runs")).body.decode()


async def test_who_is_not_connected_sees_no_line_and_nothing_is_asked(browser: Browser):
    page = await runs(browser)
    assert "freshness" not in page
    assert "/sources/sync" not in page


async def test_a_state_that_cannot_be_told_costs_the_line_only(browser: Browser):
    browser.services.tell("GET", CONNECTION, UpstreamUnavailable("Away."))
    page = await runs(browser)
    assert "Morning run" in page
    assert "freshness" not in page


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "From Garmin, 12 min ago"),
        (
            {"status": "cooling_down", "cooldownUntil": "2026-11-20T13:05:00Z"},
            "Garmin asks us to wait until 14:05",
        ),
        ({"status": "broken"}, "See why and mend it"),
    ],
)
async def test_one_line_says_how_fresh_the_runs_are(browser: Browser, changes: dict, line: str):
    browser.services.tell("GET", CONNECTION, reply(connected(**changes)))
    assert line in await runs(browser)


async def test_a_sync_is_due_ten_minutes_after_the_last(browser: Browser):
    browser.services.tell("GET", CONNECTION, reply(connected()))
    assert 'data-due="1"' in await runs(browser)
    browser.services.tell("GET", CONNECTION, reply(connected(lastAttemptAt="2026-11-20T05:55:00Z")))
    assert "data-due" not in await runs(browser)


async def test_a_script_that_asks_gets_the_job_to_follow(browser: Browser):
    browser.services.tell("GET", CONNECTION, reply(connected()))
    browser.services.tell("POST", SYNC, reply({"jobId": JOB}, status=202))
    await runs(browser)
    answer = await browser.post("/sources/sync", headers={"X-Fragment": "1"})
    assert f'data-job="/jobs/{JOB}"' in answer.body.decode()
    assert b"<html" not in answer.body


async def test_a_script_that_may_not_ask_gets_the_envelope(browser: Browser):
    browser.services.tell("POST", SYNC, refused("GARMIN_NOT_CONNECTED", Kind.CONFLICT, "Nothing is connected."))
    await runs(browser)
    answer = await browser.post("/sources/sync", headers={"X-Fragment": "1"})
    assert (answer.status, answer.code) == (409, "GARMIN_NOT_CONNECTED")


async def test_the_first_sync_shows_its_progress_where_the_runs_will_be(browser: Browser):
    browser.services.tell("GET", "/api/v1/activities", reply({"items": [], "nextCursor": None}))
    browser.services.tell("GET", CONNECTION, reply(connected(status="syncing", syncJobId=JOB)))
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(job()))
    page = await runs(browser)
    assert "Your runs from Garmin" in page
    assert "Fetching run 3 of 9" in page


async def test_a_later_sync_is_followed_from_the_line(browser: Browser):
    browser.services.tell("GET", CONNECTION, reply(connected(status="syncing", syncJobId=JOB)))
    page = await runs(browser)
    assert "Your runs from Garmin" not in page
    assert f'data-job="/jobs/{JOB}"' in page


async def test_an_empty_list_names_garmin_as_a_way(browser: Browser):
    browser.services.tell("GET", "/api/v1/activities", reply({"items": [], "nextCursor": None}))
    assert 'href="/sources">let them come from Garmin</a>' in await runs(browser)


@pytest.mark.parametrize(("road", "words"), [("upload", "uploaded"), ("sync", "from Garmin")])
async def test_a_run_says_where_it_came_from(browser: Browser, road: str, words: str):
    await browser.sign_in()
    browser.services.tell("GET", f"/api/v1/activities/{ID}", reply(activity(source=road)))
    assert f"Test watch · {words}" in (await browser.get(f"/runs/{ID}")).body.decode()
