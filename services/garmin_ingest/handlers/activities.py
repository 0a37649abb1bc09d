"""Activities over HTTP: list, show, streams, the original file, delete."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.domain.activities import Activities
from services.garmin_ingest.domain.stored import StoredActivity
from services.garmin_ingest.domain.stream_view import view
from services.garmin_ingest.handlers.bodies import ActivityAnswer, ActivityItem, ListQuery, StreamsQuery
from services.garmin_ingest.handlers.cursor import to_cursor
from shared.http.context import REQUEST_ID_HEADER, current, signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response, no_content
from shared.http.selecting import selected

_MEDIA_TYPES = {
    "fit": "application/vnd.ant.fit",
    "tcx": "application/vnd.garmin.tcx+xml",
    "gpx": "application/gpx+xml",
}


@dataclass(frozen=True, slots=True)
class ActivityHandlers:
    activities: Activities

    async def list_activities(self, _: web.Request, query: ListQuery) -> web.Response:
        """The caller's activities, newest first."""
        return await self.page_of(signed_in_user(), query)

    async def show_activity(self, request: web.Request) -> web.Response:
        """One activity: summary, laps, splits, best efforts, what is missing and what was repaired."""
        return await self.one_of(signed_in_user(), request)

    async def show_streams(self, request: web.Request, query: StreamsQuery) -> web.Response:
        """The samples of an activity.

        ``keys`` is a comma-separated choice; ``low`` and ``medium`` give at most 200 and 1000 points, means of their
        neighbours; ``high`` gives every sample.
        """
        return await self.streams_of(signed_in_user(), request, query)

    async def export_original(self, request: web.Request) -> web.StreamResponse:
        """The file the activity was imported from, byte for byte."""
        found, pieces = await self.activities.original(signed_in_user(), path_uuid(request, "activity_id"))
        # The first piece is read before anything is sent, so that a file that is gone is still an answer of its own.
        first = await anext(pieces, b"")
        response = web.StreamResponse(headers=_file_headers(found))
        await response.prepare(request)
        await response.write(first)
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
        return response

    async def delete_activity(self, request: web.Request) -> web.Response:
        """Delete an activity; a later sync does not bring it back, an upload does."""
        await self.activities.delete(signed_in_user(), path_uuid(request, "activity_id"))
        return no_content()

    async def page_of(self, user_id: uuid.UUID, query: ListQuery) -> web.Response:
        page = await self.activities.page(user_id, query.to_filter())
        items = [ActivityItem.of(item).model_dump(by_alias=True) for item in page.items]
        last = page.items[-1] if page.has_more else None
        cursor = None if last is None else to_cursor(last.start_time, last.activity_id)
        return json_response({"items": selected(items, query.fields, of=ActivityItem), "nextCursor": cursor})

    async def one_of(self, user_id: uuid.UUID, request: web.Request) -> web.Response:
        found = await self.activities.get(user_id, path_uuid(request, "activity_id"))
        return json_response(ActivityAnswer.of_stored(found))

    async def streams_of(self, user_id: uuid.UUID, request: web.Request, query: StreamsQuery) -> web.Response:
        activity_id, keys = path_uuid(request, "activity_id"), query.chosen()
        found = view(await self.activities.streams(user_id, activity_id, keys), keys, query.resolution)
        answer = {
            "activityId": activity_id,
            "resolution": query.resolution,
            "timeS": found.time_s,
            "streams": found.columns,
            "units": found.units,
        }
        return json_response(answer)


def _file_headers(found: StoredActivity) -> dict[str, str]:
    context = current()
    name = f"{found.summary.local_date}-{found.summary.sport}.{found.file_format}{'.gz' if found.packed else ''}"
    return {
        "Content-Type": "application/gzip" if found.packed else _MEDIA_TYPES[found.file_format],
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        REQUEST_ID_HEADER: context.request_id if context else "",
    }
