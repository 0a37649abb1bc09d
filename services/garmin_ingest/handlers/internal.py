"""What other services read without a user at hand: the same answers, for the user named in the path."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.garmin_ingest.handlers.activities import ActivityHandlers
from services.garmin_ingest.handlers.bodies import ListQuery, StreamsQuery
from shared.http.parsing import path_uuid


@dataclass(frozen=True, slots=True)
class InternalHandlers:
    activities: ActivityHandlers

    async def list_of_user(self, request: web.Request, query: ListQuery) -> web.Response:
        """A user's activities, newest first."""
        return await self.activities.page_of(path_uuid(request, "user_id"), query)

    async def show_of_user(self, request: web.Request) -> web.Response:
        """One activity of a user."""
        return await self.activities.one_of(path_uuid(request, "user_id"), request)

    async def streams_of_user(self, request: web.Request, query: StreamsQuery) -> web.Response:
        """The samples of one activity of a user."""
        return await self.activities.streams_of(path_uuid(request, "user_id"), request, query)
