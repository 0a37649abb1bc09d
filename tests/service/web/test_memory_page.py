"""What the coach remembers, read and deleted."""

from __future__ import annotations

from gateway.web.memory import MEMORY
from tests.service.web.conftest import Browser, reply
from tests.unit.web import insights
from tests.unit.web.insights import memory, page_of


async def test_memories_are_listed_and_each_can_be_deleted(browser: Browser):
    await browser.sign_in()
    assert 'href="/account/memory"' in (await browser.get("/account")).body.decode()
    browser.services.tell("GET", MEMORY, reply(page_of(memory(), cursor="abc")))
    page = (await browser.get("/account/memory")).body.decode()
    assert "You run on Sundays." in page
    assert 'href="/account/memory?cursor=abc"' in page
    browser.services.tell("DELETE", f"{MEMORY}/{insights.MEMORY}", reply(status=204))
    answer = await browser.post(f"/account/memory/{insights.MEMORY}/delete")
    assert len(browser.services.called("DELETE", f"{MEMORY}/{insights.MEMORY}")) == 1
    assert "does not conclude it again" in (await browser.get(answer.headers["Location"])).body.decode()


async def test_an_empty_memory_says_what_will_be_there(browser: Browser):
    await browser.sign_in()
    browser.services.tell("GET", MEMORY, reply(page_of()))
    assert "Nothing yet." in (await browser.get("/account/memory")).body.decode()
