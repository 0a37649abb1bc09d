"""Charts: the drawing, and the same figures as a table for whoever reads rather than looks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web import measures as say
from gateway.web.visit import Visit
from shared.errors import NotFound
from shared.http.parsing import path_uuid

# A table is read line by line: of a curve a point every few minutes says what it says. Bars are few, and all are told.
_MOST_ROWS = 30
_MOST_BARS = 120
# A phone's width; the usual drawing would be shrunk until nobody can read it.
_NARROW_PX = "340"
# The drawing carries style attributes of its own and may be opened by itself; nothing else may happen in it.
_IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# In the order of the columns; the first that a chart has names the rows.
_COLUMNS = {
    "run": "Run",
    "effort": "Best effort",
    "zone": "Zone",
    "week": "Week from",
    "day": "Day",
    "kind": "Session",
    "minute": "Time",
    "distance": "Distance",
    "planned": "Planned",
    "pace": "Pace",
    "heartRate": "Heart rate (bpm)",
    "efficiency": "Ground per heartbeat",
    "altitude": "Elevation (m)",
    "share": "Share (%)",
    "load": "Load",
    "fitness": "Fitness",
    "fatigue": "Fatigue",
    "form": "Form",
}
_TWO_DECIMALS = frozenset({"distance", "planned", "efficiency"})
_CURVES = frozenset({"run", "minute", "distance"})
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATES = frozenset({"day", "week"})


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


async def show_image(visit: Visit) -> web.Response:
    asked = visit.request.query
    query = {"theme": "dark" if asked.get("theme") == "dark" else "light"}
    if asked.get("size") == "narrow":
        query["width"] = _NARROW_PX
    reply = await visit.call("coach_agent", "GET", _path(visit), query=query, headers={"Accept": "image/svg+xml"})
    response = web.Response(body=reply.body, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = _IMAGE_POLICY
    return response


async def show_table(visit: Visit) -> web.Response:
    reply = await visit.call("coach_agent", "GET", _path(visit), headers={"Accept": "application/json"})
    template = "_chart_table.html" if visit.wants_fragment else "chart_table.html"
    return visit.render(template, table=table_of(reply.json))


def table_of(spec: Mapping[str, Any]) -> Table:
    """The values of a Vega-Lite specification of ours, thinned evenly."""
    rows: Sequence[Mapping[str, Any]] = spec.get("data", {}).get("values", [])
    if not rows:
        raise NotFound("There are no figures behind this chart.")
    fields = [field for field in _COLUMNS if any(row.get(field) is not None for row in rows)]
    step = -(-len(rows) // (_MOST_ROWS if fields[0] in _CURVES else _MOST_BARS))
    return Table(
        title=str(spec["title"]),
        description=str(spec["description"]),
        columns=tuple(_COLUMNS[field] for field in fields),
        rows=tuple(tuple(_cell(field, row.get(field)) for field in fields) for row in rows[::step]),
    )


def _cell(field: str, value: Any) -> str:
    if value is None:
        return "-"
    if field == "minute":
        return say.clock(value * 60).value
    if field == "pace":
        return say.clock(value).value
    if field in _DATES and _ISO_DATE.fullmatch(str(value)):
        day = dt.date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    if isinstance(value, int | float):
        return f"{value:.2f}" if field in _TWO_DECIMALS else f"{value:.0f}"
    return str(value)


def _path(visit: Visit) -> str:
    return f"/api/v1/charts/{path_uuid(visit.request, 'chart_id')}"
