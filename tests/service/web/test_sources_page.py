"""Is my data arriving? What the page says, and what its buttons do."""

from __future__ import annotations

import pytest

from gateway.web.sources import CONNECTION
from shared.errors import Kind, NotFound, UpstreamUnavailable
from tests.service.web.conftest import Browser, refused, reply
from tests.unit.web.garmin import JOB, SOURCES, connected, connection, job, outcome

SYNC = "/api/v1/garmin/sync"


async def sources(browser: Browser, path: str = "/sources") -> str:
    if not browser.token:
        await browser.sign_in()
    answer = await browser.get(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def test_nobody_connected_sees_the_ways_the_easiest_first_and_why_one_is_closed(browser: Browser):
    page = await sources(browser)
    ways = ["Connect your Garmin account", "Use your own Garmin API key", "Import files", "Continue at Garmin"]
    assert sorted(ways, key=page.index) == ways
    assert "There are three ways" in page
    assert "Your password is used once to log in at Garmin and then forgotten" in page
    assert "Not available here.</b> This Pace42 is not a partner of Garmin." in page
    assert "Disconnect" not in page


async def test_where_no_way_to_garmin_is_open_files_still_are(browser: Browser):
    closed = [{**one, "available": False, "note": "Switched off."} for one in SOURCES]
    browser.services.tell("GET", CONNECTION, reply(connection(sources=closed)))
    page = await sources(browser)
    assert "You can bring in your runs as files." in page
    assert 'name="password"' not in page
    assert 'href="/runs#import-title"' in page


async def test_a_connection_that_works_shows_its_health_and_what_can_be_done(browser: Browser):
    browser.services.tell("GET", CONNECTION, reply(connected(gaps=[{"from": "2026-11-03", "to": "2026-11-12"}])))
    page = await sources(browser)
    for text in ("Up to date", "a***@example.com", "12 min ago", "in 5 hours", "Sync now", "Check now"):
        assert text in page
    assert "3 November to 12 November" in page
    assert 'name="password"' not in page


async def test_a_cool_down_says_until_when_and_offers_no_sync(browser: Browser):
    waiting = connected(status="cooling_down", cooldownUntil="2026-11-20T13:05:00Z")
    browser.services.tell("GET", CONNECTION, reply(waiting))
    page = await sources(browser)
    assert "Garmin asks us to wait until 14:05." in page
    assert "Sync now" not in page


async def test_a_broken_connection_says_why_and_offers_to_connect_again(browser: Browser):
    error = {"code": "GARMIN_CONNECT_FAILED", "message": "Garmin no longer accepts this log-in."}
    browser.services.tell("GET", CONNECTION, reply(connected(status="broken", error=error)))
    page = await sources(browser)
    assert "Garmin no longer accepts this log-in." in page
    assert "Connect again" in page
    assert "What came before, and on from there" in page


async def test_the_page_stands_while_the_state_cannot_be_told(browser: Browser):
    browser.services.tell("GET", CONNECTION, UpstreamUnavailable("Garmin's part is away."))
    page = await sources(browser)
    assert "Garmin&#39;s part is away." in page or "Garmin's part is away." in page
    assert "0199-the-request" in page
    assert "Import files" in page


async def test_a_sync_that_runs_shows_how_far_it_is_and_what_failed(browser: Browser):
    failed = outcome("failed", error={"code": "X", "message": "It ends early."})
    browser.services.tell("GET", CONNECTION, reply(connected(status="syncing", syncJobId=JOB)))
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(job(items=[failed])))
    page = await sources(browser)
    assert "Fetching run 3 of 9" in page
    assert '<progress max="9" value="2"' in page
    assert "It ends early." in page
    assert "Reload to see how far it is" in page


