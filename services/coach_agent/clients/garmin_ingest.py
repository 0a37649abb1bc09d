"""garmin_ingest as the coach sees it: the activities of one runner, on their behalf or for a worker."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from services.coach_agent.domain.models import Activity, ActivityDetail, BestEffort, Streams
from services.coach_agent.domain.runs.metrics import STREAM_KEYS
from shared.errors import Kind, NotFound, ServiceError
from shared.http.client import ServiceClient

_PAGE = 200
_GONE = "There is no such activity."


class GarminIngestActivities:
    """The activities of one runner.

    With ``user_id`` the calls are a worker's own and go to the internal routes; without it they are made on behalf of
    the user of the current request.
    """

    def __init__(self, client: ServiceClient, user_id: uuid.UUID | None = None) -> None:
        self._client = client
        self._base = "/api/v1/activities" if user_id is None else f"/internal/users/{user_id}/activities"
        self._on_behalf = user_id is None

    async def newest(
        self, *, limit: int, sport: str | None = None, first_day: dt.date | None = None, last_day: dt.date | None = None
    ) -> Sequence[Activity]:
        query = {"limit": str(limit)}
        if sport is not None:
            query["sport"] = sport
        if first_day is not None:
            query["from"] = first_day.isoformat()
        if last_day is not None:
            query["to"] = last_day.isoformat()
        answer = await self._get(self._base, query)
        return [_activity(item) for item in answer["items"]]

    async def between(self, first_day: dt.date, last_day: dt.date, *, sport: str | None = None) -> Sequence[Activity]:
        query = {"from": first_day.isoformat(), "to": last_day.isoformat(), "limit": str(_PAGE)}
        if sport is not None:
            query["sport"] = sport
        found: list[Activity] = []
        cursor: str | None = None
        while True:
            answer = await self._get(self._base, query if cursor is None else query | {"cursor": cursor})
            found += [_activity(item) for item in answer["items"]]
            cursor = answer["nextCursor"]
            if cursor is None:
                return found

    async def detail(self, activity_id: uuid.UUID) -> ActivityDetail:
        return _detail(await self._get(f"{self._base}/{activity_id}"))

    async def streams(self, activity_id: uuid.UUID) -> Streams | None:
        query = {"keys": ",".join(STREAM_KEYS), "resolution": "high"}
        answer = await self._get(f"{self._base}/{activity_id}/streams", query)
        if not answer["timeS"]:
            return None
        return Streams(_column(answer["timeS"]), {key: _column(answer["streams"][key]) for key in answer["streams"]})

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        try:
            return await self._client.get(path, query=query, on_behalf=self._on_behalf)
        except ServiceError as error:
            if error.kind is Kind.NOT_FOUND:
                raise NotFound(_GONE) from error
            raise


def _column(values: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Values with NaN for null."""
    return np.array(values, dtype=np.float64)


def _activity(item: Mapping[str, Any]) -> Activity:
    return Activity(
        id=uuid.UUID(item["id"]),
        version=item["version"],
        sport=item["sport"],
        sub_sport=item["subSport"],
        start_time=dt.datetime.fromisoformat(item["startTime"]),
        local_date=dt.date.fromisoformat(item["localDate"]),
        name=item["name"],
        distance_m=item["distanceM"],
        elapsed_s=item["elapsedS"],
        timer_s=item["timerS"],
        moving_s=item["movingS"],
        ascent_m=item["ascentM"],
        average_heart_rate_bpm=item["averageHeartRateBpm"],
        max_heart_rate_bpm=item["maxHeartRateBpm"],
        average_cadence_spm=item["averageCadenceSpm"],
        average_power_w=item["averagePowerW"],
    )


def _detail(answer: Mapping[str, Any]) -> ActivityDetail:
    return ActivityDetail(
        activity=_activity(answer),
        descent_m=answer["descentM"],
        average_temperature_c=answer["averageTemperatureC"],
        missing=tuple(answer["missing"]),
        pauses=tuple((pause["startS"], pause["endS"]) for pause in answer["pauses"]),
        best_efforts=tuple(_best_effort(effort) for effort in answer["bestEfforts"]),
    )


def _best_effort(effort: Mapping[str, Any]) -> BestEffort:
    if effort["kind"] == "distance":
        return BestEffort("distance", effort["distanceM"], effort["elapsedS"])
    return BestEffort(effort["kind"], effort["durationS"], effort["value"])
