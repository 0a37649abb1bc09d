"""What goes in and out over HTTP about syncs and the days they bring."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, StringConstraints

from services.garmin_ingest.domain.garmin.models import StoredDay
from services.garmin_ingest.handlers.connection_bodies import OUTSIDE, Kind
from shared.http.parsing import ApiModel


class SyncBody(ApiModel):
    """Local days, both included; one that is left out is the earliest day Pace42 fetches, or today."""

    first_day: dt.date | None = Field(None, alias="from")
    last_day: dt.date | None = Field(None, alias="to")


class WellnessQuery(ApiModel):
    """Local days, both included; the last four weeks where neither is given."""

    first_day: dt.date | None = Field(None, alias="from")
    last_day: dt.date | None = Field(None, alias="to")
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None
    limit: int = Field(50, ge=1, le=200)


class WellnessItem(ApiModel):
    """A local day, and the night that ended on it; null where Garmin gives nothing."""

    date: dt.date
    sleep_s: int | None
    deep_sleep_s: int | None
    light_sleep_s: int | None
    rem_sleep_s: int | None
    awake_s: int | None
    sleep_score: int | None
    sleep_start: dt.datetime | None
    sleep_end: dt.datetime | None
    hrv_rmssd_ms: float | None
    resting_heart_rate_bpm: float | None
    weight_kg: float | None
    source: Kind

    @classmethod
    def of(cls, stored: StoredDay) -> WellnessItem:
        day = stored.day
        return cls(
            date=day.local_date,
            sleep_s=day.sleep_s,
            deep_sleep_s=day.deep_sleep_s,
            light_sleep_s=day.light_sleep_s,
            rem_sleep_s=day.rem_sleep_s,
            awake_s=day.awake_s,
            sleep_score=day.sleep_score,
            sleep_start=day.sleep_start,
            sleep_end=day.sleep_end,
            hrv_rmssd_ms=day.hrv_rmssd_ms,
            resting_heart_rate_bpm=day.resting_heart_rate_bpm,
            weight_kg=day.weight_kg,
            source=OUTSIDE[stored.source],
        )


class WellnessPage(ApiModel):
    items: list[WellnessItem]
    next_cursor: str | None
