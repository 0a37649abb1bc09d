"""The gateway is ready once every service has been so and it knows who was locked out; later it is only degraded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from shared.errors import UpstreamUnavailable
from shared.http.health import Check, Health

_TIMEOUT = aiohttp.ClientTimeout(total=1.5)


class DoorHealth(Health):
    """``once`` are checks that must have succeeded once, as each service must; ``own`` are only reported."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        urls: Mapping[str, str],
        *,
        once: Mapping[str, Check],
        own: Mapping[str, Check],
    ) -> None:
        self._session = session
        probes = {**{name: self._probe(name, url) for name, url in urls.items()}, **once}
        self._unseen = set(probes)
        super().__init__(required={}, helpful={**{name: self._seeing(name, probes[name]) for name in probes}, **own})

    async def report(self) -> tuple[bool, dict[str, Any]]:
        ready, report = await super().report()
        if self._unseen and ready:
            return False, {**report, "status": "starting"}
        return ready, report

    def _seeing(self, name: str, check: Check) -> Check:
        async def see() -> None:
            await check()
            self._unseen.discard(name)

        return see

    def _probe(self, name: str, url: str) -> Check:
        async def probe() -> None:
            async with self._session.get(f"{url}/health/ready", timeout=_TIMEOUT) as response:
                if response.status != 200:
                    raise UpstreamUnavailable(f"{name} is not ready.")

        return probe
