"""Syncs and the days they bring, over HTTP."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.domain.garmin.request_sync import RequestSync
from services.garmin_ingest.domain.garmin.wellness import ShowWellness
from services.garmin_ingest.handlers.cursor import from_cursor, to_cursor
from services.garmin_ingest.handlers.import_bodies import QueuedAnswer
from services.garmin_ingest.handlers.sync_bodies import SyncBody, WellnessItem, WellnessPage, WellnessQuery
from shared.http.context import signed_in_caller, signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response

_NO_ID = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class SyncHandlers:
    requests: RequestSync
    wellness: ShowWellness

    async def sync(self, _: web.Request, body: SyncBody) -> web.Response:
        """Bring what is new at Garmin, or the days ``from`` to ``to`` again.

        Without a range at most every 10 minutes: earlier, the answer names the job of the last time.
        """
        job_id = await self.requests.run(
            signed_in_user(), first=body.first_day, last=body.last_day, zone=signed_in_caller().zone
        )
        return json_response(QueuedAnswer(job_id=job_id), status=202)

    async def list_days(self, _: web.Request, query: WellnessQuery) -> web.Response:
        """Sleep, heart-rate variability, resting heart rate and weight by local day, oldest first; 366 days at most."""
        return await self._page(signed_in_user(), query, signed_in_caller().zone)

    async def list_days_of_user(self, request: web.Request, query: WellnessQuery) -> web.Response:
        """A user's days, oldest first."""
        return await self._page(path_uuid(request, "user_id"), query, None)

    async def _page(self, user_id: uuid.UUID, query: WellnessQuery, zone: str | None) -> web.Response:
        after = None if query.cursor is None else from_cursor(query.cursor)[0].date()
        page = await self.wellness.page(
            user_id, first=query.first_day, last=query.last_day, limit=query.limit, after=after, zone=zone
        )
        cursor = _cursor(page.items[-1].day.local_date) if page.has_more else None
        return json_response(WellnessPage(items=[WellnessItem.of(day) for day in page.items], next_cursor=cursor))


def _cursor(day: dt.date) -> str:
    return to_cursor(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC), _NO_ID)
