"""pgqueuer checks its listener from the first moment; a check that is sent too early would end a healthy queue."""

from __future__ import annotations

import asyncio

from shared.job_queue import QueueDriver
from shared.postgres import Database
from tests.support.service import eventually


async def test_a_check_of_the_listener_is_not_sent_before_it_listens(database: Database):
    heard: list[object] = []
    async with QueueDriver(database.pool) as driver:
        check = asyncio.create_task(driver.notify("check", "are you there?"))
        await asyncio.wait({check}, timeout=0.2)
        assert not check.done()
        await driver.add_listener("check", heard.append)
        await check

        async def has_heard() -> bool:
            return heard == ["are you there?"]

        await eventually(has_heard)
