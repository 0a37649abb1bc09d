"""Passing a request on and its answer back, both streamed, with caller tokens in place of the user's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from opentelemetry.trace import SpanKind
from yarl import URL

from gateway.routes import Row
from shared.caller import Caller, TokenSigner
from shared.errors import MalformedBody, PayloadTooLarge, ServiceError, UpstreamTimeout, UpstreamUnavailable
from shared.http import context as ctx
from shared.http.event_stream import EVENT_STREAM
from shared.http.parsing import require_known_encoding
from shared.http.server import HealthKey
from shared.resilience import Breaker
from shared.telemetry import Telemetry, carrier

_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "expect",
    }
)  # fmt: skip
# The user's own credentials end here; tracing and request id are set anew.
_NOT_FORWARDED = _HOP_BY_HOP | ctx.INTERNAL_HEADERS | {"authorization", "cookie", "x-request-id", "traceparent"}
_NOT_RETURNED = _HOP_BY_HOP | {"x-request-id", "server", "date"}
_CONNECT_TIMEOUT_S = 2.0
_CHUNK = 64 * 1024
# Kept of the budget, so that a hung service is noticed here, where the breaker counts it, before the boundary ends all.
_RESERVE_S = 0.1
# A body up to this size is read before it is sent on: what follows is the service's time alone.
_WHOLE_BODY = 256 * 1024
# An answer up to this size is read whole: one write to the client, and a broken upstream is still an envelope.
_WHOLE_ANSWER = 256 * 1024


@dataclass(frozen=True)
class Upstreams:
    """The services behind the gateway."""

    session: aiohttp.ClientSession
    urls: Mapping[str, str]
    breakers: Mapping[str, Breaker]
    signer: TokenSigner
    telemetry: Telemetry

    async def forward(
        self, request: web.Request, row: Row, caller: Caller, *, still: Callable[[], Awaitable[bool]]
    ) -> web.StreamResponse:
        """Answer ``request`` with what the row's service says. Raises UnsupportedMediaType for an unknown coding.

        An answer of events goes on while ``still`` says that the caller may hear it.
        """
        require_known_encoding(request)
        # Only path and query are the client's to say: a request target may be a whole URL, and name another host.
        url = URL(self.urls[row.service] + request.rel_url.raw_path_qs, encoded=True)
        body = await _body(request, row.body_limit)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED}
        async with self.exchange(request.method, url, row, caller, headers=headers, body=body) as answer:
            if answer.content_length is not None and answer.content_length <= _WHOLE_ANSWER:
                return web.Response(status=answer.status, body=await read_whole(answer), headers=_returned(answer))
            return await _stream(request, answer, still if answer.content_type == EVENT_STREAM else None)

    @asynccontextmanager
    async def exchange(
        self,
        method: str,
        url: URL,
        row: Row,
        caller: Caller,
        *,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes] | bytes | None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request to the row's service. Raises UpstreamUnavailable or UpstreamTimeout where nothing answered."""
        context = ctx.current()
        assert context is not None
        remaining_s = context.deadline.require()
        with self.telemetry.span(f"{method} {row.service}", SpanKind.CLIENT):
            sent = {**headers, **self._signed(row, caller, context, remaining_s)}
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT_S)
            # While a body is still arriving, a slow client and a hung service look alike; only the boundary ends that.
            begin_s = min(remaining_s, row.deadline_s) - _RESERVE_S
            own_limit_s = None if isinstance(body, AsyncIterator) else max(0.0, begin_s)
            async with self.breakers[row.service].guard():
                try:
                    async with asyncio.timeout(own_limit_s):
                        answer = await self._open(method, url, headers=sent, data=body, timeout=timeout)
                except TimeoutError as error:
                    raise _too_slow() from error
            async with answer:
                yield answer

    async def _open(self, method: str, url: URL, **options: object) -> aiohttp.ClientResponse:
        """Send; a request without a body that found no listener is sent once more (a service that restarts)."""
        tries = 2 if options["data"] is None and method in {"GET", "HEAD"} else 1
        while True:
            tries -= 1
            try:
                return await self.session.request(method, url, allow_redirects=False, **options)  # type: ignore[arg-type]
            except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError, aiohttp.ServerDisconnectedError) as error:
                if tries == 0:
                    raise _unavailable() from error
            except aiohttp.ClientError as error:
                # A body that grew too large or broke off is the client's own, and says nothing about the service.
                if isinstance(error.__cause__, ServiceError):
                    raise error.__cause__ from None
                raise _unavailable() from error

    def _signed(self, row: Row, caller: Caller, context: ctx.RequestContext, remaining_s: float) -> dict[str, str]:
        onward = {service: self.signer.caller_token(caller, service) for service in row.onward}
        return {
            ctx.CALLER_HEADER: self.signer.caller_token(caller, row.service),
            ctx.CALLER_FOR_HEADER: ctx.render_onward(onward),
            ctx.REQUEST_ID_HEADER: context.request_id,
            ctx.DEADLINE_HEADER: str(int(remaining_s * 1000)),
            ctx.CLIENT_ADDRESS_HEADER: context.client_address,
            **carrier(),
        }


