"""The border of a process: every request passes here once on its way in, every answer and error once on its way out.

Here the caller is verified, the context opened (request id, deadline, trace), errors become envelopes, and the one log
line of the request is written. The gateway supplies an ``opener`` of its own; services use ``CallerOpener``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from aiohttp import web
from opentelemetry.trace import SpanKind

from shared.caller import TokenVerifier
from shared.clock import Clock
from shared.errors import InvalidToken, ServiceError, UpstreamTimeout
from shared.http import context as ctx
from shared.http.envelope import error_response, from_framework, internal_error
from shared.http.metrics import Metrics
from shared.ids import uuid7
from shared.logs import get_logger
from shared.resilience import Deadline
from shared.telemetry import Telemetry, current_trace_id

_log = get_logger("boundary")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# A call that brings no budget of its own (a probe, a person with curl) gets this one.
DEFAULT_BUDGET_S = 30.0
# The client went away; the status appears in logs and metrics only. The number is nginx's.
_CLIENT_CLOSED_REQUEST = 499
_QUIET_ROUTES = frozenset({"/health", "/health/ready", "/metrics"})


class Opener(Protocol):
    def open(self, request: web.Request) -> ctx.RequestContext:
        """The context of a request that has just arrived. Raises InvalidToken for a token that is there and wrong."""
        ...


class CallerOpener:
    """Opens the context of a service: what the headers say is believed only beside a valid token."""

    def __init__(self, verifier: TokenVerifier, issuers: frozenset[str], clock: Clock) -> None:
        self._verifier = verifier
        self._issuers = issuers
        self._clock = clock

    def open(self, request: web.Request) -> ctx.RequestContext:
        headers = request.headers
        caller_token, service_token = headers.get(ctx.CALLER_HEADER), headers.get(ctx.SERVICE_HEADER)
        caller = self._verifier.caller(caller_token) if caller_token else None
        service = self._verifier.service(service_token, issuers=self._issuers) if service_token else None
        if caller is None and service is None:
            return ctx.RequestContext(str(uuid7()), Deadline.after(DEFAULT_BUDGET_S, self._clock))
        return ctx.RequestContext(
            request_id=ctx.well_formed_request_id(headers.get(ctx.REQUEST_ID_HEADER)) or str(uuid7()),
            deadline=Deadline.after(_budget_s(headers.get(ctx.DEADLINE_HEADER)), self._clock),
            caller=caller,
            service=service,
            client_address=headers.get(ctx.CLIENT_ADDRESS_HEADER, ""),
            onward_tokens=ctx.parse_onward(headers.get(ctx.CALLER_FOR_HEADER)),
        )


class Boundary:
    """The outermost middleware of an application."""

    def __init__(self, opener: Opener, telemetry: Telemetry, metrics: Metrics, clock: Clock) -> None:
        self._opener = opener
        self._telemetry = telemetry
        self._metrics = metrics
        self._clock = clock

    @web.middleware
    async def middleware(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        started = time.perf_counter()
        route = _route_name(request)
        with self._telemetry.span(f"{request.method} {route}", SpanKind.SERVER, parent=request.headers) as span:
            try:
                context = self._opener.open(request)
                refusal = None
            except InvalidToken as error:
                context = ctx.RequestContext(str(uuid7()), Deadline.after(DEFAULT_BUDGET_S, self._clock))
                refusal = error
            ctx.enter(context)
            structlog.contextvars.bind_contextvars(**_log_fields(context, route))
            status = _CLIENT_CLOSED_REQUEST
            try:
                response = await self._answer(request, handler, context, refusal)
                status = response.status
            finally:
                seconds = time.perf_counter() - started
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                span.set_attribute("pace42.request_id", context.request_id)
                self._metrics.observe(method=request.method, route=route, status=status, seconds=seconds)
                if route not in _QUIET_ROUTES:
                    _log.info("request", method=request.method, status=status, latencyMs=round(seconds * 1000, 1))
            return response

    async def _answer(
        self, request: web.Request, handler: _Handler, context: ctx.RequestContext, refusal: ServiceError | None
    ) -> web.StreamResponse:
        if refusal is not None:
            return self._sealed(request, _refused(refusal, context), context)
        try:
            async with asyncio.timeout(context.deadline.require()):
                return self._sealed(request, await handler(request), context)
        except ServiceError as error:
            response = _refused(error, context)
        except web.HTTPException as error:
            refused, status = from_framework(error)
            response = error_response(refused, context.request_id, status=status)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except TimeoutError:
            response = _refused(UpstreamTimeout("This took longer than it may. Please try again."), context)
        except Exception:  # noqa: BLE001 - the last stop: a bug is logged with its stack and shown without
            _log.exception("unexpected")
            response = error_response(internal_error(), context.request_id)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer had begun; only closing the connection says that it is broken.")
        return self._sealed(request, response, context)

    @staticmethod
    def _sealed(request: web.Request, response: web.StreamResponse, context: ctx.RequestContext) -> web.StreamResponse:
        if response.prepared:
            return response
        response.headers[ctx.REQUEST_ID_HEADER] = context.request_id
        response.headers.setdefault("Cache-Control", "no-store")
        # The server closes a connection whose body is broken or not all here. Whoever keeps connections must hear of
        # it, or the next request on this one, perhaps another user's, is lost.
        if not request.content.is_eof() or request.content.exception() is not None:
            response.force_close()
        return response


def _refused(error: ServiceError, context: ctx.RequestContext) -> web.Response:
    _log.info("refused", code=error.code, kind=error.kind.value, cause=type(error.__cause__).__name__)
    return error_response(error, context.request_id)


def _route_name(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


def _budget_s(header: str | None) -> float:
    if header is None or not (header.isascii() and header.isdigit()) or len(header) > 9:
        return DEFAULT_BUDGET_S
    return int(header) / 1000


def _log_fields(context: ctx.RequestContext, route: str) -> dict[str, str | None]:
    user_id = context.caller.user_id if context.caller else None
    return {
        "requestId": context.request_id,
        "userId": None if user_id is None else str(user_id),
        "route": route,
        "traceId": current_trace_id(),
    }
