"""Waiting for a server that was just started."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(attempt: Callable[[], Awaitable[object]], *not_yet: type[Exception]) -> None:
    """Return when ``attempt`` succeeds; TimeoutError after 20 s."""
    async with asyncio.timeout(20):
        while True:
            try:
                await attempt()
            except not_yet:
                await asyncio.sleep(0.05)
            else:
                return
