"""How do I get to my race? Making a plan, changing it, and asking what if."""

from __future__ import annotations

import pytest

from gateway.web.plan import ACTIVE, FEED, PLANS
from shared.errors import Kind, NotFound, UpstreamUnavailable
from tests.service.web.conftest import Browser, refused, reply
from tests.unit.web.plans import GOAL, SESSION, comparison, plan

WISH = {
    "goal": "race",
    "distanceM": "21097.5",
    "raceDate": "2026-12-06",
    "targetTime": "1:40:00",
    "daysPerWeek": "4",
    "longRunDay": "sunday",
}


@pytest.fixture
async def runner(browser: Browser) -> Browser:
    """The browser of a runner with a plan."""
    browser.services.tell("GET", ACTIVE, reply(plan()))
    await browser.sign_in()
    await browser.get("/plan")
    return browser


async def shown(browser: Browser, path: str = "/plan") -> str:
    answer = await browser.get(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def test_without_a_plan_the_page_says_what_will_be_here_and_takes_a_goal(browser: Browser):
    browser.services.tell("GET", ACTIVE, NotFound("You have no training plan."))
    await browser.sign_in()
    page = await shown(browser)
    assert "will stand here" in page
    assert "You have no training plan." not in page
    browser.services.tell("POST", PLANS, reply(plan(), status=201))
    answer = await browser.post("/plan", **WISH)
    assert (answer.status, answer.headers["Location"]) == (303, "/plan?done=made")
    assert browser.services.called("POST", PLANS)[0]["body"] == GOAL


async def test_a_goal_out_of_reach_offers_the_nearest_one_at_one_click(browser: Browser):
    browser.services.tell("GET", ACTIVE, NotFound("You have no training plan."))
    await browser.sign_in()
    await browser.get("/plan")
    details = [{"field": "raceDate", "issue": "is too soon", "nearest": GOAL | {"raceDate": "2027-03-07"}}]
    browser.services.tell("POST", PLANS, refused("VALIDATION_ERROR", Kind.INVALID, "Out of reach.", details=details))
    answer = await browser.post("/plan", **WISH | {"raceDate": "2026-11-29"})
    page = answer.body.decode()
    assert answer.status == 422
    assert "The race date is too soon." in page
    assert "Half marathon on Sunday, 7 March 2027 in 1:40:00" in page
    assert '<input type="hidden" name="raceDate" value="2027-03-07">' in page
    assert 'type="date" value="2026-11-29" aria-invalid="true"' in page


async def test_weeks_sessions_and_changes_are_told_with_their_reasons(runner: Browser):
    page = await shown(runner)
    for text in ("Half marathon in 1:40:00", "Week 2 of 3", "Intervals raise the ceiling.", "5 times", "Change 0."):
        assert text in page
    assert f"/plan/sessions/{SESSION}/workout.fit" in page


async def test_a_session_is_marked_or_moved_and_what_is_forbidden_is_said_beside_it(runner: Browser):
    path = f"{ACTIVE}/workouts/{SESSION}"
    runner.services.tell("PATCH", path, reply(plan()))
    answer = await runner.post(f"/plan/sessions/{SESSION}", status="skipped", back="/today")
    assert answer.headers["Location"] == f"/today#session-{SESSION}"
    answer = await runner.post(f"/plan/sessions/{SESSION}", date="2026-11-21")
    assert answer.headers["Location"] == f"/plan#session-{SESSION}"
    assert [call["body"] for call in runner.services.called("PATCH", path)] == [
        {"status": "skipped"},
        {"date": "2026-11-21"},
    ]
    runner.services.tell("PATCH", path, refused("VALIDATION_ERROR", Kind.INVALID, "Two hard days would follow."))
    answer = await runner.post(f"/plan/sessions/{SESSION}", date="2026-11-21")
    page = answer.body.decode()
    assert answer.status == 422
    assert page.index(f'id="session-{SESSION}"') < page.index("Two hard days would follow.")
    assert page.count("Two hard days would follow.") == 1


@pytest.mark.parametrize(
    ("fields", "asked", "question"),
    [
        (
            {"what": "skip", "session": SESSION, "name": "the <tempo>"},
            {"changes": [{"kind": "skip", "workoutId": SESSION}]},
            "What if you skip the &lt;tempo&gt;?",
        ),
        (
            {"what": "move", "session": SESSION, "date": "2026-11-21"},
            {"changes": [{"kind": "move", "workoutId": SESSION, "date": "2026-11-21"}]},
            "What if you move this session?",
        ),
        (
            {"what": "add", "workout": "easy", "minutes": "40", "date": "2026-11-21"},
            {"changes": [{"kind": "add", "date": "2026-11-21", "workout": "easy", "durationS": 2400}]},
            "What if you add: easy run, 40 min?",
        ),
        ({"what": "goal", **WISH}, {"goal": GOAL}, "What if another goal?"),
    ],
)
async def test_what_if_is_answered_and_changes_nothing(runner: Browser, fields, asked, question):
    runner.services.tell("POST", f"{PLANS}/what-if", reply(comparison()))
    answer = await runner.post("/plan/what-if", **fields)
    page = answer.body.decode()
    assert answer.status == 200
    assert runner.services.called("POST", f"{PLANS}/what-if")[0]["body"] == asked
    for text in (question, ">51.2<", "Week 3: The week would grow too much.", "Nothing has been changed."):
        assert text in page
    assert not runner.services.called("POST", PLANS)


@pytest.mark.parametrize("fields", [{"workout": "swim", "minutes": "40"}, {"workout": "easy", "minutes": "long"}])
async def test_what_cannot_be_added_is_said_at_its_form(runner: Browser, fields):
    answer = await runner.post("/plan/what-if", what="add", date="2026-11-21", **fields)
    assert answer.status == 422
    assert 'class="way" open' in answer.body.decode()
    assert not runner.services.called("POST", f"{PLANS}/what-if")


async def test_calendar_and_workouts_are_handed_out_as_files(runner: Browser):
    headers = {"Content-Type": "text/html", "Content-Disposition": 'attachment; filename="2026-11-20-intervals.fit"'}
    runner.services.tell("GET", f"{ACTIVE}/workouts/{SESSION}/workout.fit", reply(b"<script>", headers=headers))
    answer = await runner.get(f"/plan/sessions/{SESSION}/workout.fit")
    assert (answer.body, answer.headers["Content-Type"]) == (b"<script>", "application/octet-stream")
    assert answer.headers["Content-Disposition"] == headers["Content-Disposition"]
    runner.services.tell("GET", f"{ACTIVE}/calendar.ics", reply(b"BEGIN:VCALENDAR"))
    answer = await runner.get("/plan/calendar.ics")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pace42-calendar.ics"'


async def test_an_address_for_calendar_apps_is_shown_once_and_can_be_closed(runner: Browser):
    runner.services.tell("POST", FEED, reply({"path": "/api/v1/training-plans/feeds/secret/calendar.ics"}, status=201))
    page = (await runner.post("/plan/calendar-link")).body.decode()
    assert f">{runner.base_url}/api/v1/training-plans/feeds/secret/calendar.ics<" in page
    assert "feeds/secret" not in await shown(runner)
    for answer in (reply(status=204), NotFound("There is no such address.")):
        runner.services.tell("DELETE", FEED, answer)
        assert (await runner.post("/plan/calendar-link/close")).headers["Location"] == "/plan?done=closed"


async def test_a_plan_is_ended_after_one_plain_question(runner: Browser):
    assert "Your runs and figures stay." in await shown(runner)
    runner.services.tell("DELETE", ACTIVE, reply(status=204))
    assert (await runner.post("/plan/end")).headers["Location"] == "/plan?done=ended"
    assert len(runner.services.called("DELETE", ACTIVE)) == 1


async def test_a_coach_that_is_away_is_no_missing_plan(runner: Browser):
    runner.services.tell("GET", ACTIVE, UpstreamUnavailable("The coach is away."))
    answer = await runner.get("/plan")
    assert answer.status == 503
    assert b"Make a plan" not in answer.body
