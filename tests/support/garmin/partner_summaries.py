"""The summaries that Garmin's partner programme sends of what a simulated account holds."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from tests.support.garmin.world import SimulatedAccount, SimulatedActivity, SimulatedDay

ALL_PERMISSIONS = ["ACTIVITY_EXPORT", "HEALTH_EXPORT", "HISTORICAL_DATA_EXPORT"]


def user_id(account: SimulatedAccount) -> str:
    """What the partner programme calls an account: hexadecimal, and nothing like the id of the web's interface."""
    return hashlib.md5(str(account.garmin_id).encode()).hexdigest()


def summaries(account: SimulatedAccount, kind: str, first: dt.datetime, last: dt.datetime) -> list[dict[str, Any]]:
    """Those of one kind that begin in the range; ``last`` is not part of it."""
    if kind == "activities":
        return [activity_summary(account, one) for one in account.newest_first() if first <= one.run.start < last]
    make = {"dailies": _daily, "sleeps": _sleep, "hrv": _hrv, "bodyComps": _body}[kind]
    found = []
    for day, one in sorted(account.days.items()):
        midnight = dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(seconds=one.utc_offset_s)
        if first <= midnight < last and (summary := make(day, one, int(midnight.timestamp()))):
            found.append({"userId": user_id(account), "summaryId": f"{kind}-{day}", **summary})
    return found


def activity_summary(account: SimulatedAccount, activity: SimulatedActivity) -> dict[str, Any]:
    run = activity.run
    return {
        "userId": user_id(account), "summaryId": str(activity.activity_id), "activityId": activity.activity_id,
        "activityName": activity.name, "activityType": activity.type_key.upper(),
        "startTimeInSeconds": int(run.start.timestamp()), "startTimeOffsetInSeconds": run.utc_offset_s,
        "durationInSeconds": int(run.timer_s), "distanceInMeters": run.distance_m,
    }  # fmt: skip


def _daily(day: dt.date, one: SimulatedDay, midnight_s: int) -> dict[str, Any]:
    rate = (
        {} if one.resting_heart_rate_bpm is None else {"restingHeartRateInBeatsPerMinute": one.resting_heart_rate_bpm}
    )
    return {
        "calendarDate": day.isoformat(), "startTimeInSeconds": midnight_s, "startTimeOffsetInSeconds": one.utc_offset_s,
        "durationInSeconds": 86_400, **rate,
    }  # fmt: skip


def _sleep(day: dt.date, one: SimulatedDay, midnight_s: int) -> dict[str, Any] | None:
    """A night that ended at seven in the morning, local time, half an hour of it awake."""
    if one.sleep_s is None:
        return None
    start_s = midnight_s + 7 * 3600 - one.sleep_s - 1800
    score = {} if one.sleep_score is None else {"overallSleepScore": {"value": one.sleep_score, "qualifierKey": "GOOD"}}
    return {
        "calendarDate": day.isoformat(), "startTimeInSeconds": start_s, "startTimeOffsetInSeconds": one.utc_offset_s,
        "durationInSeconds": one.sleep_s, "deepSleepDurationInSeconds": 5000, "lightSleepDurationInSeconds": 12_000,
        "remSleepInSeconds": one.sleep_s - 17_000, "awakeDurationInSeconds": 1800, "unmeasurableSleepInSeconds": 0,
        "validation": "ENHANCED_FINAL", **score,
    }  # fmt: skip


def _hrv(day: dt.date, one: SimulatedDay, midnight_s: int) -> dict[str, Any] | None:
    if one.hrv_rmssd_ms is None:
        return None
    return {
        "calendarDate": day.isoformat(), "startTimeInSeconds": midnight_s, "startTimeOffsetInSeconds": one.utc_offset_s,
        "lastNightAvg": one.hrv_rmssd_ms, "lastNight5MinHigh": one.hrv_rmssd_ms + 20, "hrvValues": {"300": 40},
    }  # fmt: skip


def _body(_: dt.date, one: SimulatedDay, midnight_s: int) -> dict[str, Any] | None:
    """Weighed at half past six in the morning, local time."""
    if one.weight_g is None:
        return None
    return {
        "measurementTimeInSeconds": midnight_s + 6 * 3600 + 1800, "measurementTimeOffsetInSeconds": one.utc_offset_s,
        "weightInGrams": int(one.weight_g), "bodyFatInPercent": 17.5,
    }  # fmt: skip
