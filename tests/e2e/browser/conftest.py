"""A real Chromium for the tests of this folder, and a runner whose pages some of them look at."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.builders import build_fit, build_tcx
from tests.support.stack import Stack
from tests.support.visitor import DESK, Visitor, ask

# The last run: 40 minutes at 5:00 a kilometre, that is 8 km, and 152 bpm.
LAST_RUN = {
    "start": dt.datetime(2026, 3, 5, 17, 0, tzinfo=dt.UTC),
    "duration_s": 2400,
    "pace_s_per_km": 300.0,
    "heart_rate_bpm": 152.0,
}
EARLIER_RUN = {"start": dt.datetime(2026, 3, 2, 6, 30, tzinfo=dt.UTC), "duration_s": 1500, "pace_s_per_km": 330.0}


def chromium() -> str:
    """The browser's path; skips without one, or fails where PACE42_REQUIRE_BROWSER says that there must be one."""
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "no Chromium on this machine; apt-get install chromium"
    if os.environ.get("PACE42_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    # Chromium refuses its own sandbox to root, which is whom a container runs tests as.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[Visitor]:
    context = browser.new_context(viewport=DESK, timezone_id="Europe/Berlin", locale="en-GB")
    visiting = Visitor(context, stack.url)
    yield visiting
    context.close()
    assert visiting.complaints == [], "the browser had something to complain about"


@pytest.fixture(scope="package")
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
