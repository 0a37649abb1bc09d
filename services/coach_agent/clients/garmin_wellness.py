"""The wellness days of one runner, as garmin_ingest has them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from services.coach_agent.domain.wellness import WellnessDay
from shared.http.client import ServiceClient

_PAGE = 200


class GarminIngestWellness:
    """With ``user_id`` the calls are a worker's own; without it they are made on behalf of the current user."""

    def __init__(self, client: ServiceClient, user_id: uuid.UUID | None = None) -> None:
        self._client = client
        self._path = "/api/v1/wellness" if user_id is None else f"/internal/users/{user_id}/wellness"
        self._on_behalf = user_id is None

    async def days(self, first: dt.date, last: dt.date) -> Sequence[WellnessDay]:
        query = {"from": first.isoformat(), "to": last.isoformat(), "limit": str(_PAGE)}
        found: list[WellnessDay] = []
        while True:
            answer = await self._client.get(self._path, query=query, on_behalf=self._on_behalf)
            found += [_day(item) for item in answer["items"]]
            if answer["nextCursor"] is None:
                return found
            query["cursor"] = answer["nextCursor"]


def _day(item: Mapping[str, Any]) -> WellnessDay:
    return WellnessDay(
        day=dt.date.fromisoformat(item["date"]),
        sleep_s=item["sleepS"],
        hrv_rmssd_ms=item["hrvRmssdMs"],
        resting_heart_rate_bpm=item["restingHeartRateBpm"],
        weight_kg=item["weightKg"],
    )
