"""Helpful or wrong, under the advice of a day and under an answer."""

from __future__ import annotations

from gateway.web.fitness import FITNESS
from gateway.web.rating import EVALUATE
from gateway.web.today import DAILY, NOTES
from shared.errors import NotFound
from tests.service.web.conftest import Browser, exchange, reply
from tests.unit.web.fitness import fitness
from tests.unit.web.insights import INSIGHT, advice, page_of

CONVERSATION, MESSAGE = exchange()["conversationId"], exchange()["messageId"]
SCRIPT = {"X-Fragment": "1"}


async def conversation(browser: Browser, path: str = f"/coach/{CONVERSATION}") -> str:
    if not browser.token:
        await browser.sign_in()
    browser.services.tell(
        "GET", f"/api/v1/conversations/{CONVERSATION}", reply({"id": CONVERSATION, "messages": [exchange()]})
    )
    answer = await browser.get(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


async def rate(browser: Browser, verdict: str, **more):
    browser.services.tell("POST", EVALUATE, reply({}))
    fields = {"subject": MESSAGE, "back": f"/coach/{CONVERSATION}", "verdict": verdict}
    return await browser.post("/ratings", headers=more.pop("headers", None), **(fields | more))


async def test_an_answer_is_rated_and_the_page_says_so_where_it_stands(browser: Browser):
    assert f'id="rating-{MESSAGE}"' in await conversation(browser)
    answer = await rate(browser, "helpful")
    address = f"/coach/{CONVERSATION}?rated={MESSAGE}&verdict=helpful"
    assert (answer.status, answer.headers["Location"]) == (303, f"{address}#rating-{MESSAGE}")
    [call] = browser.services.called("POST", EVALUATE)
    assert call["body"] == {"insightId": MESSAGE, "verdict": "helpful"}
    assert "Noted as helpful." in await conversation(browser, address)


async def test_what_is_wrong_can_be_said_in_words(browser: Browser):
    await conversation(browser)
    piece = (await rate(browser, "wrong", headers=SCRIPT)).body.decode()
    assert "What is wrong with it?" in piece
    assert "<html" not in piece
    piece = (await rate(browser, "wrong", text=" The pace. ", headers=SCRIPT)).body.decode()
    assert "with your words" in piece
    assert browser.services.called("POST", EVALUATE)[-1]["body"]["text"] == "The pace."


async def test_the_advice_of_a_day_is_rated_on_its_page(browser: Browser):
    browser.services.tell("GET", DAILY, reply(advice()))
    browser.services.tell("GET", FITNESS, reply(fitness()))
    browser.services.tell("GET", NOTES, reply(page_of()))
    await browser.sign_in()
    page = (await browser.get("/today")).body.decode()
    assert f'name="subject" value="{INSIGHT}"' in page
    answer = await rate(browser, "wrong", subject=INSIGHT, back="/today")
    page = (await browser.get(answer.headers["Location"].partition("#")[0])).body.decode()
    assert "Noted as wrong." in page


async def test_a_rating_never_leads_to_another_site_and_is_of_something(browser: Browser):
    await conversation(browser)
    assert (await rate(browser, "helpful", back="//evil.example")).headers["Location"].startswith("/today?")
    assert (await rate(browser, "splendid")).status == 422
    assert (await rate(browser, "wrong", subject="<x>")).status == 422


async def test_an_answer_that_is_gone_is_told_to_a_script_as_an_envelope(browser: Browser):
    await conversation(browser)
    browser.services.tell("POST", EVALUATE, NotFound("There is no such answer."))
    fields = {"subject": MESSAGE, "back": "/coach", "verdict": "wrong"}
    answer = await browser.post("/ratings", headers=SCRIPT, **fields)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
