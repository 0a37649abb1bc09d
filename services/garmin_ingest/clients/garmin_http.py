"""Speaking HTTP to Garmin's official interfaces: one try a call, what came back as one of our errors.

The jobs that call try again; a second layer that did so would only multiply the calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import orjson

from services.garmin_ingest.domain.errors import GarminConnectFailed, GarminRateLimited, GarminUnavailable
from services.garmin_ingest.domain.ports import IncomingFile
from shared.errors import NotFound, PayloadTooLarge, ServiceError, UpstreamUnavailable
from shared.resilience import Breaker

_CONNECT_TIMEOUT_S = 5.0
_PIECE = 64 * 1024
_LARGEST_JSON = 32 * 1024 * 1024
# A day at most: what a header says beyond that is a mistake, and nobody would wait for it.
_LONGEST_PATIENCE_S = 86_400.0
_REFUSED = frozenset({401, 403})
_ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``statuses`` are the answers that are no failure; ``refused_by`` those that mean a final no."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    statuses: frozenset[int] = frozenset({200})
    refused_by: frozenset[int] = _REFUSED


@dataclass(frozen=True, slots=True)
class GarminHttp:
    """The line to one of Garmin's hosts; ``breaker`` opens for a minute when half of the last calls failed."""

    session: aiohttp.ClientSession = field(repr=False)
    breaker: Breaker
    # Garmin's own answers take a second or two; a file of many hours a few more.
    answer_timeout_s: float = 30.0
    file_timeout_s: float = 120.0

    async def status(self, call: Call) -> int:
        """Send, and give the status of the answer, whose body does not matter. Raises as ``json`` does."""
        async with self._answer(call, self.answer_timeout_s) as response:
            return response.status

    async def json(self, call: Call) -> Any:
        """The parsed answer; None for an empty one.

        Raises GarminConnectFailed for a refusal, NotFound, GarminRateLimited and GarminUnavailable.
        """
        async with self._answer(call, self.answer_timeout_s) as response:
            content = bytearray()
            async for piece in response.content.iter_chunked(_PIECE):
                content += piece
                if len(content) > _LARGEST_JSON:
                    raise unwell()
            try:
                return orjson.loads(content) if content else None
            except orjson.JSONDecodeError:
                # A page for people, with status 200, is how a bot check or a maintenance notice looks.
                raise unwell() from None

    async def file(self, call: Call, into: IncomingFile, *, limit: int) -> None:
        """Write the answer's body into a file. Raises as ``json`` does, and PayloadTooLarge past ``limit`` bytes."""
        async with self._answer(call, self.file_timeout_s) as response:
            if response.content_type in {"text/html", "application/xhtml+xml"}:
                raise unwell()
            async for piece in response.content.iter_chunked(_PIECE):
                if into.size + len(piece) > limit:
                    raise PayloadTooLarge("Garmin sent a file that is larger than an activity's may be.")
                await into.write(piece)

    @contextlib.asynccontextmanager
    async def _answer(self, call: Call, budget_s: float) -> AsyncIterator[aiohttp.ClientResponse]:
        refusal: ServiceError | None = None
        try:
            async with self.breaker.guard(), _translated(), asyncio.timeout(budget_s), self._send(call) as response:
                # A refusal is a healthy answer, also the one to wait, so it must not count against the breaker.
                refusal = _refusal(call, response)
                if refusal is None:
                    yield response
        except UpstreamUnavailable as error:
            raise unwell(retry_after_s=error.retry_after_s) from None
        if refusal is not None:
            raise refusal

    def _send(self, call: Call) -> Any:
        return self.session.request(
            call.method,
            call.url,
            headers=call.headers,
            params=call.query,
            data=call.form,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT_S),
        )


@contextlib.asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError):
        # Its text may hold the address, and with it a token.
        raise unwell() from None


def _refusal(call: Call, response: aiohttp.ClientResponse) -> ServiceError | None:
    """What the status says, where it is not one that the call hopes for. Raises GarminUnavailable for an unwell one."""
    status = response.status
    if status in call.statuses:
        return None
    if status == 429:
        wait_s = retry_after_s(response.headers.get("Retry-After"))
        return GarminRateLimited("Garmin asks us to wait before we ask it again.", retry_after_s=wait_s)
    if status in call.refused_by:
        return GarminConnectFailed("Garmin no longer accepts this access. Please connect your account again.")
    if status in _ABSENT:
        return NotFound("Garmin has nothing at this address.")
    raise unwell()


def retry_after_s(header: str | None) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; None without one that can be read."""
    if header is None:
        return None
    if header.isascii() and header.isdigit() and len(header) <= 9:
        return min(float(header), _LONGEST_PATIENCE_S)
    try:
        wait = parsedate_to_datetime(header) - dt.datetime.now(dt.UTC)
    except (ValueError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), _LONGEST_PATIENCE_S)


def unwell(*, retry_after_s: float | None = None) -> GarminUnavailable:
    return GarminUnavailable(
        "Garmin is not answering as it should right now. We will try again by ourselves.", retry_after_s=retry_after_s
    )
