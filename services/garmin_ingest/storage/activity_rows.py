"""Rows of the table ``activity`` and the models they stand for."""

from __future__ import annotations

import dataclasses
from typing import Any

import asyncpg
from pydantic import TypeAdapter

from services.garmin_ingest.domain.imports import Candidate
from services.garmin_ingest.domain.models import Totals
from services.garmin_ingest.domain.stored import ActivityDetails, ActivitySummary, StoredActivity
from shared.personal import UserCipher

TOTALS = tuple(field.name for field in dataclasses.fields(Totals))
SUMMARY = (
    "activity_id, version, sport, sub_sport, start_time, utc_offset_s, local_date, name_sealed, device, road, "
    + ", ".join(TOTALS)
)
STORED = f"{SUMMARY}, details, source_id, content_sha256, file_format, packed"

_details = TypeAdapter(ActivityDetails)


def to_columns(candidate: Candidate, cipher: UserCipher) -> dict[str, Any]:
    """Everything a recording decides about its row, by column name."""
    activity = candidate.activity
    name, serial = activity.name, activity.device_serial
    return {
        "sport": activity.sport,
        "sub_sport": activity.sub_sport,
        "start_time": activity.start_time,
        "utc_offset_s": activity.utc_offset_s,
        "local_date": activity.local_date,
        "duration_s": candidate.outline.duration_s,
        "richness": list(candidate.richness),
        "file_format": activity.file_format,
        "road": candidate.origin.arrival.road,
        "source_id": candidate.origin.arrival.source_id,
        "content_sha256": candidate.origin.content_sha256,
        "packed": candidate.origin.packed,
        "name_sealed": None if name is None else cipher.encrypt(name),
        "device": activity.device,
        "device_serial_sealed": None if serial is None else cipher.encrypt(serial),
        "details": activity.details,
        **{figure: getattr(activity.totals, figure) for figure in TOTALS},
    }


def to_summary(row: asyncpg.Record, cipher: UserCipher) -> ActivitySummary:
    sealed = row["name_sealed"]
    return ActivitySummary(
        activity_id=row["activity_id"],
        version=row["version"],
        sport=row["sport"],
        sub_sport=row["sub_sport"],
        start_time=row["start_time"],
        utc_offset_s=row["utc_offset_s"],
        local_date=row["local_date"],
        name=None if sealed is None else cipher.decrypt(sealed),
        device=row["device"],
        totals=Totals(**{figure: row[figure] for figure in TOTALS}),
        road=row["road"],
    )


def to_stored(row: asyncpg.Record, cipher: UserCipher) -> StoredActivity:
    return StoredActivity(
        summary=to_summary(row, cipher),
        details=_details.validate_json(row["details"]),
        source_id=row["source_id"],
        content_sha256=row["content_sha256"],
        file_format=row["file_format"],
        packed=row["packed"],
    )
