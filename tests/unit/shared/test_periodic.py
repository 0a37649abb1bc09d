from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from shared.errors import UpstreamUnavailable
from shared.periodic import Periodic


async def test_it_comes_round_again_after_any_failure_and_ends_when_told():
    stopping = asyncio.Event()
    failures: list[Exception | None] = [UpstreamUnavailable("away"), ValueError("a bug"), None]
    ran = 0

    async def action() -> None:
        nonlocal ran
        ran += 1
        failure = failures.pop(0)
        if not failures:
            stopping.set()
        if failure is not None:
            raise failure

    with capture_logs() as logged:
        async with asyncio.timeout(5):
            await Periodic("test", 0.001, action).run(stopping)
    assert ran == 3
    assert [entry["log_level"] for entry in logged] == ["warning", "error"]


async def test_what_is_under_way_when_the_process_ends_is_waited_for():
    stopping, begun, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def action() -> None:
        begun.set()
        await may_end.wait()

    running = asyncio.create_task(Periodic("test", 3600, action).run(stopping))
    async with asyncio.timeout(5):
        await begun.wait()
        stopping.set()
        await asyncio.sleep(0)
        assert not running.done()
        may_end.set()
        await running
