"""Watching a job: as a page, as a part of one, and as events."""

from __future__ import annotations

import orjson
import pytest

from gateway.web import jobs
from shared.errors import ExpiredToken, NotFound, UpstreamUnavailable
from tests.service.web.conftest import Browser, reply
from tests.unit.web.garmin import JOB, job, outcome

EVENTS = {"Accept": "text/event-stream"}
PATH = f"/api/v1/jobs/{JOB}"


def told(*events: tuple[str, dict]) -> bytes:
    return b"retry: 1000\n\n: still here\n\n" + b"".join(
        f"event: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n" for name, data in events
    )


async def follow(browser: Browser):
    if not browser.token:
        await browser.sign_in()
    return await browser.request("GET", f"/jobs/{JOB}/events", headers=EVENTS)


async def test_events_are_the_job_as_the_page_shows_it(browser: Browser):
    done = job(state="succeeded", items=[outcome("imported", fileName="<b>")], progress={"done": 1, "total": 1})
    browser.services.tell("FOLLOW", PATH, reply(told(("progress", job()), ("done", done))))
    answer = await follow(browser)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {name.lower(): value for name, value in answer.headers.items()}["x-request-id"] == "0199-the-request"
    first, second = [block for block in answer.body.decode().split("\n\n") if block.startswith("event: ")]
    assert first.startswith("event: progress\ndata: <li")
    assert "Fetching run 3 of 9" in first
    assert f'data-job="/jobs/{JOB}"' in first
    assert second.startswith("event: done\ndata: <li")
    assert 'data-brought="1"' in second
    assert "&lt;b&gt;" in second
    assert "data-job" not in second


async def test_a_stream_ends_before_its_time_is_over_so_that_the_browser_asks_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "_FOLLOWED_S", 0.05)
    browser.services.tell("FOLLOW", PATH, reply(told(("progress", job())) + b": goes on for ever"))
    answer = await follow(browser)
    assert answer.status == 200
    assert b"Fetching run 3 of 9" in answer.body


async def test_what_cannot_be_followed_is_asked_for_instead(browser: Browser):
    browser.services.tell("FOLLOW", PATH, UpstreamUnavailable("Away."))
    assert (await follow(browser)).status == 204


async def test_an_error_of_the_service_is_no_event_of_the_page(browser: Browser):
    error = {"error": {"code": "NOT_FOUND", "message": "This job is gone."}}
    browser.services.tell("FOLLOW", PATH, reply(told(("progress", job()), ("error", error))))
    assert b"event: error" not in (await follow(browser)).body


async def test_nobody_follows_what_is_not_theirs(browser: Browser):
    browser.services.tell("FOLLOW", PATH, NotFound("There is no such job."))
    answer = await follow(browser)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


async def test_a_session_that_has_ended_follows_nothing(browser: Browser):
    await browser.sign_in()
    browser.services.accepted.clear()
    browser.services.tell("POST", "/api/v1/auth/refresh", ExpiredToken("It has ended."))
    answer = await follow(browser)
    assert answer.status == 401
    assert browser.services.called("FOLLOW", PATH) == []


async def test_tokens_that_were_renewed_for_a_stream_reach_the_browser(browser: Browser):
    await browser.sign_in()
    browser.clock.advance(890)
    before = browser.cookie
    browser.services.tell("FOLLOW", PATH, reply(told(("progress", job()))))
    assert (await follow(browser)).status == 200
    assert browser.cookie != before


async def test_a_job_has_a_page_that_reloads_itself_without_scripts(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", PATH, reply(job()))
    page = (await browser.get(f"/jobs/{JOB}")).body.decode()
    assert "<h1>Sync</h1>" in page
    assert 'http-equiv="refresh"' in page
    assert 'value="2"' in page
    items = [outcome("imported"), outcome("failed"), outcome("updated"), outcome("removed"), outcome("unchanged")]
    browser.services.tell("GET", PATH, reply(job(state="succeeded", items=items, progress={"done": 9, "total": 9})))
    page = (await browser.get(f"/jobs/{JOB}")).body.decode()
    assert 'http-equiv="refresh"' not in page
    assert page.index("Not imported") < page.index("Imported</b>")
    for words in ("Updated, it was edited at Garmin", "Removed, it was deleted at Garmin", "Unchanged"):
        assert words in page
    assert "Listed are what failed and the newest of 9." in page


async def test_head_of_a_stream_is_answered_at_once(browser: Browser):
    await browser.sign_in()
    browser.services.tell("FOLLOW", PATH, reply(told(("progress", job()))))
    assert (await browser.request("HEAD", f"/jobs/{JOB}/events", headers=EVENTS)).status == 200
