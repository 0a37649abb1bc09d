from __future__ import annotations

import re

import aiohttp
import pytest

from shared.errors import Kind, UpstreamUnavailable
from tests.service.web.conftest import ATHLETE, Browser, exchange, refused, reply
from tests.unit.web.activities import ID, activity, analysis, item

ATTACK = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
JOB = "0199aaaa-0000-7000-8000-00000000000f"
CONVERSATION = "0199aaaa-0000-7000-8000-00000000000c"


def upload_address(page: bytes) -> str:
    return page.decode().split('data-import="')[1].split('"')[0]


async def upload(browser: Browser, **options):
    address = upload_address((await browser.get("/runs")).body)
    form = aiohttp.FormData()
    form.add_field("file", b"content of a file", filename="run.fit", content_type="application/octet-stream")
    headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
    return await browser.request("POST", address, data=form, headers=headers)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/runs", f"/runs/{ID}", "/coach", "/account", "/docs", "/nowhere"])
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


async def test_the_list_shows_runs_in_the_runners_units(browser: Browser):
    await browser.sign_in()
    page = (await browser.get("/runs")).body.decode()
    for text in ("Morning run", ">10.00<", ">50:00<", ">5:00<", ">150<", "This week", "November 2026"):
        assert text in page
    browser.services.tell("GET", "/api/v1/athlete", reply({**ATHLETE, "units": "mi"}))
    page = (await browser.get("/runs")).body.decode()
    assert ">6.21<" in page
    assert ">8:03<" in page


