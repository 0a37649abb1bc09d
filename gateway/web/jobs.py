"""Watching a job: as a page, as the changed part of one, and as events that a page follows."""

from __future__ import annotations

import asyncio
import contextlib

import orjson
from aiohttp import web

from gateway.web.events import KEEP_ALIVE, Event, EventTooLong, read_events
from gateway.web.job_view import JobView
from gateway.web.visit import Visit
from shared.errors import UpstreamUnavailable
from shared.http.context import REQUEST_ID_HEADER
from shared.http.event_stream import EVENT_STREAM
from shared.http.parsing import path_uuid
from shared.http.server import HealthKey

# A stream ends by itself before the time of its request is over; the browser asks again, and is known anew.
_FOLLOWED_S = 45.0
_RETRY = b"retry: 1000\n\n"


async def show_job(visit: Visit) -> web.Response:
    job = JobView.of(await visit.get("garmin_ingest", _path(visit)), visit.moments)
    return visit.render("_job.html" if visit.wants_fragment else "job.html", job=job)


async def follow_job(visit: Visit) -> web.StreamResponse:
    """Events ``progress`` and, last, ``done``: each has the job as the page shows it.

    Where it cannot be followed as it happens, 204 tells the browser not to ask again, and the page asks now and then.
    """
    try:
        async with visit.follow("garmin_ingest", _path(visit)) as chunks:
            if visit.request.method == "HEAD":
                return web.Response(content_type=EVENT_STREAM)
            response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"})
            response.headers[REQUEST_ID_HEADER] = visit.request_id
            visit.finish(response)
            await response.prepare(visit.request)
            await response.write(_RETRY)
            # Whoever has gone away hears no more.
            with contextlib.suppress(TimeoutError, EventTooLong, ConnectionResetError):
                async with asyncio.timeout(_FOLLOWED_S):
                    async for event in read_events(chunks):
                        await response.write(_shown(visit, event))
                        if _is_stopping(visit.request.app):
                            break
            return response
    except UpstreamUnavailable:
        return web.Response(status=204)


def _shown(visit: Visit, event: Event) -> bytes:
    """An event of the service as one of the page."""
    if event.is_keep_alive or event.name not in {"progress", "done"}:
        return KEEP_ALIVE
    job = JobView.of(orjson.loads(event.data), visit.moments)
    html = visit.render_text("_job.html", job=job)
    return Event("progress" if job.running else "done", html).encode()


def _is_stopping(app: web.Application) -> bool:
    return HealthKey in app and app[HealthKey].draining


def _path(visit: Visit) -> str:
    return f"/api/v1/jobs/{path_uuid(visit.request, 'job_id')}"
