"""What to do today, a plan and what is told the coach, in a real Chromium on the whole stack."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.builders import build_fit
from tests.support.visitor import Visitor, has_rendered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def bring_three_weeks(visitor: Visitor) -> None:
    """Four runs a week, so that there is something to plan from."""
    this_morning = dt.datetime.now(dt.UTC).replace(hour=5, minute=0, second=0, microsecond=0)
    runs = [
        (f"{days}.fit", build_fit(start=this_morning - dt.timedelta(days=days), duration_s=2700, pace_s_per_km=330.0))
        for days in (1, 3, 5, 6, 8, 10, 12, 13, 15, 17, 19, 20)
    ]
    expect(visitor.import_files(*runs)).to_have_text("12 imported", timeout=60_000)


def rate_the_advice(page: Page) -> None:
    page.get_by_role("button", name="Wrong").click()
    page.get_by_label("What is wrong with it?").fill("I have a cold")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Noted as wrong, with your words.")).to_be_visible()


def tell_of_an_illness(page: Page) -> None:
    page.get_by_text("Tell the coach something").click()
    page.get_by_label("Illness").check()
    page.get_by_label("In your words").fill("A cold")
    page.get_by_role("button", name="Tell the coach").click()
    expect(page.locator(".advice-headline")).to_contain_text("Rest")
    page.get_by_role("button", name="It is over").click()
    expect(page.get_by_text("The note is over.")).to_be_visible()
    expect(page.locator(".note-list li")).to_have_count(0)


def test_a_day_with_the_coach_from_the_advice_to_a_plan(visitor: Visitor):
    visitor.sign_up()
    bring_three_weeks(visitor)
    page = visitor.go("/today")
    expect(page.locator(".advice-headline")).to_contain_text("run")
    rate_the_advice(page)
    tell_of_an_illness(page)

    page.get_by_role("link", name="Fitness", exact=True).click()
    expect(page.get_by_role("heading", name="Records")).to_be_visible()
    assert has_rendered(page.locator(".chart img").first)

    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_label("General fitness").check()
    page.get_by_label("Days a week").select_option("3")
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_text("Your plan is made.")).to_be_visible()
    session = page.locator(".plan-week[open] .day .session").last
    session.locator("summary").click()
    session.get_by_role("button", name="What if I skip it?").click()
    expect(page.locator(".what-if-answer")).to_be_focused()
    session = page.locator(".plan-week[open] .day .session").last
    session.locator("summary").click()
    with page.expect_download() as downloading:
        session.get_by_role("link", name="For the watch").click()
    assert downloading.value.suggested_filename.endswith(".fit")
    session.get_by_role("button", name=re.compile("^Skip")).click()
    expect(page.locator(".changes")).to_contain_text("is skipped, as you wish")