async def test_an_empty_list_says_what_will_be_here_and_what_to_do(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", "/api/v1/activities", reply({"items": [], "nextCursor": None}))
    page = (await browser.get("/runs")).body.decode()
    assert "Your runs will be listed here" in page
    assert 'type="file"' in page


async def test_the_list_goes_on_where_the_cursor_points(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", "/api/v1/activities", reply({"items": [item()], "nextCursor": "a+b/c="}))
    page = (await browser.get("/runs")).body.decode()
    address = re.search(r'href="(/runs\?cursor=[^"]+)"', page)
    assert address
    page = (await browser.get(address[1])).body.decode()
    assert browser.services.called("GET", "/api/v1/activities")[-2]["query"]["cursor"] == "a+b/c="
    assert "Back to the newest" in page
    assert 'type="file"' not in page


async def test_the_profile_being_away_costs_the_units_only(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", "/api/v1/athlete", UpstreamUnavailable("Away."))
    assert ">10.00<" in (await browser.get("/runs")).body.decode()


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
        await upload(browser),
        await upload(browser, headers={"X-Fragment": "1"}),
        await browser.post("/coach", message=ATTACK, headers={"X-Fragment": "1"}),
    ]
    browser.services.tell("POST", "/api/v1/chat", refused("X", Kind.CONFLICT, ATTACK))
    pages.append(await browser.post("/coach", message=ATTACK))
    for page in pages:
        text = page.body.decode()
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


async def test_a_run_shows_what_the_coach_says_and_what_was_measured(browser: Browser):
    await browser.sign_in()
    page = (await browser.get(f"/runs/{ID}")).body.decode()
    for text in ("Session diagnosis", "Genuinely easy", "Splits", "Laps", "Heart-rate zones", "Half marathon"):
        assert text in page
    assert f"/charts/{ID}.svg?theme=dark" in page
    assert "Power was not recorded." in page


async def test_a_run_stands_without_the_coach_who_says_why(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", f"/api/v1/activities/{ID}/analysis", UpstreamUnavailable("The coach is away."))
    answer = await browser.get(f"/runs/{ID}")
    page = answer.body.decode()
    assert answer.status == 200
    assert "The coach is away." in page
    assert "Splits" in page


async def test_somebody_elses_run_is_a_page_that_says_so(browser: Browser):
    await browser.sign_in()
    for path in ("/runs/0199aaaa-0000-7000-8000-0000000000ff", "/runs/not-an-id"):
        answer = await browser.get(path)
        assert answer.status == 404
        assert b"There is nothing at this address." in answer.body
        assert b"0199-the-request" in answer.body


async def test_a_run_is_deleted_after_one_plain_question(browser: Browser):
    await browser.sign_in()
    page = (await browser.get(f"/runs/{ID}")).body.decode()
    assert "Importing its file again brings it back." in page
    browser.services.tell("DELETE", f"/api/v1/activities/{ID}", reply(status=204))
    answer = await browser.post(f"/runs/{ID}/delete")
    assert (answer.status, answer.headers["Location"]) == (303, "/runs")
    assert len(browser.services.called("DELETE", f"/api/v1/activities/{ID}")) == 1


async def test_the_original_is_handed_out_as_a_file_and_nothing_else(browser: Browser):
    await browser.sign_in()
    headers = {"Content-Disposition": 'attachment; filename="run.fit"', "Content-Type": "text/html"}
    browser.services.tell("GET", f"/api/v1/activities/{ID}/export.fit", reply(b"<script>", headers=headers))
    answer = await browser.get(f"/runs/{ID}/original")
    assert answer.body == b"<script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="run.fit"'


async def test_files_are_passed_on_as_they_came_and_each_outcome_is_said(browser: Browser):
    await browser.sign_in()
    results = [
        {"fileName": "a.fit", "status": "imported", "activityId": ID, "activityIds": [ID]},
        {"fileName": "b.fit", "status": "duplicate", "activityId": ID},
        {"fileName": "c.fit", "status": "skipped", "kind": "settings"},
        {"fileName": "d.fit", "status": "failed", "error": {"code": "X", "message": "It ends early."}},
    ]
    browser.services.tell("POST", "/api/v1/activities/import", reply({"results": results}))
    answer = await upload(browser)
    [call] = browser.services.called("POST", "/api/v1/activities/import")
    assert b"content of a file" in call["body"]
    assert call["type"].startswith("multipart/form-data; boundary=")
    page = answer.body.decode()
    for text in ("Imported", "You have this one already", "settings", "It ends early.", f'href="/runs/{ID}"'):
        assert text in page
    assert "<html" in page
    assert "<html" not in (await upload(browser, headers={"X-Fragment": "1"})).body.decode()


async def test_a_big_import_becomes_a_job_that_can_be_watched(browser: Browser):
    await browser.sign_in()
    browser.services.tell("POST", "/api/v1/activities/import", reply({"jobId": JOB}, status=202))
    job = {"id": JOB, "kind": "import", "state": "running", "progress": {"done": 2, "total": 9}, "items": []}
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(job))
    answer = await upload(browser)
    assert (answer.status, answer.headers["Location"]) == (303, f"/runs/import/{JOB}")
    page = (await browser.get(answer.headers["Location"])).body.decode()
    assert "Reading file 3 of 9" in page
    assert 'http-equiv="refresh"' in page
    assert f'data-job="/runs/import/{JOB}"' in (await upload(browser, headers={"X-Fragment": "1"})).body.decode()
    done = {**job, "state": "succeeded", "items": [{"fileName": "a.fit", "status": "imported", "activityId": ID}]}
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(done))
    page = (await browser.get(f"/runs/import/{JOB}")).body.decode()
    assert "data-job" not in page
    assert "a.fit" in page
    assert 'http-equiv="refresh"' not in page


async def test_a_refused_upload_is_told_to_a_script_as_an_envelope(browser: Browser):
    await browser.sign_in()
    browser.services.tell(
        "POST", "/api/v1/activities/import", refused("PAYLOAD_TOO_LARGE", Kind.TOO_LARGE, "That is too much.")
    )
    answer = await upload(browser, headers={"X-Fragment": "1"})
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert b"That is too much." in (await upload(browser)).body


async def test_a_question_without_a_script_leads_to_its_conversation(browser: Browser):
    await browser.sign_in()
    page = (await browser.get("/coach")).body.decode()
    assert "7 of 10 questions left today" in page
    assert "Analyze my last run" in page
    answer = await browser.post("/coach", message="Analyze my last run", ask_key="k")
    assert answer.status == 303
    assert answer.headers["Location"] == f"/coach/{CONVERSATION}#m-0199aaaa-0000-7000-8000-00000000000d"
    conversation = {"id": CONVERSATION, "title": "Analyze my last run", "updatedAt": "2026-11-20T06:00:00Z"}
    browser.services.tell("GET", "/api/v1/conversations", reply({"items": [conversation], "nextCursor": None}))
    browser.services.tell(
        "GET", f"/api/v1/conversations/{CONVERSATION}", reply({**conversation, "messages": [exchange()]})
    )
    page = (await browser.get(f"/coach/{CONVERSATION}")).body.decode()
    assert "10.00 km" in page
    assert "From your data, by rules" in page
    assert "And the one before?" in page
    assert "20 Nov 2026, 07:00" in page, "the runner's clock, not UTC"


async def test_a_question_sent_twice_is_one_question(browser: Browser):
    await browser.sign_in()
    for message, key in (("One", "k"), ("One", "k"), ("Two", "k"), ("One", "other")):
        await browser.post("/coach", message=message, ask_key=key)
    keys = [call["headers"]["Idempotency-Key"] for call in browser.services.called("POST", "/api/v1/chat")]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


async def test_a_script_gets_the_answer_as_a_piece_of_page(browser: Browser):
    await browser.sign_in()
    answer = await browser.post("/coach", message="Analyze my last run", headers={"X-Fragment": "1"})
    page = answer.body.decode()
    assert page.lstrip().startswith("<article")
    assert f'data-conversation="{CONVERSATION}"' in page
    assert 'class="fact"' in page
    assert "from the recording" in page


async def test_used_up_questions_are_said_in_the_envelopes_words_with_when_they_come_back(browser: Browser):
    await browser.sign_in()
    # 07:00 in Berlin; midnight is 17 hours away.
    error = refused(
        "SUBSCRIPTION_QUERY_LIMIT", Kind.RATE_LIMITED, "You have asked your 10 questions.", retry_after_s=17 * 3600
    )
    browser.services.tell("POST", "/api/v1/chat", error)
    answer = await browser.post("/coach", message="What should I run tomorrow?")
    page = answer.body.decode()
    assert answer.status == 429
    assert "You have asked your 10 questions. You can try again after midnight." in page
    assert ">What should I run tomorrow?</textarea>" in page, "the question is not lost"
    answer = await browser.post("/coach", message="What?", headers={"X-Fragment": "1"})
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (429, "SUBSCRIPTION_QUERY_LIMIT", "61200")


async def test_an_empty_question_asks_nobody(browser: Browser):
    await browser.sign_in()
    answer = await browser.post("/coach", message="  ")
    assert answer.status == 422
    assert b"Type a question first." in answer.body
    assert browser.services.called("POST", "/api/v1/chat") == []


async def test_the_account_keeps_what_was_typed_when_it_is_refused(browser: Browser):
    await browser.sign_in()
    detail = {"field": "birthYear", "issue": "input should be a valid integer"}
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
    assert "This input should be a valid integer." in page
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
