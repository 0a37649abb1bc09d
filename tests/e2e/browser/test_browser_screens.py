"""What a runner sees, on a phone and on a wide screen, in the light and in the dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.conftest import LAST_RUN
from tests.support.builders import ShortRun
from tests.support.stack import Stack
from tests.support.visitor import DESK, PHONE, WIDE, Visitor, ask, has_rendered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SETTINGS = ("/sources", "/account", "/account/memory")


def test_each_number_of_an_answer_tells_its_source(browser: Browser, stack: Stack, runner_state: Path):
    context = browser.new_context(viewport=DESK, storage_state=str(runner_state))
    page = context.new_page()
    answer = ask(page, "Analyze my last run", base_url=stack.url)
    number = answer.locator(".fact", has_text="8.00 km").first
    note = number.locator(".fact-note")
    expect(note).to_be_hidden()
    number.hover()
    expect(note).to_be_visible()
    expect(note).to_contain_text("from the recording")
    page.mouse.move(0, 0)
    expect(note).to_be_hidden()
    number.focus()
    expect(note).to_be_visible()
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(number).to_be_focused()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
def test_every_page_fits_its_screen(browser: Browser, stack: Stack, runner_state: Path, viewport: dict, scheme: str):
    context = browser.new_context(viewport=viewport, color_scheme=scheme, storage_state=str(runner_state))
    visitor = Visitor(context, stack.url)
    page = visitor.go("/runs")
    run = page.locator(".run-list .name a").first.get_attribute("href")
    page.goto(f"{stack.url}/coach")
    conversation = page.locator(".conversations a").first.get_attribute("href")
    for path in ("/today", "/runs", run, "/fitness", "/plan", "/coach", conversation, *SETTINGS, "/docs"):
        visitor.go(str(path))
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} is {overflow} px too wide"
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        red = int(ground.removeprefix("rgb(").split(",")[0])
        assert (red < 60) == (scheme == "dark"), path
        if path in {run, conversation}:
            source = page.locator(".chart img").first.evaluate("image => image.currentSrc")
            assert f"theme={scheme}" in source
            assert has_rendered(page.locator(".chart img").first)
    context.close()
    assert visitor.complaints == []


def test_targets_are_large_enough_for_a_thumb(browser: Browser, stack: Stack, runner_state: Path):
    context = browser.new_context(viewport=PHONE, storage_state=str(runner_state))
    page = context.new_page()
    for path in ("/today", "/runs", "/fitness", "/plan", "/coach", *SETTINGS):
        page.goto(stack.url + path)
        small = page.eval_on_selector_all(
            "button, .button, .pages a, .ranges a, select, textarea, input:not([type=hidden], [type=radio])",
            """elements => elements.filter(element => {
                const box = element.getBoundingClientRect();
                return box.width > 0 && (box.height < 44 || box.width < 44);
            }).map(element => element.outerHTML.slice(0, 80))""",
        )
        assert small == [], path
    context.close()


def test_what_the_page_shows_agrees_with_the_file(browser: Browser, stack: Stack, runner_state: Path):
    run = ShortRun(**LAST_RUN)
    context = browser.new_context(viewport=DESK, storage_state=str(runner_state))
    page = context.new_page()
    page.goto(f"{stack.url}/runs")
    page.locator(".run-list .name a").first.click()
    shown = float(page.locator(".main-figures .figure").first.inner_text().split("\n")[0].split()[0].removesuffix("km"))
    assert abs(shown * 1000 - run.distance_m) <= 0.005 * run.distance_m
    context.close()
