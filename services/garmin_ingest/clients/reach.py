"""Whether the addresses of Garmin answer at all: one short request that says nothing of anybody."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from services.garmin_ingest.domain.errors import GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.garmin.models import SourceKind

_TIMEOUT = aiohttp.ClientTimeout(total=2.0)


class HttpReach:
    def __init__(self, session: aiohttp.ClientSession, addresses: Mapping[SourceKind, str]) -> None:
        self._session = session
        self._addresses = addresses

    async def knock(self, kind: SourceKind) -> None:
        try:
            async with self._session.get(self._addresses[kind], allow_redirects=False, timeout=_TIMEOUT) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise GarminUnavailable("Garmin cannot be reached right now.") from None
        if status == 429:
            raise GarminRateLimited("Garmin asks us to come less often.")
        if status >= 500:
            raise GarminUnavailable("Garmin is not well right now.")
