"""The simulated Personal API: keys for bearer tokens, and what they open.

Its paths and fields are those that the adapter assumes (``clients/personal_api.py``): nothing here proves them.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.support.garmin.serving import application, served
from tests.support.garmin.world import GarminWorld, SimulatedAccount, SimulatedActivity, SimulatedDay

MOST_ACTIVITIES = 45
MOST_DAYS = 28


class PersonalServer:
    """``key_expires_at`` by key; ``bearers`` are the tokens that work now, each with its account."""

    def __init__(self, world: GarminWorld) -> None:
        self.world = world
        self.bearers: dict[str, SimulatedAccount] = {}
        self.key_expires_at: dict[str, dt.datetime] = {}

    def app(self) -> web.Application:
        routes = [
            web.post("/personalapitoken-service/personal-api/personal-api-key/token", self._token),
            web.get("/userprofile-service/socialProfile", self._profile),
            web.get("/activitylist-service/activities/search/activities", self._activities),
            web.get("/activity-service/activity/{id}", self._activity),
            web.get("/download-service/files/activity/{id}", self._download),
            web.get("/sleep-service/stats/sleep/daily/{first}/{last}", self._sleep),
            web.get("/hrv-service/hrv/daily/{first}/{last}", self._hrv),
            web.get("/usersummary-service/stats/heartRate/daily/{first}/{last}", self._daily),
            web.get("/weight-service/weight/range/{first}/{last}", self._weight),
        ]
        return application(self.world, routes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        async with served(self.app()) as url:
            yield url

    async def _token(self, request: web.Request) -> web.Response:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        account = next((one for one in self.world.accounts.values() if key in one.personal_keys), None)
        if scheme != "ApiKey" or account is None:
            return web.json_response({"message": "invalid key"}, status=401)
        bearer = secrets.token_urlsafe(24)
        self.bearers[bearer] = account
        answer: dict[str, Any] = {"access_token": bearer, "token_type": "Bearer", "expires_in": 86_400}
        if key in self.key_expires_at:
            answer["keyExpiresAt"] = self.key_expires_at[key].isoformat()
        return web.json_response(answer)

    def _account(self, request: web.Request) -> SimulatedAccount:
        account = self.bearers.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if account is None:
            raise web.HTTPUnauthorized
        return account

    async def _profile(self, request: web.Request) -> web.Response:
        account = self._account(request)
        return web.json_response(
            {"id": account.garmin_id, "profileId": account.garmin_id, "displayName": account.display_name,
             "userName": account.username, "fullName": "Some Runner"}
        )  # fmt: skip

    async def _activities(self, request: web.Request) -> web.Response:
        account, query = self._account(request), request.query
        start, limit = int(query["start"]), int(query["limit"])
        if limit > MOST_ACTIVITIES:
            return web.json_response({"message": "limit"}, status=400)
        first, last = query["startDate"], query["endDate"]
        wanted = [one for one in account.newest_first() if first <= _local(one).date().isoformat() <= last]
        return web.json_response([_listed(one) for one in wanted[start : start + limit]])

    async def _activity(self, request: web.Request) -> web.Response:
        return web.json_response(_listed(self._one(request)))

    async def _download(self, request: web.Request) -> web.Response:
        if request.headers.get("Accept") != "application/x-zip-compressed":
            return web.json_response({"message": "not acceptable"}, status=406)
        return web.Response(body=self._one(request).packed, content_type="application/x-zip-compressed")

    def _one(self, request: web.Request) -> SimulatedActivity:
        found = self._account(request).activities.get(int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound
        return found

    def _days(self, request: web.Request) -> Iterator[tuple[dt.date, SimulatedDay]]:
        account = self._account(request)
        first, last = (dt.date.fromisoformat(request.match_info[name]) for name in ("first", "last"))
        if not first <= last < first + dt.timedelta(days=MOST_DAYS):
            raise web.HTTPBadRequest
        return ((day, account.days[day]) for day in sorted(account.days) if first <= day <= last)

    async def _sleep(self, request: web.Request) -> web.Response:
        nights = [_night(day, one) for day, one in self._days(request) if one.sleep_s is not None]
        return web.json_response({"overallStats": {}, "individualStats": nights})

    async def _hrv(self, request: web.Request) -> web.Response:
        days = [
            {"calendarDate": day.isoformat(), "lastNightAvg": one.hrv_rmssd_ms}
            for day, one in self._days(request)
            if one.hrv_rmssd_ms is not None
        ]
        return web.json_response({"hrvSummaries": days}) if days else web.Response(status=204)

    async def _daily(self, request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"calendarDate": day.isoformat(), "values": {"restingHR": one.resting_heart_rate_bpm}}
                for day, one in self._days(request)
            ]
        )

    async def _weight(self, request: web.Request) -> web.Response:
        days = [
            {"summaryDate": day.isoformat(), "latestWeight": {"weight": one.weight_g}}
            for day, one in self._days(request)
            if one.weight_g is not None
        ]
        return web.json_response({"dailyWeightSummaries": days})


def _local(activity: SimulatedActivity) -> dt.datetime:
    return activity.run.start + dt.timedelta(seconds=activity.run.utc_offset_s)


def _listed(activity: SimulatedActivity) -> dict[str, Any]:
    run = activity.run
    return {
        "activityId": activity.activity_id,
        "activityName": activity.name,
        "startTimeGMT": f"{run.start:%Y-%m-%d %H:%M:%S}",
        "startTimeLocal": f"{_local(activity):%Y-%m-%d %H:%M:%S}",
        "activityType": {"typeKey": activity.type_key},
        "duration": run.timer_s,
        "distance": run.distance_m,
    }


def _night(day: dt.date, one: SimulatedDay) -> dict[str, Any]:
    """A night that ended at seven in the morning, local time."""
    assert one.sleep_s is not None
    end = dt.datetime.combine(day, dt.time(7), dt.UTC) - dt.timedelta(seconds=one.utc_offset_s)
    end_ms = int(end.timestamp() * 1000)
    values = {
        "totalSleepTimeInSeconds": one.sleep_s, "sleepScore": one.sleep_score,
        "gmtSleepStartTimeInMillis": end_ms - one.sleep_s * 1000, "gmtSleepEndTimeInMillis": end_ms,
    }  # fmt: skip
    return {"calendarDate": day.isoformat(), "values": values}
