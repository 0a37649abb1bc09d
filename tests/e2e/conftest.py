"""The whole stack, started once for all end-to-end tests; a test that stops or breaks one starts its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.garmin.connect_server import ConnectInThread
from tests.support.garmin.personal_server import PersonalServer
from tests.support.garmin.serving import ServedInThread
from tests.support.garmin.world import GarminWorld
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def garmin() -> Iterator[ConnectInThread]:
    """The Garmin that every stack talks to; ``garmin.world`` holds its accounts."""
    with ConnectInThread(GarminWorld()) as connect:
        yield connect


@pytest.fixture(scope="session")
def personal_api(garmin: ConnectInThread) -> Iterator[ServedInThread]:
    """The same Garmin as its Personal API shows it."""
    with ServedInThread(PersonalServer(garmin.world).app) as personal:
        yield personal


@pytest.fixture(scope="session")
def stack_environment(garmin: ConnectInThread, personal_api: ServedInThread) -> dict[str, str]:
    """Limits wide enough that the suite, which is one machine in a hurry, is not taken for an attack."""
    return {
        "PACE42_LIMITS_SCALE": "1000",
        "GARMIN_INGEST_CONNECT_SSO_URL": garmin.url,
        "GARMIN_INGEST_CONNECT_API_URL": garmin.url,
        "GARMIN_INGEST_CONNECT_TOKEN_URL": f"{garmin.url}/di-oauth2-service/oauth/token",
        "GARMIN_INGEST_PERSONAL_API_URL": personal_api.url,
    }


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, stack_environment: dict[str, str]) -> Iterator[Stack]:
    """A running stack that all tests of the session share; ``stack.url`` is the gateway."""
    stack = Stack(tmp_path_factory.mktemp("stack") / "data", stack_environment)
    try:
        stack.start()
        yield stack
        stack.stop()
    finally:
        stack.kill()


@pytest.fixture
def own_stack(tmp_path, stack_environment: dict[str, str]) -> Iterator[Stack]:
    """A stack for one test alone, not yet started."""
    stack = Stack(tmp_path / "data", stack_environment)
    yield stack
    stack.kill()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows the end of every log of its stack."""
    report = yield
    if report.failed:
        fixtures = getattr(item, "funcargs", {})
        stack = next((fixtures[name] for name in ("own_stack", "broken_stack", "stack") if name in fixtures), None)
        if stack:
            report.sections.append(("Logs of the stack", stack.complaint + stack.logs()))
    return report
