"""What goes in and out over HTTP about activities."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from services.garmin_ingest.domain.models import DistanceEffort, Lap, MeanEffort, Split
from services.garmin_ingest.domain.stored import ActivitySummary, ListFilter, StoredActivity
from services.garmin_ingest.domain.streams import BY_NAME, PACE_KEY, SPEED
from services.garmin_ingest.handlers.cursor import from_cursor
from shared.http.parsing import ApiModel
from shared.http.selecting import CommaSeparated


class ListQuery(ApiModel):
    sport: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None = None
    first_day: dt.date | None = Field(None, alias="from")
    last_day: dt.date | None = Field(None, alias="to")
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None
    limit: int = Field(50, ge=1, le=200)
    fields: CommaSeparated | None = None

    def to_filter(self) -> ListFilter:
        """Raises ValidationFailed."""
        after = None if self.cursor is None else from_cursor(self.cursor)
        return ListFilter(self.limit, self.sport, self.first_day, self.last_day, after)


class StreamsQuery(ApiModel):
    keys: CommaSeparated | None = None
    resolution: Literal["low", "medium", "high"] = "medium"

    def chosen(self) -> list[str] | None:
        return None if self.keys is None else [key.strip() for key in self.keys.split(",") if key.strip()]


class ActivityItem(ApiModel):
    id: uuid.UUID
    version: int
    sport: str
    sub_sport: str | None
    start_time: dt.datetime
    utc_offset_s: int
    local_date: dt.date
    name: str | None
    distance_m: float | None
    elapsed_s: float | None
    timer_s: float | None
    moving_s: float | None
    ascent_m: float | None
    average_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None
    average_cadence_spm: float | None
    average_power_w: float | None
    source: str
    device: str | None

    @classmethod
    def of(cls, summary: ActivitySummary) -> ActivityItem:
        return cls(**_item_fields(summary))


class ActivityPage(ApiModel):
    items: list[ActivityItem]
    next_cursor: str | None


class WarningAnswer(ApiModel):
    code: str
    message: str


class PauseAnswer(ApiModel):
    start_s: float
    end_s: float


class LapAnswer(ApiModel):
    index: int
    start_s: float
    elapsed_s: float | None
    timer_s: float | None
    distance_m: float | None
    average_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None
    average_cadence_spm: float | None
    average_power_w: float | None
    ascent_m: float | None

    @classmethod
    def of(cls, lap: Lap) -> LapAnswer:
        names = cls.model_fields.keys() - {"index", "start_s"}
        return cls(index=lap.index, start_s=lap.start_s, **{name: getattr(lap.totals, name) for name in names})


class SplitAnswer(ApiModel):
    index: int
    start_s: float
    elapsed_s: float
    moving_s: float
    distance_m: float
    pace_s_per_km: float | None
    average_heart_rate_bpm: float | None
    ascent_m: float | None
    partial: bool

    @classmethod
    def of(cls, split: Split) -> SplitAnswer:
        return cls(**{name: getattr(split, name) for name in cls.model_fields})


class SplitsAnswer(ApiModel):
    km: list[SplitAnswer]
    mile: list[SplitAnswer]


class BestEffortAnswer(ApiModel):
    """``distanceM`` and ``elapsedS`` of kind distance; ``durationS`` and ``value`` (bpm, W) of the others."""

    kind: Literal["distance", "heartRate", "power"]
    start_s: float
    distance_m: float | None = None
    elapsed_s: float | None = None
    duration_s: float | None = None
    value: float | None = None

    @classmethod
    def of(cls, effort: DistanceEffort | MeanEffort) -> BestEffortAnswer:
        if isinstance(effort, DistanceEffort):
            return cls(
                kind="distance", start_s=effort.start_s, distance_m=effort.distance_m, elapsed_s=effort.elapsed_s
            )
        return cls(kind=effort.signal, start_s=effort.start_s, duration_s=effort.duration_s, value=effort.value)


class ActivityAnswer(ActivityItem):
    descent_m: float | None
    average_speed_m_per_s: float | None
    average_temperature_c: float | None
    source_id: str | None
    content_sha256: str
    file_format: str
    warnings: list[WarningAnswer]
    device_reported: dict[str, float]
    missing: list[str]
    stream_keys: list[str]
    pauses: list[PauseAnswer]
    laps: list[LapAnswer]
    splits: SplitsAnswer
    best_efforts: list[BestEffortAnswer]

    @classmethod
    def of_stored(cls, stored: StoredActivity) -> ActivityAnswer:
        details, totals = stored.details, stored.summary.totals
        keys = [BY_NAME[name].key for name in details.signals]
        return cls(
            **_item_fields(stored.summary),
            descent_m=totals.descent_m,
            average_speed_m_per_s=totals.average_speed_m_per_s,
            average_temperature_c=totals.average_temperature_c,
            source_id=stored.source_id,
            content_sha256=stored.content_sha256.hex(),
            file_format=stored.file_format,
            warnings=[WarningAnswer(code=one.code, message=one.message) for one in details.warnings],
            device_reported={_camel(name): value for name, value in details.device_reported.items()},
            missing=list(details.missing),
            stream_keys=[*keys, PACE_KEY] if SPEED in details.signals else keys,
            pauses=[PauseAnswer(start_s=one.start_s, end_s=one.end_s) for one in details.pauses],
            laps=[LapAnswer.of(lap) for lap in details.laps],
            splits=SplitsAnswer(
                km=[SplitAnswer.of(split) for split in details.splits_km],
                mile=[SplitAnswer.of(split) for split in details.splits_mile],
            ),
            best_efforts=[
                *(BestEffortAnswer.of(effort) for effort in details.distance_efforts),
                *(BestEffortAnswer.of(effort) for effort in details.mean_efforts),
            ],
        )


class StreamsAnswer(ApiModel):
    activity_id: uuid.UUID
    resolution: str
    time_s: list[float]
    streams: dict[str, list[float | None]]
    units: dict[str, str]


def _item_fields(summary: ActivitySummary) -> dict[str, Any]:
    own = {"id": summary.activity_id, "source": summary.road}
    for name in ActivityItem.model_fields.keys() - own.keys():
        own[name] = getattr(summary.totals if hasattr(summary.totals, name) else summary, name)
    return own


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
