"""A runner connects Garmin in a real Chromium, on the whole stack beside a simulated Garmin."""

from __future__ import annotations

import datetime as dt
import time
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.garmin.connect_server import ConnectInThread
from tests.support.garmin.world import SimulatedAccount
from tests.support.stack import Stack
from tests.support.visitor import DESK, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CODE = "123456"
# A log-in, its worker and a sync on a busy machine with two cores.
PATIENTLY_MS = 90_000


@pytest.fixture
def account(garmin: ConnectInThread) -> SimulatedAccount:
    """A Garmin account with a second factor and three runs of the last days."""
    account = garmin.world.add_account(f"{uuid.uuid4().hex}@example.com", mfa_code=CODE)
    for days in (2, 3, 4):
        garmin.world.add_run(account, start=_days_ago(days), duration_s=1200)
    return account


def _days_ago(days: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(hour=6, minute=0, second=0, microsecond=0) - dt.timedelta(days=days)


def log_in(page: Page, account: SimulatedAccount, password: str) -> None:
    page.get_by_label("Garmin e-mail or user name").fill(account.username)
    page.get_by_label("Garmin password").fill(password)
    page.get_by_role("button", name="Connect").click()


def forgive(visitor: Visitor, status: int) -> None:
    """The browser complains of a page that was answered with an error, which the test provoked."""
    assert [f"status of {status}" in said for said in visitor.complaints] == [True]
    visitor.complaints.clear()


def connect(visitor: Visitor, account: SimulatedAccount) -> Page:
    """A wrong password and a wrong code on the way, as people do it."""
    page = visitor.page
    page.get_by_role("link", name="Sources").click()
    log_in(page, account, "wrong")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Garmin e-mail or user name")).to_have_value(account.username)
    expect(page.get_by_label("Garmin password")).to_have_value("")
    forgive(visitor, 422)
    log_in(page, account, account.password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter Garmin's code")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_visible()
    forgive(visitor, 422)
    page.get_by_label("Code").fill(CODE)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Connected. Your runs are being fetched")).to_be_visible()
    return page


def test_from_the_password_to_the_runs(visitor: Visitor, garmin: ConnectInThread, account: SimulatedAccount):
    visitor.sign_up()
    page = connect(visitor, account)
    expect(page.locator(".state")).to_have_text("Up to date", timeout=PATIENTLY_MS)
    expect(page.locator(".job-words")).to_have_text("3 new")
    expect(page.locator(".source-facts")).to_contain_text("just now")

    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("heading", name="A sync would work now")).to_be_visible()

    garmin.world.add_run(account, name="Evening Run", start=_days_ago(1), duration_s=900)
    page.get_by_text("Fetch certain days").click()
    page.get_by_label("From", exact=True).fill(_days_ago(2).date().isoformat())
    page.get_by_role("button", name="Fetch these days").click()
    expect(page.locator(".job-words")).to_have_text("1 new", timeout=PATIENTLY_MS)

    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.locator(".run-list .run")).to_have_count(4)
    expect(page.locator(".freshness")).to_contain_text("From Garmin, just now")
    page.locator(".run-list .name a").first.click()
    expect(page.locator(".when")).to_contain_text("from Garmin")

    page.get_by_role("link", name="Sources").click()
    page.get_by_text("Disconnect from Garmin").click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Disconnected.")).to_be_visible()
    expect(page.get_by_role("button", name="Connect")).to_be_visible()
    visitor.go("/runs")
    expect(page.locator(".run-list .run")).to_have_count(4)


def test_the_first_sync_fills_the_list_of_runs(visitor: Visitor, garmin: ConnectInThread, account: SimulatedAccount):
    visitor.sign_up()
    garmin.world.misbehave("/activitylist-service/", "slow", seconds=6.0)
    connect(visitor, account)
    page = visitor.go("/runs")
    expect(page.get_by_role("heading", name="Your runs from Garmin")).to_be_visible()
    expect(page.locator(".run-list .run")).to_have_count(3, timeout=PATIENTLY_MS)


def test_without_scripts_garmin_is_connected_just_as_well(browser: Browser, stack: Stack, account: SimulatedAccount):
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    visitor = Visitor(context, stack.url)
    visitor.sign_up()
    page = connect(visitor, account)

    def is_up_to_date() -> bool:
        page.goto(f"{stack.url}/sources")
        return page.locator(".state").inner_text() == "Up to date"

    deadline = time.monotonic() + PATIENTLY_MS / 1000
    while not is_up_to_date():
        assert time.monotonic() < deadline, page.locator(".source").inner_text()
        page.wait_for_timeout(500)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("heading", name="A sync would work now")).to_be_visible()
    visitor.go("/runs")
    expect(page.locator(".run-list .run")).to_have_count(3)
    context.close()
