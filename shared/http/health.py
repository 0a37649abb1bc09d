"""``/health``: the process lives. ``/health/ready``: it can do its work, dependency by dependency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from shared.errors import UpstreamUnavailable
from shared.http.context import current
from shared.http.envelope import error_response
from shared.http.rendering import dumps, json_response

Check = Callable[[], Awaitable[None]]

# A probe that waits longer than this learns no more than that the dependency is away.
_CHECK_TIMEOUT_S = 2.0


class Health:
    """The checks of one process. ``required`` ones decide readiness; ``helpful`` ones are only reported."""

    def __init__(self, *, required: Mapping[str, Check], helpful: Mapping[str, Check] | None = None) -> None:
        self._required = dict(required)
        self._helpful = dict(helpful or {})
        self.draining = False

    async def live(self, _: web.Request) -> web.Response:
        return json_response({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        ready, report = await self.report()
        if ready:
            return json_response(report)
        context = current()
        error = UpstreamUnavailable(
            "Not ready to work yet, or not any more; the dependencies say why.", retry_after_s=1
        )
        response = error_response(error, context.request_id if context is not None else "")
        assert isinstance(response.body, bytes)
        response.body = dumps({**report, **orjson.loads(response.body)})
        return response

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether the process is ready, and the answer that says why."""
        names = [*self._required, *self._helpful]
        checks = {**self._required, **self._helpful}
        results = await asyncio.gather(*(_run(checks[name]) for name in names))
        dependencies = [{"name": name, **result} for name, result in zip(names, results, strict=True)]
        down = {item["name"] for item in dependencies if item["state"] == "down"}
        if self.draining:
            status = "draining"
        elif down & self._required.keys():
            status = "unavailable"
        else:
            status = "degraded" if down else "ok"
        return status in {"ok", "degraded"}, {"status": status, "dependencies": dependencies}


async def _run(check: Check) -> dict[str, Any]:
    started = time.monotonic()
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_S):
            await check()
    except Exception:  # noqa: BLE001 - whatever a probe raises means that the dependency is down
        state = "down"
    else:
        state = "up"
    return {"state": state, "latencyMs": round((time.monotonic() - started) * 1000, 1)}
