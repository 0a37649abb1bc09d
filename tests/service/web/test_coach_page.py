from __future__ import annotations

from shared.errors import Kind
from tests.service.web.conftest import Browser, exchange, refused, reply

CONVERSATION = "0199aaaa-0000-7000-8000-00000000000c"


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
