"""A runner's first visit in a real Chromium, on the whole stack: by mouse, by keyboard, without scripts."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.conftest import EARLIER_RUN, LAST_RUN
from tests.support.builders import build_fit, build_gpx
from tests.support.builders_damage import garbage
from tests.support.builders_zip import zip_of
from tests.support.client import PASSWORD
from tests.support.stack import Stack
from tests.support.visitor import DESK, Visitor, ask, has_rendered, press_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def drop_four_files(visitor: Visitor) -> None:
    """Two runs, one of them twice, and a broken file: each gets its outcome, the runs stand in the list."""
    page = visitor.page
    state = visitor.import_files(
        ("last.fit", build_fit(**LAST_RUN)),
        ("earlier.gpx", build_gpx(**EARLIER_RUN)),
        ("again.fit", build_fit(**LAST_RUN)),
        ("broken.fit", garbage(2000)),
    )
    expect(state).to_have_text("2 imported, 1 here already, 1 not imported")
    expect(page.locator(".outcome")).to_have_count(4)
    expect(page.locator(".outcome").first).to_contain_text("broken.fit")
    expect(page.locator(".outcome").first).to_contain_text("cannot be read")
    rows = page.locator(".run-list .run")
    expect(rows).to_have_count(2)
    for text in ("8.00", "40:00", "5:00", "152"):
        expect(rows.first).to_contain_text(text)


def read_the_last_run(visitor: Visitor) -> None:
    page = visitor.page
    page.locator(".run-list .run").first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="The coach on this run")).to_be_visible()
    expect(page.locator(".main-figures")).to_contain_text("8.00")
    expect(page.locator(".stretches").first.locator("tbody tr")).to_have_count(8)
    assert has_rendered(page.locator(".chart img"))
    page.get_by_text("Show as table").click()
    expect(page.locator(".as-table td").first).to_be_visible()


def test_a_first_visit_from_sign_up_to_the_first_answer(visitor: Visitor):
    visitor.sign_up()
    page = visitor.page
    expect(page.get_by_text("Your runs will be listed here")).to_be_visible()
    drop_four_files(visitor)
    read_the_last_run(visitor)

    answer = ask(page, "Analyze my last run", base_url=visitor.base_url)
    for text in ("8.00 km", "40:00", "5:00 /km", "152 bpm"):
        expect(answer.locator(".answer")).to_contain_text(text)
    expect(answer).to_contain_text("From your data, by rules")
    assert has_rendered(answer.locator(".chart img"))
    page.reload()
    expect(page.locator(".exchange .answer")).to_contain_text("8.00 km")

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    visitor.go("/runs")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_zip_is_a_job_whose_progress_is_watched(visitor: Visitor):
    visitor.sign_up()
    runs = {
        f"run-{day}.fit": build_fit(start=dt.datetime(2026, 3, day, 6, tzinfo=dt.UTC), duration_s=900)
        for day in range(1, 7)
    }
    state = visitor.import_files(("export.zip", zip_of(runs)))
    expect(state).to_have_text("6 imported")
    expect(visitor.page.locator(".run-list .run")).to_have_count(6)


def test_everything_can_be_done_from_the_keyboard(visitor: Visitor, tmp_path: Path):
    page = visitor.go("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press_until(page, "Tab", page.get_by_role("link", name="Create an account"))
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.get_by_label("E-mail"))
    page.keyboard.type(f"{uuid.uuid4().hex}@example.com")
    press_until(page, "Tab", page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")

    (tmp_path / "last.fit").write_bytes(build_fit(**LAST_RUN))
    files = page.locator("input[type=file]")
    press_until(page, "Tab", files)
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    choosing.value.set_files(tmp_path / "last.fit")
    expect(page.locator(".import-state")).to_have_text("1 imported", timeout=60_000)

    press_until(page, "Tab", page.locator(".run-list .name a"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Splits")).to_be_visible()
    press_until(page, "Tab", page.locator(".chart summary"))
    page.keyboard.press("Enter")
    expect(page.locator(".as-table td").first).to_be_visible()

    coach = page.get_by_role("link", name="Coach", exact=True)
    press_until(page, "Shift+Tab", coach, at_most=120)
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.get_by_label("Your question"))
    page.keyboard.type("Analyze my last run")
    page.keyboard.press("Enter")
    expect(page.locator(".exchange .answer")).to_be_visible(timeout=30_000)
    press_until(page, "Tab", page.locator(".fact").first)
    expect(page.locator(".fact-note").first).to_be_visible()


def test_without_scripts_everything_still_works(browser: Browser, stack: Stack, tmp_path: Path):
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    visitor = Visitor(context, stack.url)
    visitor.sign_up()
    page = visitor.page
    (tmp_path / "last.fit").write_bytes(build_fit(**LAST_RUN))
    page.locator("input[type=file]").set_input_files(tmp_path / "last.fit")
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".outcome")).to_contain_text("Imported")
    page.get_by_role("link", name="Ask about the last one").click()
    expect(page.get_by_label("Your question")).to_have_value("Analyze my last run")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".exchange .answer")).to_contain_text("8.00 km")
    page.locator(".chart summary").click()
    page.get_by_role("link", name="Open the table").click()
    expect(page.locator("table td").first).to_be_visible()
    page.get_by_role("link", name="Runs").click()
    page.locator(".run-list .name a").click()
    page.get_by_text("Delete this run").first.click()
    page.get_by_role("button", name="Delete this run").click()
    expect(page.get_by_text("Your runs will be listed here")).to_be_visible()
    context.close()


def test_an_ended_session_leads_back_to_where_the_runner_was(visitor: Visitor, stack: Stack):
    visitor.sign_up()
    page = visitor.go("/account")
    # The browser's cookie is gone bad, as it is after 30 days.
    visitor.context.clear_cookies()
    page.get_by_role("link", name="Coach", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "next=%2Fcoach" in page.url
