"""Running a simulated interface: in the test's own loop, or in a thread for a stack of other processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from aiohttp import web

_STARTS_WITHIN_S = 10.0


@asynccontextmanager
async def serve(app: web.Application, *, port: int = 0) -> AsyncIterator[str]:
    """The address at which ``app`` answers inside the block."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class AppInThread:
    """The same in a thread with a loop of its own. The world behind the app may be changed from any thread: a handler
    reads it without waiting in between.
    """

    def __init__(self, create_app: Callable[[], web.Application], *, port: int = 0) -> None:
        self.url = ""
        self._create_app = create_app
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._started, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="simulated-garmin", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(_STARTS_WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with serve(self._create_app(), port=self._port) as self.url:
            self._started.set()
            await self._stop.wait()
