"""Connecting a Garmin account by password, by key, by Garmin's own page, with and without a code."""

from __future__ import annotations

import re

import pytest

from gateway.web.sources import CONNECTION
from shared.errors import Kind
from tests.service.web.conftest import Browser, refused, reply
from tests.unit.web.garmin import SOURCES, connected, connection

CHALLENGE = "0199aaaa-0000-7000-8000-0000000000cc"
SECRET = "a password of Garmin"
KEY = "a-key-of-garmin"
CODE_REQUIRED = refused(
    "GARMIN_MFA_REQUIRED", Kind.CONFLICT, "Garmin has sent you a code.", details=[{"challengeId": CHALLENGE}]
)
OAUTH = "/api/v1/garmin/oauth"


@pytest.fixture
async def runner(browser: Browser) -> Browser:
    await browser.sign_in()
    await browser.get("/sources")
    return browser


async def connect(runner: Browser, **changes: str):
    fields = {"kind": "credentials", "username": " ada@example.com ", "password": SECRET, "range": "all", **changes}
    return await runner.post("/sources/connect", **fields)


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        ("two", "2024-11-20"),
        ("all", "2003-01-01"),
        ("year", "2025-11-20"),
        ("quarter", "2026-08-21"),
        ("today", "2026-11-20"),
        ("", None),
    ],
)
async def test_a_password_goes_to_the_service_with_the_first_day_to_bring_in(runner: Browser, chosen: str, first: str):
    runner.services.tell("POST", CONNECTION, reply(connected(), status=201))
    answer = await connect(runner, range=chosen)
    assert (answer.status, answer.headers["Location"]) == (303, "/sources?done=connected")
    expected = {"kind": "credentials", "username": "ada@example.com", "password": SECRET}
    assert runner.services.called("POST", CONNECTION)[0]["body"] == expected | ({"importFrom": first} if first else {})
    runner.services.tell("GET", CONNECTION, reply(connected()))
    assert b"Connected. Your runs are being fetched" in (await runner.get("/sources?done=connected")).body


async def test_a_key_goes_alone(runner: Browser):
    runner.services.tell("POST", CONNECTION, reply(connected(), status=201))
    await runner.post("/sources/connect", kind="personalApiKey", key=f" {KEY}\n", range="today", password="no")
    [call] = runner.services.called("POST", CONNECTION)
    assert call["body"] == {"kind": "personalApiKey", "key": KEY, "importFrom": "2026-11-20"}


@pytest.mark.parametrize(
    ("code", "kind", "message", "status"),
    [
        ("GARMIN_CONNECT_FAILED", Kind.INVALID, "Garmin does not accept this password.", 422),
        ("GARMIN_UNAVAILABLE", Kind.UNAVAILABLE, "Garmin shows a page that only a person can pass.", 503),
        ("GARMIN_UNAVAILABLE", Kind.UNAVAILABLE, "Garmin is not answering.", 503),
        ("SECRETS_UNAVAILABLE", Kind.UNAVAILABLE, "The safe for passwords is closed.", 503),
        ("RATE_LIMITED", Kind.RATE_LIMITED, "That was tried five times this hour.", 429),
    ],
)
async def test_each_refusal_stands_at_its_form_which_keeps_the_name_and_no_secret(
    runner: Browser, code: str, kind: Kind, message: str, status: int
):
    runner.services.tell("POST", CONNECTION, refused(code, kind, message))
    answer = await connect(runner, range="quarter")
    page = answer.body.decode()
    assert answer.status == status
    assert page.index("Connect your Garmin account") < page.index(message) < page.index("Garmin password</label>")
    assert page.count(message) == 1
    assert "0199-the-request" in page
    assert 'value="ada@example.com"' in page
    assert 'value="quarter" selected' in page
    assert SECRET not in page


async def test_a_wait_that_garmin_asks_for_is_told_by_the_clock(runner: Browser):
    waiting = refused("GARMIN_RATE_LIMITED", Kind.UNAVAILABLE, "Garmin asks us to wait.", retry_after_s=3900)
    runner.services.tell("POST", CONNECTION, waiting)
    assert b"Garmin asks us to wait. You can try again at 08:05." in (await connect(runner)).body


