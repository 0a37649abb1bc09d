"""The gateway is ready once every service has been ready once; later a service away leaves it degraded, not gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from shared.errors import UpstreamUnavailable
from shared.http.health import Check, Health

_TIMEOUT = aiohttp.ClientTimeout(total=1.5)


class DoorHealth(Health):
    def __init__(self, session: aiohttp.ClientSession, urls: Mapping[str, str], own: Mapping[str, Check]) -> None:
        self._session = session
        self._unseen = set(urls)
        services = {name: self._probe(name, url) for name, url in urls.items()}
        super().__init__(required={}, helpful={**services, **own})

    async def report(self) -> tuple[bool, dict[str, Any]]:
        ready, report = await super().report()
        if self._unseen and ready:
            return False, {**report, "status": "starting"}
        return ready, report

    def _probe(self, name: str, url: str) -> Check:
        async def probe() -> None:
            async with self._session.get(f"{url}/health/ready", timeout=_TIMEOUT) as response:
                if response.status != 200:
                    raise UpstreamUnavailable(f"{name} is not ready.")
            self._unseen.discard(name)

        return probe
