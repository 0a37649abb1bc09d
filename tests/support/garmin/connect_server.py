"""The web's side of the simulated Garmin: what garminconnect and our adapter over it ask Garmin Connect for.

In the running loop::

    world = GarminWorld()
    account = world.add_account(mfa_code="123456")
    world.add_run(account, duration_s=600)
    async with serve_connect(world) as connect:
        connect.url                                    stands for all of Garmin's hosts
        world.misbehave("/download-service/", "cut")   the next download breaks off

and for a stack of other processes, in a thread, with the same world to change from the test::

    with ConnectInThread(world) as connect: connect.url
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.support.garmin import connect_activities, connect_days
from tests.support.garmin.connect_sso import SignIn
from tests.support.garmin.connect_tokens import ConnectTokens
from tests.support.garmin.serving import ServedInThread, misbehaving, served
from tests.support.garmin.world import GarminWorld, SimulatedAccount

_OWNER: web.RequestKey[SimulatedAccount] = web.RequestKey("owner", SimulatedAccount)
_RangeOfDays = Callable[[SimulatedAccount, dt.date, dt.date], dict[str, Any]]


@dataclass(frozen=True)
class RunningConnect:
    """``tokens`` can expire and void what the simulator has given out."""

    url: str
    tokens: ConnectTokens


@asynccontextmanager
async def serve_connect(world: GarminWorld) -> AsyncIterator[RunningConnect]:
    tokens = ConnectTokens()
    async with served(connect_app(world, tokens)) as url:
        yield RunningConnect(url, tokens)


class ConnectInThread(ServedInThread):
    def __init__(self, world: GarminWorld, *, port: int = 0) -> None:
        self.world = world
        self.tokens = ConnectTokens()
        super().__init__(lambda: connect_app(world, self.tokens), port=port)


def connect_app(world: GarminWorld, tokens: ConnectTokens) -> web.Application:
    app = web.Application(middlewares=[misbehaving(world), _signed_in(tokens)])
    app.add_routes(SignIn(world, tokens).routes())
    app.add_routes(
        [
            web.get("/userprofile-service/socialProfile", _profile),
            web.get("/userprofile-service/userprofile/user-settings", _settings),
            web.get("/activitylist-service/activities/search/activities", _activities),
            web.get("/activity-service/activity/{id}", _activity),
            web.get("/download-service/files/activity/{id}", _download),
            web.get("/wellness-service/wellness/dailySleepData/{display_name}", _sleep),
            web.get("/hrv-service/hrv/daily/{first}/{last}", _range(connect_days.heart_rate_variability)),
            web.get("/weight-service/weight/range/{first}/{last}", _range(connect_days.weights)),
            web.get("/userstats-service/wellness/daily/{display_name}", _resting_heart_rate),
        ]
    )
    return app


def _signed_in(tokens: ConnectTokens) -> Middleware:
    """Paths of the API (``/…-service/…``) but for the token end-point ask for a bearer."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "-service/" not in request.path or request.path.startswith("/di-oauth2-service/"):
            return await handler(request)
        owner = tokens.owner(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if owner is None:
            return web.json_response({"message": "Token is not active"}, status=401)
        if request.match_info.get("display_name", owner.display_name) != owner.display_name:
            return web.json_response({"message": "Forbidden"}, status=403)
        request[_OWNER] = owner
        return await handler(request)

    return middleware


async def _profile(request: web.Request) -> web.Response:
    owner = request[_OWNER]
    return web.json_response(
        {
            "id": owner.garmin_id + 1,
            "profileId": owner.garmin_id,
            "garminGUID": f"00000000-0000-4000-8000-{owner.garmin_id:012}",
            "displayName": owner.display_name,
            "fullName": "Simulated Runner",
            "userName": owner.username,
            "location": "Nowhere",
            "profileVisibility": "private",
            "userLevel": 4,
            "userPro": False,
        }
    )


async def _settings(request: web.Request) -> web.Response:
    user_data = {"gender": "FEMALE", "weight": 60000.0, "height": 170.0, "measurementSystem": "metric"}
    return web.json_response({"id": request[_OWNER].garmin_id, "userData": user_data, "connectDate": None})


async def _activities(request: web.Request) -> web.Response:
    """``startDate`` and ``endDate`` are local days, both included."""
    owner, query = request[_OWNER], request.query
    first = dt.date.fromisoformat(query.get("startDate", "0001-01-01"))
    last = dt.date.fromisoformat(query.get("endDate", "9999-12-31"))
    within = [activity for activity in owner.newest_first() if first <= activity.start_local.date() <= last]
    start, limit = int(query.get("start", 0)), int(query.get("limit", 20))
    page = within[start : start + limit]
    return web.json_response([connect_activities.listed(owner, activity) for activity in page])


async def _activity(request: web.Request) -> web.Response:
    owner = request[_OWNER]
    activity = owner.activities.get(int(request.match_info["id"]))
    if activity is None:
        return web.json_response({"message": "HTTP 404 Not Found"}, status=404)
    return web.json_response(connect_activities.described(owner, activity))


async def _download(request: web.Request) -> web.Response:
    activity = request[_OWNER].activities.get(int(request.match_info["id"]))
    if activity is None:
        return web.json_response({"message": "HTTP 404 Not Found"}, status=404)
    return web.Response(body=activity.packed, content_type="application/x-zip-compressed")


async def _sleep(request: web.Request) -> web.Response:
    return web.json_response(connect_days.sleep(request[_OWNER], dt.date.fromisoformat(request.query["date"])))


async def _resting_heart_rate(request: web.Request) -> web.Response:
    first, last = (dt.date.fromisoformat(request.query[name]) for name in ("fromDate", "untilDate"))
    return web.json_response(connect_days.resting_heart_rate(request[_OWNER], first, last))


def _range(answer: _RangeOfDays) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        first, last = (dt.date.fromisoformat(request.match_info[name]) for name in ("first", "last"))
        return web.json_response(answer(request[_OWNER], first, last))

    return handler
