"""An activity as it is kept and read back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from services.garmin_ingest.domain.models import (
    Activity,
    DistanceEffort,
    FileFormat,
    Lap,
    MeanEffort,
    Pause,
    RecordingWarning,
    Road,
    Split,
    Totals,
)


@dataclass(frozen=True, slots=True)
class ActivityDetails:
    """The parts of an activity that are only read together."""

    pauses: tuple[Pause, ...]
    laps: tuple[Lap, ...]
    splits_km: tuple[Split, ...]
    splits_mile: tuple[Split, ...]
    distance_efforts: tuple[DistanceEffort, ...]
    mean_efforts: tuple[MeanEffort, ...]
    missing: tuple[str, ...]
    warnings: tuple[RecordingWarning, ...]
    device_reported: Mapping[str, float]
    signals: tuple[str, ...]

    @classmethod
    def of(cls, activity: Activity) -> ActivityDetails:
        return cls(
            pauses=activity.pauses,
            laps=activity.laps,
            splits_km=activity.splits_km,
            splits_mile=activity.splits_mile,
            distance_efforts=activity.distance_efforts,
            mean_efforts=activity.mean_efforts,
            missing=activity.missing,
            warnings=activity.warnings,
            device_reported=activity.device_reported,
            signals=tuple(activity.streams.columns),
        )


@dataclass(frozen=True, slots=True)
class ActivitySummary:
    """``version`` grows with each change. ``road`` says how the activity came in."""

    activity_id: uuid.UUID
    version: int
    sport: str
    sub_sport: str | None
    start_time: dt.datetime
    utc_offset_s: int
    local_date: dt.date
    name: str | None
    device: str | None
    totals: Totals
    road: Road


@dataclass(frozen=True, slots=True)
class StoredActivity:
    """``packed`` says that the original is a .gz of its format."""

    summary: ActivitySummary
    details: ActivityDetails
    source_id: str | None
    content_sha256: bytes
    file_format: FileFormat
    packed: bool


@dataclass(frozen=True, slots=True)
class ListFilter:
    """``first_day`` and ``last_day`` are local dates, both included. ``after`` is the last item of the page before."""

    limit: int
    sport: str | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    after: tuple[dt.datetime, uuid.UUID] | None = None
