"""Listening, and stopping without dropping anybody; also the envelope for requests that never become a request.

Stock aiohttp answers what its parser refuses as text, echoing the offending bytes to the client and to the log. The
protocol class here gives the envelope instead and logs only that it happened.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from shared.errors import BadRequest
from shared.http.context import REQUEST_ID_HEADER
from shared.http.envelope import error_response, internal_error
from shared.http.framing import framing_problem
from shared.http.health import Health
from shared.ids import uuid7
from shared.logs import get_logger

_log = get_logger("server")
# Requests in flight get this long to finish; together with the drain it stays under the 30 s a restart may take.
_SHUTDOWN_TIMEOUT_S = 20.0
_KEEPALIVE_S = 75.0

HealthKey: web.AppKey[Health] = web.AppKey("health", Health)
RELAYS_BODIES: web.AppKey[bool] = web.AppKey("relays_bodies", bool)
"""Set where bodies are passed on: they stay as packed as they came, with the header that says so."""


class _EnvelopeProtocol(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - the parser's text may hold the client's bytes
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("An answer had begun; only closing the connection says that it is broken.")
        request_id = str(uuid7())
        if status >= 500:
            _log.error("unexpected", requestId=request_id, exc_info=exc)
            return _last_answer(error_response(internal_error(), request_id), request_id)
        return _unreadable(431 if isinstance(exc, LineTooLong) else status, cause=type(exc).__name__)

    def log_exception(self, *_: object, **details: object) -> None:
        """The stock one prints the exception, and with it the bytes of which a broken body was made."""
        _log.info("connection ended badly", cause=type(details.get("exc_info")).__name__)


def _unreadable(status: int, *, cause: str) -> web.Response:
    request_id = str(uuid7())
    _log.info("unreadable request", requestId=request_id, status=status, cause=cause)
    error = BadRequest("This request cannot be read as HTTP. Check how your client builds it.")
    return _last_answer(error_response(error, request_id, status=status), request_id)


def _last_answer(response: web.Response, request_id: str) -> web.Response:
    """``response`` with the headers of every answer; the connection ends with it."""
    response.headers[REQUEST_ID_HEADER] = request_id
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.force_close()
    return response


class _EnvelopeServer(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _EnvelopeProtocol(self, loop=self._loop, **self._kwargs)


class EnvelopeRunner(web.AppRunner):
    """An AppRunner whose connections use the protocol above."""

    async def _make_server(self) -> web.Server:
        stock = await super()._make_server()

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            problem = framing_problem(request)
            return await stock.request_handler(request) if problem is None else _unreadable(problem, cause="framing")

        return _EnvelopeServer(
            handle,
            request_factory=stock.request_factory,
            handler_cancellation=stock.handler_cancellation,
            **stock._kwargs,  # noqa: SLF001 - aiohttp offers no other way in; a service test holds the behaviour
        )


def make_runner(app: web.Application) -> EnvelopeRunner:
    return EnvelopeRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=_SHUTDOWN_TIMEOUT_S,
        keepalive_timeout=_KEEPALIVE_S,
        max_field_size=8190,
        lingering_time=5.0,
        auto_decompress=not app.get(RELAYS_BODIES, False),
    )


async def serve(app: web.Application, host: str, port: int, *, drain_s: float) -> None:
    """Serve until SIGTERM or SIGINT, then turn unready, go on answering for ``drain_s``, finish, and return."""
    runner = make_runner(app)
    stopping = stop_event()
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_address=True).start()
        _log.info("listening", host=host, port=runner.addresses[0][1])
        await stopping.wait()
        app[HealthKey].draining = True
        await asyncio.sleep(drain_s)
    finally:
        await runner.cleanup()
        _log.info("stopped")


def stop_event() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run a process's main coroutine on uvloop."""
    import uvloop

    async def start() -> None:
        await main()

    uvloop.run(start())
