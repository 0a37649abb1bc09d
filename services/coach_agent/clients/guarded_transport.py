"""The SDKs of language models over our own guarded session: one place decides which hosts may be called."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import httpx2

from shared.http.outgoing import Outgoing

_CONNECT_TIMEOUT_S = 2.0
# aiohttp has unpacked the body already, and frames its own requests.
_NOT_RETURNED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection"})
_NOT_SENT = frozenset({"host", "content-length", "connection", "transfer-encoding", "accept-encoding"})


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends through ``outgoing``. The caller keeps the time: closing the answer ends the connection."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_SENT}
        async with AsyncExitStack() as stack:
            try:
                answer = await stack.enter_async_context(
                    self._outgoing.request(
                        request.method,
                        str(request.url),
                        data=await request.aread(),
                        headers=headers,
                        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT_S),
                    )
                )
            except (aiohttp.ClientError, OSError) as error:
                # Unchained: a foreign error's text may hold an address or a key.
                raise httpx2.ConnectError(type(error).__name__, request=request) from None
            body = _Body(answer, stack.pop_all())
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _NOT_RETURNED]
        return httpx2.Response(answer.status, headers=kept, stream=body, request=request)


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse, stack: AsyncExitStack) -> None:
        self._answer = answer
        self._stack = stack

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise httpx2.ReadError(type(error).__name__) from None

    async def aclose(self) -> None:
        self._answer.close()
        await self._stack.aclose()
