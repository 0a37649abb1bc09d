"""A runner's first visit in a real Chromium, on the whole stack."""

from __future__ import annotations

import base64
import datetime as dt
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.support.builders import ShortRun, build_fit, build_gpx, build_tcx
from tests.support.builders_damage import garbage
from tests.support.builders_zip import zip_of
from tests.support.client import PASSWORD
from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

# The last run: 40 minutes at 5:00 a kilometre, that is 8 km, and 152 bpm.
LAST_RUN = {
    "start": dt.datetime(2026, 3, 5, 17, 0, tzinfo=dt.UTC),
    "duration_s": 2400,
    "pace_s_per_km": 300.0,
    "heart_rate_bpm": 152.0,
}
EARLIER_RUN = {"start": dt.datetime(2026, 3, 2, 6, 30, tzinfo=dt.UTC), "duration_s": 1500, "pace_s_per_km": 330.0}
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def chromium() -> str:
    """The browser's path; skips without one, or fails where PACE42_REQUIRE_BROWSER says that there must be one."""
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "no Chromium on this machine; apt-get install chromium"
    if os.environ.get("PACE42_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    # Chromium refuses its own sandbox to root, which is whom a container runs tests as.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield started
        started.close()


class Visitor:
    """One person at one browser; collects whatever the browser complains about."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.base_url = base_url
        self.context = context
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.base_url + path)
        return self.page

    def sign_up(self) -> None:
        page = self.go("/sign-up")
        page.get_by_label("E-mail").fill(f"{uuid.uuid4().hex}@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Runs")

    def drop(self, *files: tuple[str, bytes]) -> None:
        """Let go of files over the page, as from a file manager."""
        payload = [{"name": name, "content": base64.b64encode(content).decode()} for name, content in files]
        data = self.page.evaluate_handle(
            """files => {
                const data = new DataTransfer();
                for (const file of files) {
                    const bytes = Uint8Array.from(atob(file.content), (character) => character.charCodeAt(0));
                    data.items.add(new File([bytes], file.name));
                }
                return data;
            }""",
            payload,
        )
        self.page.dispatch_event("[data-import]", "dragenter", {"dataTransfer": data})
        self.page.dispatch_event("[data-import]", "drop", {"dataTransfer": data})

    def import_files(self, *files: tuple[str, bytes]) -> Locator:
        self.drop(*files)
        state = self.page.locator(".import-state")
        expect(state).to_contain_text("imported", timeout=60_000)
        return state


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[Visitor]:
    context = browser.new_context(viewport=DESK, timezone_id="Europe/Berlin", locale="en-GB")
    visiting = Visitor(context, stack.url)
    yield visiting
    context.close()
    assert visiting.complaints == [], "the browser had something to complain about"


@pytest.fixture(scope="module")
def runner_state(browser: Browser, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of a runner with two runs and a conversation, for tests that only look."""
    context = browser.new_context(viewport=DESK, timezone_id="Europe/Berlin", locale="en-GB")
    visiting = Visitor(context, stack.url)
    visiting.sign_up()
    visiting.import_files(("last.fit", build_fit(**LAST_RUN)), ("earlier.tcx", build_tcx(**EARLIER_RUN)))
    ask(visiting.page, "Analyze my last run", base_url=stack.url)
    path = tmp_path_factory.mktemp("browser") / "state.json"
    context.storage_state(path=str(path))
    context.close()
    return path


def ask(page: Page, question: str, *, base_url: str) -> Locator:
    """The article with the answer."""
    page.goto(f"{base_url}/coach")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.locator(".exchange").last
    expect(answer.locator(".answer")).to_be_visible(timeout=30_000)
    return answer


def has_rendered(image: Locator) -> bool:
    """Whether an image was really drawn, not only requested."""
    expect(image).to_be_visible()
    return bool(image.evaluate("image => image.decode().then(() => image.naturalWidth > 100, () => false)"))


def test_a_first_visit_from_sign_up_to_the_first_answer(visitor: Visitor):
    visitor.sign_up()
    page = visitor.page
    expect(page.get_by_text("Your runs will be listed here")).to_be_visible()
    state = visitor.import_files(
        ("last.fit", build_fit(**LAST_RUN)),
        ("earlier.gpx", build_gpx(**EARLIER_RUN)),
        ("again.fit", build_fit(**LAST_RUN)),
        ("broken.fit", garbage(2000)),
    )
    expect(state).to_have_text("2 imported, 1 here already, 1 not imported")
    outcomes = page.locator(".outcome")
    expect(outcomes).to_have_count(4)
    expect(outcomes.filter(has_text="broken.fit")).to_contain_text("cannot be read")

    rows = page.locator(".run-list .run")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("8.00")
    expect(rows.first).to_contain_text("40:00")
    expect(rows.first).to_contain_text("5:00")
    expect(rows.first).to_contain_text("152")

    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="The coach on this run")).to_be_visible()
    expect(page.locator(".main-figures")).to_contain_text("8.00")
    expect(page.locator(".stretches").first.locator("tbody tr")).to_have_count(8)
    assert has_rendered(page.locator(".chart img"))
    page.get_by_text("Show as table").click()
    expect(page.locator(".as-table td").first).to_be_visible()

    answer = ask(page, "Analyze my last run", base_url=visitor.base_url)
    for text in ("8.00 km", "40:00", "5:00 /km", "152 bpm"):
        expect(answer.locator(".answer")).to_contain_text(text)
    expect(answer).to_contain_text("From your data, by rules")
    assert has_rendered(answer.locator(".chart img"))
    expect(page).to_have_url(visitor.base_url + "/coach/" + page.url.rsplit("/", 1)[1])

    page.reload()
    expect(page.locator(".exchange .answer")).to_contain_text("8.00 km")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    visitor.go("/runs")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


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


