from __future__ import annotations

import re

from shared.errors import Kind, UpstreamUnavailable
from tests.service.web.conftest import ATHLETE, Browser, refused, reply
from tests.unit.web.activities import ID, item

JOB = "0199aaaa-0000-7000-8000-00000000000f"


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
    answer = await browser.upload()
    [call] = browser.services.called("POST", "/api/v1/activities/import")
    assert b"content of a file" in call["body"]
    assert call["type"].startswith("multipart/form-data; boundary=")
    page = answer.body.decode()
    for text in ("Imported", "You have this one already", "settings", "It ends early.", f'href="/runs/{ID}"'):
        assert text in page
    assert "<html" in page
    assert "<html" not in (await browser.upload(headers={"X-Fragment": "1"})).body.decode()


async def test_a_big_import_becomes_a_job_that_can_be_watched(browser: Browser):
    await browser.sign_in()
    browser.services.tell("POST", "/api/v1/activities/import", reply({"jobId": JOB}, status=202))
    job = {"id": JOB, "kind": "import", "state": "running", "progress": {"done": 2, "total": 9}, "items": []}
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(job))
    answer = await browser.upload()
    assert (answer.status, answer.headers["Location"]) == (303, f"/jobs/{JOB}")
    page = (await browser.get(answer.headers["Location"])).body.decode()
    assert "Reading file 3 of 9" in page
    assert 'http-equiv="refresh"' in page
    assert f'data-job="/jobs/{JOB}"' in (await browser.upload(headers={"X-Fragment": "1"})).body.decode()
    done = {**job, "state": "succeeded", "items": [{"fileName": "a.fit", "status": "imported", "activityId": ID}]}
    browser.services.tell("GET", f"/api/v1/jobs/{JOB}", reply(done))
    page = (await browser.get(f"/jobs/{JOB}")).body.decode()
    assert "data-job" not in page
    assert "a.fit" in page
    assert 'http-equiv="refresh"' not in page


async def test_a_refused_upload_is_told_to_a_script_as_an_envelope(browser: Browser):
    await browser.sign_in()
    browser.services.tell(
        "POST", "/api/v1/activities/import", refused("PAYLOAD_TOO_LARGE", Kind.TOO_LARGE, "That is too much.")
    )
    answer = await browser.upload(headers={"X-Fragment": "1"})
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert b"That is too much." in (await browser.upload()).body
