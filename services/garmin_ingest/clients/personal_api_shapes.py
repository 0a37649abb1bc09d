"""What Garmin's Personal API is taken to answer, as values of ours: unknown fields ignored, missing ones None."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from services.garmin_ingest.clients.garmin_http import unwell
from services.garmin_ingest.domain.garmin.figures import date, kilograms, moment_of_ms, number, text, whole
from services.garmin_ingest.domain.garmin.models import Account, RemoteActivity, WellnessDay

Json = Mapping[str, Any]


def account(profile: Any) -> Account:
    """Raises GarminUnavailable where the answer names nobody."""
    found = profile if isinstance(profile, Mapping) else {}
    identifier = found.get("profileId") or found.get("id")
    if identifier is None:
        raise unwell()
    name = text(found.get("userName")) or text(found.get("fullName")) or text(found.get("displayName"))
    return Account(str(identifier), name or "Garmin account")


def remote_activities(answer: Any) -> list[RemoteActivity]:
    """Those of a page that have an id and a start; raises GarminUnavailable for what is no page."""
    items = answer.get("activities") if isinstance(answer, Mapping) else answer
    if not isinstance(items, list):
        raise unwell()
    found = (_remote_activity(item) for item in items if isinstance(item, Mapping))
    return [activity for activity in found if activity is not None]


def _remote_activity(item: Json) -> RemoteActivity | None:
    identifier = item.get("activityId")
    start = _naive_utc(item.get("startTimeGMT")) or moment_of_ms(item.get("beginTimestamp"))
    source_id = text(str(identifier)) if isinstance(identifier, int | str) else None
    if source_id is None or start is None:
        return None
    kind = item.get("activityType")
    return RemoteActivity(
        source_id=source_id,
        start_time=start,
        utc_offset_s=_offset_s(_naive_utc(item.get("startTimeLocal")), start),
        name=text(item.get("activityName")),
        sport=text(kind.get("typeKey")) if isinstance(kind, Mapping) else text(kind),
        sub_sport=None,
        duration_s=number(item.get("duration")),
        distance_m=number(item.get("distance")),
    )


def sleeps(answer: Any) -> dict[dt.date, dict[str, Any]]:
    """The fields of a WellnessDay that come from nights."""
    return {day: _night(values) for day, values in _days(answer, "individualStats") if values}


def _night(item: Json) -> dict[str, Any]:
    inner = item.get("values")
    values: Json = inner if isinstance(inner, Mapping) else item
    return {
        "sleep_start": moment_of_ms(values.get("gmtSleepStartTimeInMillis")),
        "sleep_end": moment_of_ms(values.get("gmtSleepEndTimeInMillis")),
        "sleep_s": whole(values.get("totalSleepTimeInSeconds")),
        "deep_sleep_s": whole(values.get("deepTime")),
        "light_sleep_s": whole(values.get("lightTime")),
        "rem_sleep_s": whole(values.get("remTime")),
        "awake_s": whole(values.get("awakeTime")),
        "sleep_score": whole(values.get("sleepScore")),
    }


def heart_rate_variability(answer: Any) -> dict[dt.date, dict[str, Any]]:
    return {day: {"hrv_rmssd_ms": number(item.get("lastNightAvg"))} for day, item in _days(answer, "hrvSummaries")}


def dailies(answer: Any) -> dict[dt.date, dict[str, Any]]:
    found = {}
    for day, item in _days(answer, "dailies"):
        inner = item.get("values")
        values: Json = inner if isinstance(inner, Mapping) else item
        rate = values.get("restingHeartRate", values.get("restingHR"))
        found[day] = {"resting_heart_rate_bpm": number(rate)}
    return found


def weights(answer: Any) -> dict[dt.date, dict[str, Any]]:
    """The last weight of each day, in kg; Garmin gives grams."""
    return {day: {"weight_kg": kilograms(_latest_weight(item))} for day, item in _days(answer, "dailyWeightSummaries")}


def _latest_weight(item: Json) -> Any:
    latest = item.get("latestWeight")
    return latest.get("weight") if isinstance(latest, Mapping) else item.get("weight")


def wellness_days(*parts: Mapping[dt.date, Mapping[str, Any]]) -> list[WellnessDay]:
    """One day for each date that any part has a figure for, in order."""
    merged: dict[dt.date, dict[str, Any]] = {}
    for part in parts:
        for day, fields in part.items():
            known = {name: value for name, value in fields.items() if value is not None}
            if known:
                merged.setdefault(day, {}).update(known)
    return [WellnessDay(day, **fields) for day, fields in sorted(merged.items())]


def _days(answer: Any, key: str) -> list[tuple[dt.date, Json]]:
    """(date, item) of a list that stands alone or under ``key``; raises GarminUnavailable for something else."""
    items: Any = [] if answer is None else answer
    if isinstance(items, Mapping):
        items = items.get(key) or []
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise unwell()
    found = []
    for item in items:
        day = date(item.get("calendarDate", item.get("summaryDate"))) if isinstance(item, Mapping) else None
        if day is not None:
            found.append((day, item))
    return found


def _offset_s(local: dt.datetime | None, start: dt.datetime) -> int | None:
    """None for what no place on earth has: offsets are whole quarters of an hour, from -12 h to +14 h."""
    offset_s = None if local is None else round((local - start).total_seconds())
    if offset_s is None or offset_s % 900 or not -43_200 <= offset_s <= 50_400:
        return None
    return offset_s


def _naive_utc(value: Any) -> dt.datetime | None:
    """A time that Garmin writes without a zone: as if it were UTC, which ``...GMT`` is and ``...Local`` is not."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if moment is None else moment.replace(tzinfo=dt.UTC)
