from __future__ import annotations

import orjson

from gateway.web.ports import Reply
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


async def test_a_script_that_takes_events_gets_sentences_and_then_the_piece_of_page(browser: Browser):
    await browser.sign_in()
    token = b'event: token\ndata: {"text":" Well."}\n\n'
    done = b"event: done\ndata: " + orjson.dumps(exchange(answeredBy="model:any")) + b"\n\n"
    fact = b'event: fact\ndata: {"id":"pace"}\n\n'
    browser.services.tell("FOLLOW", "/api/v1/chat", Reply(200, {}, token + fact + done))
    answer = await browser.post("/coach", message="Hi", headers={"X-Fragment": "1", "Accept": "text/event-stream"})
    assert answer.headers["Content-Type"] == "text/event-stream"
    sentence, alive, piece = answer.body.decode().strip("\n").split("\n\n", 2)
    assert sentence == 'event: sentence\ndata: {"text":" Well."}'
    assert alive == ":"
    assert piece.startswith("event: answer\ndata: ")
    assert "Worded by a model, numbers checked" in piece
    assert f'data-conversation="{CONVERSATION}"' in piece
    (asked,) = browser.services.called("FOLLOW", "/api/v1/chat")
    assert asked["body"] == {"message": "Hi"}
    assert "Idempotency-Key" in asked["headers"]


async def test_a_failure_after_the_first_sentence_is_told_as_its_envelope(browser: Browser):
    await browser.sign_in()
    told = b'event: error\ndata: {"error":{"message":"Away."}}\n\n'
    browser.services.tell("FOLLOW", "/api/v1/chat", Reply(200, {}, told))
    answer = await browser.post("/coach", message="Hi", headers={"X-Fragment": "1", "Accept": "text/event-stream"})
    assert answer.body == b'event: problem\ndata: {"error":{"message":"Away."}}\n\n'


async def test_a_refusal_before_the_first_sentence_is_an_envelope(browser: Browser):
    await browser.sign_in()
    browser.services.tell("FOLLOW", "/api/v1/chat", refused("COACH_NO_DATA", Kind.CONFLICT, "Nothing yet."))
    answer = await browser.post("/coach", message="Hi", headers={"X-Fragment": "1", "Accept": "text/event-stream"})
    assert (answer.status, answer.code) == (409, "COACH_NO_DATA")


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