async def test_a_refused_key_is_said_at_the_key_and_does_not_come_back(runner: Browser):
    runner.services.tell("POST", CONNECTION, refused("GARMIN_CONNECT_FAILED", Kind.INVALID, "This key has ended."))
    page = (await runner.post("/sources/connect", kind="personalApiKey", key=KEY)).body.decode()
    assert page.index("Use your own Garmin API key") < page.index("This key has ended.")
    assert KEY not in page


async def test_a_code_that_garmin_asks_for_has_a_page_of_its_own(runner: Browser):
    runner.services.tell("POST", CONNECTION, CODE_REQUIRED)
    answer = await connect(runner)
    assert (answer.status, answer.headers["Location"]) == (303, f"/sources/code?challenge={CHALLENGE}")
    page = (await runner.get(answer.headers["Location"])).body.decode()
    assert f'name="challenge" value="{CHALLENGE}"' in page
    assert 'inputmode="numeric" autocomplete="one-time-code"' in page
    assert "within 10 minutes" in page
    runner.services.tell("POST", f"{CONNECTION}/mfa", reply(connected(), status=201))
    answer = await runner.post("/sources/code", challenge=CHALLENGE, code=" 123 456 ")
    assert (answer.status, answer.headers["Location"]) == (303, "/sources?done=connected")
    [call] = runner.services.called("POST", f"{CONNECTION}/mfa")
    assert call["body"] == {"challengeId": CHALLENGE, "code": "123456"}


async def test_a_wrong_code_can_be_corrected_where_it_was_typed(runner: Browser):
    wrong = refused("GARMIN_CONNECT_FAILED", Kind.INVALID, "Garmin does not accept this code.")
    runner.services.tell("POST", f"{CONNECTION}/mfa", wrong)
    answer = await runner.post("/sources/code", challenge=CHALLENGE, code="123456")
    page = answer.body.decode()
    assert answer.status == 422
    assert "Garmin does not accept this code." in page
    assert f'name="challenge" value="{CHALLENGE}"' in page
    assert "123456" not in page
    assert "Start again" in page


async def open_partner(runner: Browser) -> str:
    """The address that leads to Garmin's page."""
    ways = [{**one, "available": True} for one in SOURCES]
    runner.services.tell("GET", CONNECTION, reply(connection(sources=ways)))
    page = (await runner.get("/sources")).body.decode()
    found = re.search(r'href="(/sources/start[^"]+)"', page)
    assert found
    return found[1]


async def test_garmins_own_page_is_reached_by_a_link_of_this_session_alone(runner: Browser):
    address = await open_partner(runner)
    there = "https://connect.garmin.com/oauth2Confirm?state=abc"
    runner.services.tell("GET", f"{OAUTH}/start", reply({"authorizationUrl": there}))
    for forged in ("/sources/start", "/sources/start?form_token=guessed"):
        assert (await runner.get(forged)).status == 403
    assert runner.services.called("GET", f"{OAUTH}/start") == []
    answer = await runner.get(address)
    assert (answer.status, answer.headers["Location"]) == (303, there)


async def test_the_way_back_from_garmin_counts_for_who_is_signed_in(runner: Browser):
    await open_partner(runner)
    runner.services.tell("GET", f"{OAUTH}/callback", reply(connected()))
    answer = await runner.get("/sources/return?code=c&state=s&more=m")
    assert (answer.status, answer.headers["Location"]) == (303, "/sources?done=connected")
    [call] = runner.services.called("GET", f"{OAUTH}/callback")
    assert call["query"] == {"code": "c", "state": "s"}


async def test_a_permission_that_was_not_given_is_said_at_its_way(runner: Browser):
    await open_partner(runner)
    refusal = refused("GARMIN_CONNECT_FAILED", Kind.INVALID, "You did not allow it at Garmin.")
    runner.services.tell("GET", f"{OAUTH}/callback", refusal)
    answer = await runner.get("/sources/return?error=access_denied&state=s")
    page = answer.body.decode()
    assert answer.status == 422
    assert page.index("Continue at Garmin") < page.index("You did not allow it at Garmin.")
    [call] = runner.services.called("GET", f"{OAUTH}/callback")
    assert call["query"] == {"state": "s"}
