"""Where am I heading? What the page says, and which days it asks for."""

from __future__ import annotations

from gateway.web.fitness import FITNESS
from shared.errors import Kind, UpstreamUnavailable
from tests.service.web.conftest import ATHLETE, Browser, refused, reply
from tests.unit.web.activities import ID
from tests.unit.web.fitness import fitness, nothing_known


async def page(browser: Browser, path: str = "/fitness", *, status: int = 200) -> str:
    if not browser.token:
        await browser.sign_in()
    answer = await browser.get(path)
    assert answer.status == status, answer.body
    return answer.body.decode()


async def test_the_page_holds_figures_weeks_races_records_and_paces(browser: Browser):
    browser.services.tell("GET", FITNESS, reply(fitness()))
    shown = await page(browser)
    for text in (
        ">48<",
        "\N{MINUS SIGN}9",
        "16 Nov",
        "1:32:40 to 1:43:00",
        "19 Oct 2025",
        "5:30 to 6:30",
        "do not predict injuries",
    ):
        assert text in shown
    assert f"/charts/{ID}.svg?theme=dark" in shown
    assert 'href="/fitness?range=12w" aria-current="true"' in shown
    browser.services.tell("GET", "/api/v1/athlete", reply({**ATHLETE, "units": "mi"}))
    assert "8:51 to 10:28" in await page(browser)


async def test_days_of_ones_own_are_asked_for_and_kept_in_the_form(browser: Browser):
    browser.services.tell("GET", FITNESS, reply(fitness()))
    shown = await page(browser, "/fitness?from=2026-01-01&to=2026-03-01")
    assert browser.services.called("GET", FITNESS)[-1]["query"] == {
        "from": "2026-01-01",
        "to": "2026-03-01",
        "charts": "true",
    }
    assert 'value="2026-01-01"' in shown
    assert 'aria-current="true"' not in shown.split("Days shown")[2].split("</nav>")[0]


async def test_days_that_are_refused_are_said_at_the_form_with_the_usual_days_below(browser: Browser):
    details = [{"field": "to", "issue": "is before 'from'"}]
    wrong = refused("VALIDATION_ERROR", Kind.INVALID, "'to' is before 'from'.", details=details)
    answers = iter((wrong, reply(fitness())))

    def answer():
        told = next(answers)
        if isinstance(told, Exception):
            raise told
        return told

    browser.services.tell("GET", FITNESS, answer)
    shown = await page(browser, "/fitness?from=2026-03-01&to=2026-01-01", status=422)
    assert 'id="to-problem"' in shown
    assert ">48<" in shown


async def test_without_runs_the_page_says_what_will_be_here_and_what_to_do(browser: Browser):
    browser.services.tell("GET", FITNESS, reply(nothing_known()))
    shown = await page(browser)
    assert "will be drawn here" in shown
    assert 'href="/runs">Bring in your runs' in shown
    assert "Training paces" not in shown


async def test_what_is_missing_stands_where_it_would_be(browser: Browser):
    missing = [{"key": "predictions", "text": "Too few days."}, {"key": "heartRate", "text": "No heart rate."}]
    empty = {**fitness()["now"], "predictions": [], "trainingPaces": None}
    browser.services.tell("GET", FITNESS, reply(fitness(now=empty, missing=missing)))
    shown = await page(browser)
    assert shown.index("What you could race") < shown.index("Too few days.") < shown.index("Training paces")
    assert shown.index("What is missing") < shown.index("No heart rate.")


async def test_the_coach_being_away_is_said_with_the_request_to_quote(browser: Browser):
    browser.services.tell("GET", FITNESS, UpstreamUnavailable("The coach is away."))
    shown = await page(browser, status=503)
    assert "The coach is away." in shown
    assert "0199-the-request" in shown
