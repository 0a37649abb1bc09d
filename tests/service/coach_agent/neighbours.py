"""garmin_ingest and subscription as the coach meets them: real servers on loopback that check who calls.

They hold what a test puts into them and answer in the words of the contract between the services.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import web

from shared.caller import TokenVerifier
from shared.clock import SystemClock
from shared.ids import uuid7
from tests.support.service import House
from tests.unit.coach_agent import runs


def error(status: int, code: str, message: str, **headers: str) -> web.Response:
    body = {"code": code, "message": message, "statusCode": status, "requestId": "test-request", "retryable": False}
    return web.json_response({"error": body}, status=status, headers=headers)


class Neighbour:
    """Verifies the tokens meant for ``name`` and remembers who called what. ``away`` answers 503 to everything."""

    def __init__(self, name: str, house: House) -> None:
        self.name = name
        keys = {issuer: signer._key.key.as_dict(private=False) for issuer, signer in house.signers.items()}
        self._verifier = TokenVerifier(name, keys, SystemClock())
        self.calls: list[str] = []
        self.away = False
        self.hangs: asyncio.Event | None = None
        self.app = web.Application(middlewares=[self._watch])

    @web.middleware
    async def _watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path}")
        if self.away:
            return error(503, "UPSTREAM_UNAVAILABLE", "away")
        if self.hangs is not None:
            await self.hangs.wait()
        return await handler(request)

    def user(self, request: web.Request) -> uuid.UUID:
        caller = self._verifier.caller(request.headers["X-Caller"])
        assert caller.user_id is not None
        return caller.user_id

    def service(self, request: web.Request) -> str:
        return self._verifier.service(request.headers["X-Service"], issuers=frozenset({"coach_agent"}))


@dataclass
class Recording:
    item: dict[str, Any]
    detail: dict[str, Any]
    streams: dict[str, list[float | None]]
    time_s: list[float]


def recording(
    day: dt.date,
    seconds: int = 2700,
    speed: runs.Curve = 3.0,
    heart_rate: runs.Curve | None = 140.0,
    **fields: Any,
) -> Recording:
    """A run as garmin_ingest would show it, out of the arithmetic of the unit tests."""
    samples = runs.streams(seconds, speed, heart_rate, altitude=lambda metres: 100 + 5 * np.sin(metres / 300))
    metrics = runs.run(seconds, speed, heart_rate, day=day)
    activity = metrics.activity
    item = {
        "id": str(uuid7()), "version": 1, "sport": "running", "subSport": None,
        "startTime": f"{day}T07:00:00Z", "utcOffsetS": 0, "localDate": str(day), "name": "Morning run",
        "distanceM": activity.distance_m, "elapsedS": activity.elapsed_s, "timerS": activity.timer_s,
        "movingS": activity.moving_s, "ascentM": 40.0, "averageHeartRateBpm": activity.average_heart_rate_bpm,
        "maxHeartRateBpm": activity.max_heart_rate_bpm, "averageCadenceSpm": 172.0, "averagePowerW": None,
        "source": "upload", "device": "garmin fr955",
    } | fields  # fmt: skip
    efforts = [
        {"kind": "distance", "distanceM": metres, "elapsedS": value, "startS": 0}
        for metres, value in metrics.best_times_s.items()
    ]
    efforts += [
        {"kind": "heartRate", "durationS": span, "value": value, "startS": 0}
        for span, value in metrics.best_heart_rates_bpm.items()
    ]
    missing = ["power", "position", *(["heartRate"] if heart_rate is None else [])]
    detail = item | {
        "descentM": 40.0, "averageSpeedMPerS": 3.0, "averageTemperatureC": 18.0, "sourceId": None,
        "contentSha256": "0" * 64, "warnings": [], "missing": missing, "streamKeys": list(samples.columns),
        "pauses": [], "laps": [], "splits": {"km": [], "mile": []}, "bestEfforts": efforts,
    }  # fmt: skip
    streams = {key: [float(value) for value in column] for key, column in samples.columns.items()}
    return Recording(item, detail, streams, [float(t) for t in samples.time_s])


def night(day: dt.date, **fields: float) -> dict[str, Any]:
    """A wellness day as garmin_ingest shows it, with what the coach reads of one."""
    nothing = {"sleepS": None, "hrvRmssdMs": None, "restingHeartRateBpm": None, "weightKg": None}
    return {"date": str(day)} | nothing | fields


class FakeGarminIngest(Neighbour):
    def __init__(self, house: House) -> None:
        super().__init__("garmin_ingest", house)
        self.recordings: dict[uuid.UUID, list[Recording]] = {}
        self.nights: dict[uuid.UUID, list[dict[str, Any]]] = {}
        for base, owner in (("/api/v1/activities", self.user), ("/internal/users/{user}/activities", self._named)):
            self.app.router.add_get(base, self._serve(owner, self._list))
            self.app.router.add_get(base + "/{id}", self._serve(owner, self._detail))
            self.app.router.add_get(base + "/{id}/streams", self._serve(owner, self._streams))

        self.app.router.add_get("/api/v1/wellness", self._wellness(self.user))
        self.app.router.add_get("/internal/users/{user}/wellness", self._wellness(self._named))

    def add(self, user_id: uuid.UUID | None, *added: Recording) -> None:
        assert user_id is not None
        mine = self.recordings.setdefault(user_id, [])
        mine += added
        mine.sort(key=lambda one: one.item["startTime"], reverse=True)

    def add_nights(self, user_id: uuid.UUID | None, *nights: dict[str, Any]) -> None:
        assert user_id is not None
        self.nights.setdefault(user_id, []).extend(nights)

    def _named(self, request: web.Request) -> uuid.UUID:
        assert self.service(request) == "coach_agent"
        return uuid.UUID(request.match_info["user"])

    def _serve(self, owner: Any, answer: Any) -> Any:
        async def serve(request: web.Request) -> web.Response:
            found = answer(request, self.recordings.get(owner(request), []))
            if found is None:
                return error(404, "NOT_FOUND", "There is no such activity.")
            return web.json_response(found)

        return serve

    def _wellness(self, owner: Any) -> Any:
        async def serve(request: web.Request) -> web.Response:
            query = request.query
            mine = [
                night for night in self.nights.get(owner(request), []) if query["from"] <= night["date"] <= query["to"]
            ]
            return web.json_response({"items": sorted(mine, key=lambda one: one["date"]), "nextCursor": None})

        return serve

    def _list(self, request: web.Request, mine: list[Recording]) -> Any:
        query = request.query
        items = [
            one.item
            for one in mine
            if query.get("sport", one.item["sport"]) == one.item["sport"]
            and query.get("from", "") <= one.item["localDate"] <= query.get("to", "9999")
        ]
        return {"items": items[: int(query["limit"])], "nextCursor": None}

    def _detail(self, request: web.Request, mine: list[Recording]) -> Any:
        return next((one.detail for one in mine if one.item["id"] == request.match_info["id"]), None)

    def _streams(self, request: web.Request, mine: list[Recording]) -> Any:
        one = next((one for one in mine if one.item["id"] == request.match_info["id"]), None)
        if one is None:
            return None
        keys = request.query["keys"].split(",")
        streams = {key: one.streams[key] for key in keys if key in one.streams}
        return {
            "activityId": one.item["id"],
            "resolution": "high",
            "timeS": one.time_s,
            "streams": streams,
            "units": {},
        }


@dataclass
class Question:
    user_id: uuid.UUID
    outcome: str | None = None


class FakeSubscription(Neighbour):
    def __init__(self, house: House, *, limit: int = 10) -> None:
        super().__init__("subscription", house)
        self.limit = limit
        self.plan = "free"
        self.questions: dict[str, Question] = {}
        self.settled = asyncio.Event()
        self.app.router.add_post("/api/v1/subscription/questions", self._reserve)
        self.app.router.add_post("/api/v1/subscription/questions/{id}/settle", self._settle)

    @property
    def outcomes(self) -> list[str | None]:
        return [question.outcome for question in self.questions.values()]

    async def _reserve(self, request: web.Request) -> web.Response:
        user_id, body = self.user(request), await request.json()
        taken = [q for q in self.questions.values() if q.user_id == user_id and q.outcome != "failed"]
        if len(taken) >= self.limit:
            return error(
                429, "SUBSCRIPTION_QUERY_LIMIT", "Your questions of today are used up.", **{"Retry-After": "600"}
            )
        self.questions[body["questionId"]] = Question(user_id)
        remaining = self.limit - len(taken) - 1
        return web.json_response(
            {"plan": self.plan, "remaining": remaining, "limit": self.limit, "resetsAt": "x"}, status=201
        )

    async def _settle(self, request: web.Request) -> web.Response:
        question = self.questions[request.match_info["id"]]
        assert question.user_id == self.user(request)
        question.outcome = (await request.json())["outcome"]
        self.settled.set()
        return web.Response(status=204)


@dataclass
class Neighbourhood:
    ingest: FakeGarminIngest
    subscription: FakeSubscription
    urls: Mapping[str, str] = field(default_factory=dict)
