"""Runs, and one run."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.web.activity_view import Row, by_month, totals
from gateway.web.analysis_view import AnalysisView
from gateway.web.job_view import JobView
from gateway.web.measures import Measures
from gateway.web.ports import UPLOAD_PATH
from gateway.web.run_view import RunView
from gateway.web.sources import job_of, source_of
from gateway.web.visit import Visit
from shared.errors import ServiceError
from shared.http.parsing import path_uuid

_PAGE_LENGTH = "30"
# The most a list gives at once; nobody runs more often than seven times a day for four weeks.
_MOST = "200"
_TOTALS_DAYS = 28


async def show_list(visit: Visit) -> web.Response:
    """What have I done? The list with totals, and the way in for files."""
    cursor = visit.request.query.get("cursor")
    query = {"limit": _PAGE_LENGTH} | ({"cursor": cursor} if cursor else {})
    page, recent, units, source = await asyncio.gather(
        visit.get("garmin_ingest", "/api/v1/activities", **query), _recent(visit), measures_of(visit), source_of(visit)
    )
    rows = [Row.of(item, units) for item in page["items"]]
    job_id = source.job_id if source else None
    return visit.render(
        "runs.html",
        months=by_month(rows),
        totals=totals(recent["items"], _today(visit), units) if recent["items"] else (),
        units=units,
        next_cursor=page["nextCursor"],
        first_page=cursor is None,
        source=source if source and source.connected else None,
        # Whoever has runs needs no progress: a line says that more are coming, and when they are there.
        first_sync=None if rows else await job_of(visit, job_id),
        later_sync=JobView.just_begun(job_id, "sync", visit.moments) if rows and job_id else None,
        upload_address=f"{UPLOAD_PATH}?form_token={visit.form_token(UPLOAD_PATH)}",
    )


async def show_run(visit: Visit) -> web.Response:
    """How was it? What the coach says is asked for at the same time; without it the figures stand alone."""
    path = _activity_path(visit)
    activity, units, (analysis, analysis_problem) = await asyncio.gather(
        visit.get("garmin_ingest", path), measures_of(visit), _analysis(visit, path)
    )
    return visit.render(
        "run.html",
        run=RunView.of(activity, units),
        analysis=None if analysis is None else AnalysisView.of(analysis),
        analysis_problem=analysis_problem,
    )


async def download_original(visit: Visit) -> web.Response:
    reply = await visit.call("garmin_ingest", "GET", f"{_activity_path(visit)}/export.fit")
    headers = {"Content-Disposition": reply.headers.get("Content-Disposition", "attachment")}
    return web.Response(body=reply.body, content_type="application/octet-stream", headers=headers)


async def delete_run(visit: Visit) -> web.Response:
    await visit.form()
    await visit.call("garmin_ingest", "DELETE", _activity_path(visit))
    return visit.see("/runs")


async def measures_of(visit: Visit) -> Measures:
    """The runner's units; kilometres while the profile cannot be read, so that a page never fails over them."""
    try:
        return Measures.of((await visit.get("coach_agent", "/api/v1/athlete")).get("units"))
    except ServiceError:
        return Measures()


async def _recent(visit: Visit) -> Any:
    first = _today(visit) - dt.timedelta(days=_TOTALS_DAYS - 1)
    return await visit.get(
        "garmin_ingest", "/api/v1/activities", **{"sport": "running", "from": first.isoformat(), "limit": _MOST}
    )


async def _analysis(visit: Visit, path: str) -> tuple[Mapping[str, Any] | None, Any]:
    """The coach's reading of a run, or the problem that stands in its place."""
    try:
        return await visit.get("coach_agent", f"{path}/analysis"), None
    except ServiceError as error:
        return None, visit.problem(error)


def _today(visit: Visit) -> dt.date:
    return visit.moments.today


def _activity_path(visit: Visit) -> str:
    return f"/api/v1/activities/{path_uuid(visit.request, 'activity_id')}"