async def test_syncing_now_leads_to_its_progress(browser: Browser):
    browser.services.tell("GET", CONNECTION, reply(connected()))
    browser.services.tell("POST", SYNC, reply({"jobId": JOB}, status=202))
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(job()))
    await sources(browser)
    answer = await browser.post("/sources/sync")
    assert (answer.status, answer.headers["Location"]) == (303, f"/sources?job={JOB}")
    assert browser.services.called("POST", SYNC)[0]["body"] == {}
    assert "Fetching run 3 of 9" in await sources(browser, answer.headers["Location"])


async def test_a_gap_is_fetched_with_one_click(browser: Browser):
    browser.services.tell("GET", CONNECTION, reply(connected(gaps=[{"from": "2026-11-03", "to": "2026-11-12"}])))
    browser.services.tell("POST", SYNC, reply({"jobId": JOB}, status=202))
    page = await sources(browser)
    assert 'name="from" value="2026-11-03"' in page
    await browser.post("/sources/sync", part="gaps", **{"from": "2026-11-03", "to": "2026-11-12"})
    assert browser.services.called("POST", SYNC)[0]["body"] == {"from": "2026-11-03", "to": "2026-11-12"}


async def test_days_that_are_refused_stay_in_their_form_with_the_reason(browser: Browser):
    detail = {"field": "from", "issue": "must not lie in the future"}
    browser.services.tell("GET", CONNECTION, reply(connected()))
    browser.services.tell("POST", SYNC, refused("VALIDATION_ERROR", Kind.INVALID, "from: no.", details=[detail]))
    await sources(browser)
    answer = await browser.post("/sources/sync", part="days", **{"from": "2027-01-01", "to": ""})
    page = answer.body.decode()
    assert answer.status == 422
    assert "This must not lie in the future." in page
    assert 'value="2027-01-01"' in page
    assert page.index("Fetch certain days") < page.index("from: no.") < page.index("Fetch these days")


async def test_a_check_answers_in_sentences(browser: Browser):
    checks = [
        {"name": "secretStore", "ok": True, "message": "Our safe can be opened."},
        {"name": "garmin", "ok": False, "message": "Garmin did not answer in time."},
    ]
    browser.services.tell("GET", CONNECTION, reply(connected()))
    browser.services.tell("POST", f"{CONNECTION}/check", reply({"ok": False, "checks": checks}))
    await sources(browser)
    page = (await browser.post("/sources/check")).body.decode()
    assert "A sync would not work now" in page
    assert "Works:</b> Our safe can be opened." in page
    assert "Does not work:</b> Garmin did not answer in time." in page


@pytest.mark.parametrize(("chosen", "sent"), [("keep", "keep"), ("delete", "delete"), ("everything!", "keep")])
async def test_disconnecting_keeps_or_deletes_what_came_as_the_runner_says(browser: Browser, chosen: str, sent: str):
    browser.services.tell("GET", CONNECTION, reply(connected()))
    browser.services.tell("DELETE", CONNECTION, reply(status=204))
    page = await sources(browser)
    assert 'name="data" value="keep" checked' in page
    answer = await browser.post("/sources/disconnect", data=chosen)
    assert browser.services.called("DELETE", CONNECTION)[0]["query"] == {"data": sent}
    page = await sources(browser, answer.headers["Location"])
    assert ("is being deleted" in page) == (sent == "delete")
    assert "Disconnected." in page


async def test_an_error_has_a_place_even_where_its_form_is_gone(browser: Browser):
    browser.services.tell("DELETE", CONNECTION, refused("GARMIN_NOT_CONNECTED", Kind.CONFLICT, "Nothing is connected."))
    await sources(browser)
    answer = await browser.post("/sources/disconnect", data="keep")
    assert answer.status == 409
    assert b"Nothing is connected." in answer.body


@pytest.mark.parametrize("query", ["job=../me", "job=x", f"job={JOB}", "done=nonsense"])
async def test_an_address_made_by_others_shows_nothing_of_theirs(browser: Browser, query: str):
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", NotFound("There is nothing at this address."))
    page = await sources(browser, f"/sources?{query}")
    assert "progress" not in page
    assert "nonsense" not in page
