"""Work that comes round again for as long as a process lives: no outage ends it, and the process waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.errors import ServiceError
from shared.logs import get_logger

_log = get_logger("periodic")


@dataclass(frozen=True, slots=True)
class Periodic:
    """``action`` now and every ``interval_s`` seconds; one that fails is tried again the next time."""

    name: str
    interval_s: float
    action: Callable[[], Awaitable[None]]

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping``; an action that is under way then is waited for."""
        while not stopping.is_set():
            try:
                await self.action()
            except ServiceError as error:
                _log.warning("a periodic task failed", task=self.name, code=error.code)
            except Exception:  # noqa: BLE001 - a bug is logged, and the next round may go well
                _log.exception("a periodic task failed", task=self.name)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self.interval_s)