def require_size(request: web.Request, limit: int) -> None:
    """Raises PayloadTooLarge for a body that says it is larger than ``limit`` bytes."""
    if request.content_length is not None and request.content_length > limit:
        raise _too_large(limit)


async def limited_body(request: web.Request, limit: int) -> AsyncIterator[bytes]:
    """The request's body in chunks as they came, packed or not. Raises PayloadTooLarge past ``limit`` bytes, and
    MalformedBody where it cannot be read to its end.
    """
    size = 0
    try:
        async for chunk in request.content.iter_chunked(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            yield chunk
    except (aiohttp.ClientPayloadError, HttpProcessingError, web.RequestPayloadError) as error:
        raise MalformedBody("The body of this request cannot be read or ended early.") from error


async def read_whole(answer: aiohttp.ClientResponse) -> bytes:
    """The answer's body. Raises UpstreamUnavailable where the service broke off in the middle of it."""
    try:
        return await answer.read()
    except aiohttp.ClientError as error:
        raise _unavailable() from error


async def _body(request: web.Request, limit: int) -> AsyncIterator[bytes] | bytes | None:
    if not request.can_read_body:
        return None
    if request.content_length is None or request.content_length > _WHOLE_BODY:
        return limited_body(request, limit)
    return b"".join([chunk async for chunk in limited_body(request, limit)])


async def _stream(
    request: web.Request, answer: aiohttp.ClientResponse, still: Callable[[], Awaitable[bool]] | None
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=_returned(answer))
    if answer.content_length is not None:
        response.content_length = answer.content_length
    context = ctx.current()
    if context is not None:
        response.headers[ctx.REQUEST_ID_HEADER] = context.request_id
    await response.prepare(request)
    async for chunk in answer.content.iter_any():
        # Events come for minutes: their end is the one of the session too, and a stop of this process is not held up.
        if still is not None and (request.app[HealthKey].draining or not await still()):
            break
        await response.write(chunk)
    await response.write_eof()
    return response


def _returned(answer: aiohttp.ClientResponse) -> dict[str, str]:
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_RETURNED}
    # aiohttp's client has unpacked the body already.
    headers.pop(hdrs.CONTENT_ENCODING, None)
    return headers


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"That is more than this address takes ({limit // (1024 * 1024)} MiB).")


def _too_slow() -> UpstreamTimeout:
    return UpstreamTimeout("A part of Pace42 took too long. Please try again.", retry_after_s=1)


def _unavailable() -> UpstreamUnavailable:
    return UpstreamUnavailable("A part of Pace42 is not answering right now. Please try again.", retry_after_s=2)
