"""Plans for calendars that subscribe."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.plans.feeds import Feeds
from services.coach_agent.handlers.plan_calendar import CALENDAR, calendar
from shared.http.context import signed_in_user
from shared.http.parsing import ApiModel
from shared.http.rendering import json_response, no_content


class FeedAnswer(ApiModel):
    """Where a calendar app finds the plan, on the host this was asked of. It is told once; keep it to yourself."""

    path: str


@dataclass(frozen=True, slots=True)
class FeedHandlers:
    feeds: Feeds
    athletes: Athletes

    async def open_feed(self, _: web.Request) -> web.Response:
        """Make a secret address for calendar apps; the one before leads nowhere from now on."""
        secret = await self.feeds.open(signed_in_user())
        return json_response(FeedAnswer(path=f"/api/v1/training-plans/feeds/{secret}/calendar.ics"), status=201)

    async def close_feed(self, _: web.Request) -> web.Response:
        """Close the address for calendar apps."""
        await self.feeds.close(signed_in_user())
        return no_content()

    async def show_feed(self, request: web.Request) -> web.Response:
        """The plan at a secret address; without a plan an empty calendar."""
        user_id, stored = await self.feeds.read(request.match_info["secret"])
        body = calendar(stored, await self.athletes.units(user_id))
        return web.Response(body=body, content_type=CALENDAR, charset="utf-8")