def test_a_zip_is_a_job_whose_progress_is_watched(visitor: Visitor):
    visitor.sign_up()
    runs = {
        f"run-{day}.fit": build_fit(start=dt.datetime(2026, 3, day, 6, tzinfo=dt.UTC), duration_s=900)
        for day in range(1, 7)
    }
    state = visitor.import_files(("export.zip", zip_of(runs)))
    expect(state).to_have_text("6 imported")
    expect(visitor.page.locator(".run-list .run")).to_have_count(6)


def press_until(page: Page, key: str, wanted: Locator, *, at_most: int = 60) -> None:
    """Move the focus with ``key`` until it is on ``wanted``."""
    for _ in range(at_most):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached with {key}")


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

    coach = page.get_by_role("link", name="Coach")
    press_until(page, "Shift+Tab", coach, at_most=120)
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.get_by_label("Your question"))
    page.keyboard.type("Analyze my last run")
    page.keyboard.press("Enter")
    expect(page.locator(".exchange .answer")).to_be_visible(timeout=30_000)
    press_until(page, "Tab", page.locator(".fact").first)
    expect(page.locator(".fact-note").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1600, "height": 900}], ids=["phone", "wide"])
def test_every_page_fits_its_screen(browser: Browser, stack: Stack, runner_state: Path, viewport: dict, scheme: str):
    context = browser.new_context(viewport=viewport, color_scheme=scheme, storage_state=str(runner_state))
    visitor = Visitor(context, stack.url)
    page = visitor.go("/runs")
    run = page.locator(".run-list .name a").first.get_attribute("href")
    page.goto(f"{stack.url}/coach")
    conversation = page.locator(".conversations a").first.get_attribute("href")
    for path in ("/runs", run, "/coach", conversation, "/account", "/docs"):
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
    for path in ("/runs", "/coach", "/account"):
        page.goto(stack.url + path)
        small = page.eval_on_selector_all(
            "button, .button, .pages a, select, textarea, input:not([type=hidden], [type=radio])",
            """elements => elements.filter(element => {
                const box = element.getBoundingClientRect();
                return box.width > 0 && (box.height < 44 || box.width < 44);
            }).map(element => element.outerHTML.slice(0, 80))""",
        )
        assert small == [], path
    context.close()


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
    page.get_by_role("link", name="Coach").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "next=%2Fcoach" in page.url


def test_what_the_page_shows_agrees_with_the_file(browser: Browser, stack: Stack, runner_state: Path):
    run = ShortRun(**LAST_RUN)
    context = browser.new_context(viewport=DESK, storage_state=str(runner_state))
    page = context.new_page()
    page.goto(f"{stack.url}/runs")
    page.locator(".run-list .name a").first.click()
    shown = float(page.locator(".main-figures .figure").first.inner_text().split("\n")[0].split()[0].removesuffix("km"))
    assert abs(shown * 1000 - run.distance_m) <= 0.005 * run.distance_m
    context.close()
