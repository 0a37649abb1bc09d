"""Where a person is sent after signing in can be chosen by whoever made the link, so it never leaves our pages."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.web.ways import safe_return, sign_in_address


@pytest.mark.parametrize(
    "address",
    [
        "/today",
        "/runs",
        "/runs?cursor=abc%3D",
        "/runs/01a1f96f-70a6-7893-98d5-9ccd8d875e88",
        "/fitness?from=2026-01-01&to=2026-03-01",
        "/coach",
        "/coach?ask=Analyze%20my%20last%20run",
        "/account",
        "/account/memory",
        "/sources",
        "/sources/code?challenge=01a1f96f-70a6-7893-98d5-9ccd8d875e88",
        "/jobs/01a1f96f-70a6-7893-98d5-9ccd8d875e88",
    ],
)
def test_our_own_pages_are_returned_to(address):
    assert safe_return(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "/",
        "https://evil.example/runs",
        "//evil.example/runs",
        "/\\evil.example",
        "\\\\evil.example",
        "/runs@evil.example",
        "/runs/../../evil",
        "/runs\r\nSet-Cookie: a=b",
        "/runs\n",
        " /runs",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/runs?next=//evil.example",
        "/runs#//evil.example",
        "/sign-out",
        "/api/v1/me",
        "/runs/" + "a" * 65,
        "/runs?" + "a" * 301,
    ],
)
def test_everything_else_leads_home(address):
    assert safe_return(address) == "/today"


def test_a_form_sent_too_late_returns_to_the_page_that_holds_it():
    request = make_mocked_request("POST", "/runs/import?form_token=secret")
    assert sign_in_address(request, ended=True) == "/sign-in?next=%2Fruns&ended=1"


def test_a_page_returns_to_itself():
    request = make_mocked_request("GET", "/runs?cursor=abc")
    assert sign_in_address(request, ended=False) == "/sign-in?next=%2Fruns%3Fcursor%3Dabc"
