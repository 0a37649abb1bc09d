"""``Idempotency-Key``: the same request again gets the same answer again, and its effect happens once.

An answer is kept for 24 h in the service's own database (``shared.idempotency``). Only successful answers and refusals
that will not change are kept; after a 5xx or a 429 the same key may be used for a real second try.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable, Coroutine

from aiohttp import web

from shared.errors import BadRequest, Conflict, IdempotencyConflict, ServiceError
from shared.http import parsing
from shared.http.context import RequestContext, current
from shared.http.envelope import error_response
from shared.idempotency import Conflicting, IdempotencyStore, InProgress, KeptAnswer, Slot

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
STORE: web.AppKey[IdempotencyStore] = web.AppKey("idempotency_store", IdempotencyStore)
REPLAYED_HEADER = "Idempotency-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Content-Disposition", "Location")

Produce = Callable[[], Awaitable[web.StreamResponse]]


async def replayed_or_run(
    request: web.Request, produce: Produce, *, fingerprint: bytes | None = None
) -> web.StreamResponse:
    """Run ``produce`` under the request's key, or give the kept answer.

    ``fingerprint`` stands for the body where that is not JSON (an upload: names and hashes of its files).
    """
    key = request.headers.get("Idempotency-Key")
    context = current()
    user_id = context.caller.user_id if context is not None and context.caller is not None else None
    if key is None or context is None or user_id is None or STORE not in request.app:
        return await produce()
    if not _KEY.fullmatch(key):
        raise BadRequest("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    store = request.app[STORE]
    slot = store.slot(user_id, f"{request.method} {request.path}", key)
    body = fingerprint if fingerprint is not None else await parsing.read_body(request)
    found = await store.claim(slot, hashlib.sha256(body).digest())
    if isinstance(found, Conflicting):
        raise IdempotencyConflict("This Idempotency-Key was used with another body. Use a new key for a new request.")
    if isinstance(found, InProgress):
        raise Conflict("The first request with this Idempotency-Key is still running.", retry_after_s=1)
    if isinstance(found, KeptAnswer):
        return _replay(found)
    return await _to_its_end(_run(store, slot, produce, context))


async def _to_its_end(work: Coroutine[None, None, web.StreamResponse]) -> web.StreamResponse:
    """``work``, finished also when the client goes away: the answer of an effect that has happened must be kept.

    A process that stops cancels ``work`` itself, as it does every task that is left.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            # The deadline may pass while the work of a client that is gone comes to its end.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        raise


async def _run(store: IdempotencyStore, slot: Slot, produce: Produce, context: RequestContext) -> web.StreamResponse:
    """Produce the answer and keep it, or free the slot where it is not one to give again."""
    try:
        async with store.holding(slot), asyncio.timeout(context.deadline.require()):
            response = await _answer_of(produce, context.request_id)
    except BaseException:
        await store.release(slot)
        raise
    if isinstance(response, web.Response) and isinstance(response.body, bytes | None) and _is_final(response.status):
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        await store.keep(slot, KeptAnswer(response.status, headers, response.body or b""))
    else:
        await store.release(slot)
    return response


async def _answer_of(produce: Produce, request_id: str) -> web.StreamResponse:
    """A refusal by the domain is an answer as well, and is kept like one."""
    try:
        return await produce()
    except ServiceError as error:
        response = error_response(error, request_id)
        if not _is_final(response.status):
            raise
        return response


def _is_final(status: int) -> bool:
    return status < 500 and status not in {401, 408, 409, 429}


def _replay(kept: KeptAnswer) -> web.Response:
    return web.Response(status=kept.status, body=kept.body, headers={**kept.headers, REPLAYED_HEADER: "true"})
