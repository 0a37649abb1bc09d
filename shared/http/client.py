"""Calling another of our services: the context goes along, its errors come back as they were meant."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from opentelemetry.trace import SpanKind

from shared.caller import TokenSigner
from shared.errors import InvalidToken, ServiceError, UpstreamTimeout, UpstreamUnavailable
from shared.http import context as ctx
from shared.http.envelope import error_from_answer
from shared.ids import uuid7
from shared.logs import bound_request_id
from shared.resilience import Backoff, Breaker
from shared.telemetry import Telemetry, carrier

# Work without a request brings no budget; a call of a worker is given this one.
_WORKER_BUDGET_S = 30.0
_CONNECT_TIMEOUT_S = 2.0
# What is kept of a request's budget, so that a silent neighbour is answered for, and counted, before the time is over.
_ANSWER_RESERVE_S = 0.1
# A neighbour that restarts is back within a second; a person is waiting.
_QUICK_BACKOFF = Backoff(base_s=0.1, cap_s=1.0)


@dataclass(frozen=True, slots=True)
class Resilience:
    """Retry, breaker and time-out of one client, visible beside it.

    Only reads are tried again, only when nothing was answered, and never past the caller's deadline.
    """

    breaker: Breaker
    tries: int = 2
    backoff: Backoff = _QUICK_BACKOFF


class ServiceClient:
    """HTTP to one service. ``on_behalf`` calls carry the user's caller token, the others the service's own."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        service: str,
        base_url: str,
        signer: TokenSigner,
        telemetry: Telemetry,
        resilience: Resilience,
    ) -> None:
        self._session = session
        self._service = service
        self._base_url = base_url.rstrip("/")
        self._signer = signer
        self._telemetry = telemetry
        self._resilience = resilience

    async def get(self, path: str, *, query: Mapping[str, str] | None = None, on_behalf: bool = True) -> Any:
        """The parsed JSON answer. Raises the other service's error, UpstreamUnavailable or UpstreamTimeout."""
        failures = 0
        while True:
            try:
                return await self.send("GET", path, query=query, on_behalf=on_behalf)
            except UpstreamUnavailable as error:
                failures += 1
                delay_s = self._resilience.backoff.delay_s(failures)
                if failures >= self._resilience.tries or error.retry_after_s is not None or delay_s > _remaining_s():
                    raise
                await asyncio.sleep(delay_s)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        on_behalf: bool = True,
    ) -> Any:
        """One request, tried once; None for an answer without a body."""
        budget_s = _remaining_s()
        with self._telemetry.span(f"{method} {self._service}", SpanKind.CLIENT):
            async with self._resilience.breaker.guard():
                return await self._exchange(
                    method,
                    f"{self._base_url}{path}",
                    params=query,
                    data=None if body is None else orjson.dumps(body),
                    headers=self._headers(budget_s, on_behalf=on_behalf),
                    budget_s=budget_s,
                )

    async def _exchange(self, method: str, url: str, *, budget_s: float, **options: Any) -> Any:
        # The total is ours to keep: aiohttp rounds one of more than 5 s up to a whole second.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT_S)
        try:
            async with (
                asyncio.timeout(budget_s),
                self._session.request(method, url, allow_redirects=False, timeout=timeout, **options) as response,
            ):
                content = await response.read()
        except TimeoutError as error:
            raise UpstreamTimeout("A part of Pace42 took too long. Please try again.", retry_after_s=1) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _unwell() from error
        if response.status >= 300:
            raise error_from_answer(response.status, content, retry_after=response.headers.get("Retry-After"))
        try:
            return orjson.loads(content) if content else None
        except orjson.JSONDecodeError as error:
            raise _unwell() from error

    def _headers(self, budget_s: float, *, on_behalf: bool) -> dict[str, str]:
        context = ctx.current()
        headers = {
            "Content-Type": "application/json",
            ctx.REQUEST_ID_HEADER: context.request_id if context else bound_request_id() or str(uuid7()),
            ctx.DEADLINE_HEADER: str(int(budget_s * 1000)),
            **carrier(),
        }
        if on_behalf:
            token = context.onward_tokens.get(self._service) if context else None
            if token is None:
                raise InvalidToken(f"This request may not be passed on to {self._service}.")
            headers[ctx.CALLER_HEADER] = token
        else:
            headers[ctx.SERVICE_HEADER] = self._signer.service_token(self._service)
        return headers


def _remaining_s() -> float:
    context = ctx.current()
    if context is None:
        return _WORKER_BUDGET_S
    remaining_s = context.deadline.require()
    return max(remaining_s - _ANSWER_RESERVE_S, remaining_s / 2)


def _unwell() -> ServiceError:
    return UpstreamUnavailable("A part of Pace42 is not answering right now. Please try again.")


def open_session() -> aiohttp.ClientSession:
    """The client session of a process: no cookies, no redirects by default, connections kept."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=100, ttl_dns_cache=30)
    )
