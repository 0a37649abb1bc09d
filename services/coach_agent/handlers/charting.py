"""Charts over HTTP: as a Vega-Lite specification or as an image, by what the client accepts."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.charts.library import ChartLibrary
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.bodies import ChartQuery
from shared.errors import UnsupportedMediaType
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response

JSON, SVG, PNG = "application/json", "image/svg+xml", "image/png"
# In our own order of preference, for a client that takes several equally.
MEDIA_TYPES = (JSON, SVG, PNG)
_ANSWERED_BY = {JSON: JSON, "application/*": JSON, "*/*": JSON, SVG: SVG, "image/*": SVG, PNG: PNG}


@dataclass(frozen=True, slots=True)
class ChartHandlers:
    asking: Asking
    charts: ChartLibrary

    async def show_chart(self, request: web.Request, query: ChartQuery) -> web.Response:
        """One of the runner's charts, as Vega-Lite JSON, SVG or PNG by Accept."""
        media_type = accepted(request.headers.get("Accept", JSON))
        runner, chart_id = self.asking.runner(), path_uuid(request, "chart_id")
        if media_type == JSON:
            return json_response(await self.charts.spec(runner, chart_id, query.theme, width=query.width))
        image = await self.charts.image(runner, chart_id, query.theme, media_type, width=query.width)
        return web.Response(body=image, content_type=media_type)


def accepted(header: str) -> str:
    """The media type to answer with (RFC 9110, 12.5.1). Raises UnsupportedMediaType when none of ours is accepted."""
    best: tuple[float, int, str] | None = None
    for item in header.split(","):
        name, _, parameters = item.strip().partition(";")
        media_type = _ANSWERED_BY.get(name.strip().lower())
        if media_type is None:
            continue
        ranked = (_quality(parameters), -name.count("*"), media_type)
        if ranked[0] > 0 and (best is None or ranked[:2] > best[:2]):
            best = ranked
    if best is None:
        raise UnsupportedMediaType(f"Charts come as {', '.join(MEDIA_TYPES)}. Ask for one of these with Accept.")
    return best[2]


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
