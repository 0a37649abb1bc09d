from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.garmin.connect_stand import Stand, open_stand
from tests.contract.garmin.subjects import SUBJECTS, Subject
from tests.support.garmin.world import SimulatedAccount


@pytest.fixture(params=SUBJECTS)
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with SUBJECTS[request.param]() as subject:
        yield subject


@pytest.fixture
def account(subject: Subject) -> SimulatedAccount:
    return subject.world.add_account()


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with open_stand() as stand:
        yield stand
