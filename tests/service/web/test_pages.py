from __future__ import annotations

import re

import pytest

from shared.errors import Kind
from tests.service.web.conftest import Browser, exchange, refused, reply
from tests.unit.web.activities import ID, activity, analysis, item

ATTACK = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/sign-in", "/runs", f"/runs/{ID}", "/coach", "/account", "/docs", "/nowhere"),
        *("/sources", "/sources/code?challenge=x"),
    ],
)
async def test_every_page_forbids_what_it_does_not_need(browser: Browser, path: str):
    if path not in {"/", "/sign-in"}:
        await browser.sign_in()
    answer = await browser.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for directive in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.body.decode()
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page)


async def test_names_and_file_names_of_others_making_stay_text(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", "/api/v1/activities", reply({"items": [item(name=ATTACK)], "nextCursor": None}))
    browser.services.tell(
        "GET",
        f"/api/v1/activities/{ID}",
        reply(activity(name=ATTACK, device=ATTACK, warnings=[{"code": "X", "message": ATTACK}])),
    )
    browser.services.tell("GET", f"/api/v1/activities/{ID}/analysis", reply(analysis(description=ATTACK, zones=None)))
    results = [{"fileName": ATTACK, "status": "failed", "error": {"code": "X", "message": ATTACK}}]
    browser.services.tell("POST", "/api/v1/activities/import", reply({"results": results}))
    browser.services.tell("POST", "/api/v1/chat", reply(exchange(ATTACK, message=ATTACK)))
    pages = [
        await browser.get("/runs"),
        await browser.get(f"/runs/{ID}"),
        await browser.upload(),
        await browser.upload(headers={"X-Fragment": "1"}),
        await browser.post("/coach", message=ATTACK, headers={"X-Fragment": "1"}),
    ]
    browser.services.tell("POST", "/api/v1/chat", refused("X", Kind.CONFLICT, ATTACK))
    pages.append(await browser.post("/coach", message=ATTACK))
    for page in pages:
        text = page.body.decode()
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


async def test_the_account_keeps_what_was_typed_when_it_is_refused(browser: Browser):
    await browser.sign_in()
    detail = {"field": "birthYear", "issue": "must be a whole number"}
    browser.services.tell(
        "PATCH", "/api/v1/athlete", refused("VALIDATION_ERROR", Kind.INVALID, "birthYear: no.", details=[detail])
    )
    answer = await browser.post(
        "/account", part="athlete", units="mi", tone="direct", birthYear="soon", weightKg="70,5"
    )
    page = answer.body.decode()
    assert answer.status == 422
    assert 'value="soon"' in page
    assert 'value="mi" checked' in page
    assert "This must be a whole number." in page
    [call] = browser.services.called("PATCH", "/api/v1/athlete")
    assert call["body"] == {
        "units": "mi", "tone": "direct", "sex": None, "birthYear": "soon", "weightKg": 70.5,
        "maxHeartRateBpm": None, "restingHeartRateBpm": None, "thresholdHeartRateBpm": None,
    }  # fmt: skip


async def test_saving_the_account_says_so(browser: Browser):
    await browser.sign_in()
    browser.services.tell("PATCH", "/api/v1/me", reply({}))
    answer = await browser.post("/account", part="account", displayName="Ada", timezone="Asia/Tokyo")
    assert answer.headers["Location"] == "/account?saved=1"
    assert browser.services.called("PATCH", "/api/v1/me")[0]["body"] == {"displayName": "Ada", "timezone": "Asia/Tokyo"}
    assert b"Saved." in (await browser.get("/account?saved=1")).body


async def test_a_chart_is_drawn_in_the_theme_and_can_do_nothing(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", f"/api/v1/charts/{ID}", reply(b"<svg/>"))
    answer = await browser.get(f"/charts/{ID}.svg?theme=dark")
    [call] = browser.services.called("GET", f"/api/v1/charts/{ID}")
    assert (call["query"]["theme"], call["headers"]["Accept"]) == ("dark", "image/svg+xml")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def test_a_phone_gets_a_drawing_of_its_own_width(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", f"/api/v1/charts/{ID}", reply(b"<svg/>"))
    await browser.get(f"/charts/{ID}.svg?theme=light&size=narrow")
    [call] = browser.services.called("GET", f"/api/v1/charts/{ID}")
    assert call["query"] == {"theme": "light", "width": "340"}


async def test_pages_answer_head_as_they_answer_get(browser: Browser):
    await browser.sign_in()
    for path in ("/", "/runs", f"/runs/{ID}"):
        answer = await browser.request("HEAD", path)
        assert answer.status in {200, 303}
        assert answer.body == b""


async def test_a_chart_reads_as_a_table(browser: Browser):
    await browser.sign_in()
    spec = {"title": "Pace", "description": "Over time.", "data": {"values": [{"minute": 1.5, "pace": 300.0}]}}
    browser.services.tell("GET", f"/api/v1/charts/{ID}", reply(spec))
    page = (await browser.get(f"/charts/{ID}/table")).body.decode()
    assert "1:30" in page
    assert "5:00" in page
    fragment = (await browser.get(f"/charts/{ID}/table", headers={"X-Fragment": "1"})).body.decode()
    assert "<html" not in fragment


async def test_a_bug_is_a_page_without_its_inside(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", "/api/v1/activities", reply({"unexpected": "shape"}))
    answer = await browser.get("/runs")
    assert answer.status == 500
    assert b"Something went wrong on our side." in answer.body
    assert b"KeyError" not in answer.body


async def test_an_unknown_address_is_a_page_for_people_and_an_envelope_for_programs(browser: Browser):
    answer = await browser.get("/nowhere")
    assert answer.status == 404
    assert b"<h1>Nothing here</h1>" in answer.body
    for path, accept in (
        ("/nowhere", "application/json"),
        ("/api/v1/nowhere", "text/html"),
        ("/static/x/nowhere.js", "text/html"),
    ):
        answer = await browser.get(path, headers={"Accept": accept})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


async def test_static_files_may_be_kept_for_ever_under_the_address_of_their_version(browser: Browser):
    page = (await browser.get("/")).body.decode()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = await browser.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
    old = await browser.get("/static/before/pace42.css")
    assert old.headers["Cache-Control"] == "public, max-age=60"


async def test_the_api_is_described_on_a_page(browser: Browser):
    page = (await browser.get("/docs")).body.decode()
    assert "Pace42 API, version 1" in page
