"""Nothing happens for a request that did not come from one of our pages of this session."""

from __future__ import annotations

import pytest

from tests.service.web.conftest import PASSWORD, Browser
from tests.unit.web.activities import ID

UNSAFE = [
    "/sign-in",
    "/sign-up",
    "/sign-out",
    "/runs/import",
    f"/runs/{ID}/delete",
    "/coach",
    f"/coach/{ID}/delete",
    "/account",
    "/sources/connect",
    "/sources/code",
    "/sources/sync",
    "/sources/check",
    "/sources/disconnect",
]


def unsafe_calls(browser: Browser) -> list[str]:
    return [call["path"] for call in browser.services.calls if call["method"] != "GET" and "login" not in call["path"]]


@pytest.mark.parametrize("path", UNSAFE)
async def test_another_site_is_refused_even_with_the_right_token(browser: Browser, path: str):
    await browser.sign_in()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = await browser.post(path, headers=headers, email="a@b.cd", password=PASSWORD, message="Hello")
        assert answer.status == 403
        assert b"came from another site" in answer.body
    assert unsafe_calls(browser) == []


@pytest.mark.parametrize("path", UNSAFE)
async def test_a_foreign_origin_is_refused_where_the_browser_says_no_more(browser: Browser, path: str):
    await browser.sign_in()
    fields = {"form_token": browser.token, "message": "Hello"}
    answer = await browser.request("POST", path, data=fields, headers={"Origin": "https://evil.example"})
    assert answer.status == 403
    assert unsafe_calls(browser) == []


@pytest.mark.parametrize("path", UNSAFE)
async def test_a_form_without_its_token_is_refused(browser: Browser, path: str):
    await browser.sign_in()
    for token in ("", "guessed", "ä"):
        browser.token = token
        assert (await browser.post(path, message="Hello")).status == 403
    assert unsafe_calls(browser) == []


async def test_a_script_is_refused_with_an_envelope(browser: Browser):
    await browser.sign_in()
    browser.token = "guessed"
    answer = await browser.post("/coach", message="Hello", headers={"X-Fragment": "1"})
    assert (answer.status, answer.code) == (403, "AUTH_FORBIDDEN")


async def test_the_token_of_the_upload_address_opens_nothing_else(browser: Browser):
    await browser.sign_in()
    page = (await browser.get("/runs")).body.decode()
    token = page.split("/runs/import?form_token=")[1].split('"')[0]
    browser.token = token
    assert (await browser.post("/coach", message="Hello")).status == 403
    assert (await browser.post("/sign-out")).status == 403


async def test_the_cookie_is_no_key_to_the_api(browser: Browser):
    """The pages add no route under /api; what is there takes bearer tokens alone."""
    await browser.sign_in()
    answer = await browser.get("/api/v1/me")
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
