from __future__ import annotations

import asyncio

from shared.caller import Caller
from shared.errors import Kind, UpstreamUnavailable
from tests.service.web.conftest import PASSWORD, RUNNER, Browser, refused, reply

ENDED = refused("AUTH_TOKEN_REUSED", Kind.UNAUTHENTICATED, "This session has been ended.")


async def test_a_sign_up_leads_to_the_runs_and_tells_auth_what_it_needs(browser: Browser):
    await browser.get("/sign-up")
    answer = await browser.post(
        "/sign-up", email="ada@example.com", password=PASSWORD, displayName=" Ada ", timezone="Europe/Berlin"
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/runs")
    [call] = browser.services.called("POST", "/api/v1/auth/signup")
    assert call["body"] == {
        "email": "ada@example.com",
        "password": PASSWORD,
        "displayName": "Ada",
        "timezone": "Europe/Berlin",
    }
    assert call["caller"] == Caller()
    assert "User-Agent" in call["headers"]
    assert (await browser.get("/runs")).status == 200


async def test_a_zone_nobody_knows_is_not_passed_on(browser: Browser):
    await browser.get("/sign-up")
    await browser.post("/sign-up", email="a@b.cd", password=PASSWORD, timezone="Mars/Olympus")
    assert "timezone" not in browser.services.called("POST", "/api/v1/auth/signup")[0]["body"]


async def test_what_auth_refuses_is_said_at_the_field_and_the_password_is_not_kept(browser: Browser):
    detail = {"field": "password", "issue": "must have at least 12 characters"}
    browser.services.tell(
        "POST",
        "/api/v1/auth/signup",
        refused("VALIDATION_ERROR", Kind.INVALID, "The password is short.", details=[detail]),
    )
    await browser.get("/sign-up")
    answer = await browser.post("/sign-up", email="ada@example.com", password="short-secret")
    page = answer.body.decode()
    assert answer.status == 422
    assert "The password is short." in page
    assert "This must have at least 12 characters." in page
    assert 'aria-invalid="true"' in page
    assert "0199-the-request" in page
    assert 'value="ada@example.com"' in page
    assert "short-secret" not in page


async def test_the_tokens_reach_the_browser_in_the_sealed_cookie_only(browser: Browser):
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", email="ada@example.com", password=PASSWORD)
    header = answer.headers["Set-Cookie"]
    assert "access-1" not in header
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    page = await browser.get("/runs")
    assert b"access-1" not in page.body
    assert b"refresh-1" not in page.body


async def test_a_new_session_makes_forms_of_the_visitor_worthless(browser: Browser):
    await browser.get("/sign-in")
    before = browser.token
    await browser.sign_in()
    assert browser.token != before
    browser.token = before
    assert (await browser.post("/sign-out")).status == 403


async def test_a_page_that_needs_a_sign_in_returns_to_itself_afterwards(browser: Browser):
    answer = await browser.get("/runs?cursor=abc")
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=%2Fruns%3Fcursor%3Dabc")
    await browser.get(answer.headers["Location"])
    answer = await browser.post("/sign-in", email="a@b.cd", password=PASSWORD, next="/runs?cursor=abc")
    assert answer.headers["Location"] == "/runs?cursor=abc"


async def test_a_sign_in_never_leads_to_another_site(browser: Browser):
    page = await browser.get("/sign-in?next=https://evil.example/")
    assert b"evil.example" not in page.body
    answer = await browser.post("/sign-in", email="a@b.cd", password=PASSWORD, next="//evil.example/")
    assert answer.headers["Location"] == "/today"


async def test_an_expired_access_token_is_renewed_once_for_requests_that_meet(browser: Browser):
    await browser.sign_in()
    browser.clock.advance(900)
    browser.services.accepted = {"access-2"}
    answers = await asyncio.gather(*(browser.request("GET", "/account") for _ in range(6)))
    assert {answer.status for answer in answers} == {200}
    assert len(browser.services.called("POST", "/api/v1/auth/refresh")) == 1
    assert any("Set-Cookie" in answer.headers for answer in answers)
    assert (await browser.get("/runs")).status == 200


async def test_an_ended_session_says_so_and_keeps_the_way_back(browser: Browser):
    await browser.sign_in()
    browser.services.accepted = set()
    browser.services.tell("POST", "/api/v1/auth/refresh", ENDED)
    answer = await browser.get("/coach")
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=%2Fcoach&ended=1")
    page = await browser.get(answer.headers["Location"])
    assert b"Your session has ended" in page.body
    assert (await browser.get("/sign-in")).status == 200, (
        "the ended session is forgotten, so there is no way round in circles"
    )


async def test_a_script_learns_of_the_end_as_an_envelope(browser: Browser):
    await browser.sign_in()
    browser.services.accepted = set()
    browser.services.tell("POST", "/api/v1/auth/refresh", ENDED)
    answer = await browser.post("/coach", message="Hello", headers={"X-Fragment": "1"})
    assert (answer.status, answer.code) == (401, "AUTH_INVALID_TOKEN")


async def test_auth_being_away_is_said_and_ends_nothing(browser: Browser):
    await browser.sign_in()
    before = browser.cookie
    browser.clock.advance(900)
    browser.services.tell("POST", "/api/v1/auth/refresh", UpstreamUnavailable("A part is away.", retry_after_s=2))
    answer = await browser.get("/runs")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert b"A part is away. You can try again in 2 seconds." in answer.body
    assert browser.cookie == before


async def test_signing_out_ends_the_session_at_auth_and_here(browser: Browser):
    await browser.sign_in()
    answer = await browser.post("/sign-out")
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")
    [call] = browser.services.called("POST", "/api/v1/auth/logout")
    assert call["caller"] == RUNNER
    assert (await browser.get("/runs")).status == 303


async def test_signing_out_works_here_while_auth_is_away(browser: Browser):
    await browser.sign_in()
    browser.services.tell("POST", "/api/v1/auth/logout", UpstreamUnavailable("Away."))
    assert (await browser.post("/sign-out")).status == 303
    assert (await browser.get("/runs")).status == 303


async def test_who_is_signed_in_is_at_home_already(browser: Browser):
    assert b"Create an account" in (await browser.get("/")).body
    await browser.sign_in()
    for path in ("/", "/sign-in", "/sign-up"):
        assert (await browser.get(path)).headers["Location"] == "/today"


async def test_an_altered_cookie_is_a_visitor(browser: Browser):
    await browser.sign_in()
    value = browser.cookie
    browser.session.cookie_jar.clear()
    answer = await browser.request("GET", "/runs", headers={"Cookie": f"pace42={value[:-3]}AAA"})
    assert answer.status == 303
    browser.services.tell("GET", "/api/v1/activities", reply({"items": [], "nextCursor": None}))
    assert (await browser.request("GET", "/runs", headers={"Cookie": f"pace42={value}"})).status == 200
