"""Days as Garmin Connect describes them: the same keys and types as in recorded answers, with made-up values.

Resting heart rate by range is in no public recording; its shape is the one that readers of it agree on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tests.support.garmin.world import SimulatedAccount, SimulatedDay

_AWAKE_S = 600
_COMPOSITION = (
    "bmi",
    "bodyFat",
    "bodyWater",
    "boneMass",
    "muscleMass",
    "physiqueRating",
    "visceralFat",
    "metabolicAge",
)


def sleep(account: SimulatedAccount, date: dt.date) -> dict[str, Any]:
    day = account.days.get(date, SimulatedDay())
    length_s, score = day.sleep_s, day.sleep_score
    body: dict[str, Any] = {
        "id": None,
        "userProfilePK": account.garmin_id,
        "calendarDate": date.isoformat(),
        "sleepTimeSeconds": length_s,
        **dict.fromkeys(_NIGHT),
        "deviceRemCapable": length_s is not None,
        "retro": False,
    }
    if length_s is not None:
        body |= _night(date, day, length_s)
    if score is not None:
        body["sleepScores"] = {"overall": {"value": score, "qualifierKey": "GOOD"}}
    return {
        "dailySleepDTO": body,
        "sleepMovement": [],
        "remSleepData": None if length_s is None else True,
        "sleepLevels": [],
    }


_NIGHT = (
    "napTimeSeconds", "sleepWindowConfirmed", "sleepWindowConfirmationType", "sleepStartTimestampGMT",
    "sleepEndTimestampGMT", "sleepStartTimestampLocal", "sleepEndTimestampLocal", "autoSleepStartTimestampGMT",
    "autoSleepEndTimestampGMT", "sleepQualityTypePK", "sleepResultTypePK", "unmeasurableSleepSeconds",
    "deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds", "awakeSleepSeconds",
)  # fmt: skip


def _night(date: dt.date, day: SimulatedDay, length_s: int) -> dict[str, Any]:
    end_local_ms = _ms(dt.datetime.combine(date, dt.time(7), dt.UTC))
    start_local_ms = end_local_ms - (length_s + _AWAKE_S) * 1000
    deep_s = rem_s = length_s // 5
    return {
        "id": start_local_ms - day.utc_offset_s * 1000,
        "napTimeSeconds": 0,
        "sleepWindowConfirmed": True,
        "sleepWindowConfirmationType": "enhanced_confirmed_final",
        "sleepStartTimestampLocal": start_local_ms,
        "sleepEndTimestampLocal": end_local_ms,
        "sleepStartTimestampGMT": start_local_ms - day.utc_offset_s * 1000,
        "sleepEndTimestampGMT": end_local_ms - day.utc_offset_s * 1000,
        "unmeasurableSleepSeconds": 0,
        "deepSleepSeconds": deep_s,
        "lightSleepSeconds": length_s - deep_s - rem_s,
        "remSleepSeconds": rem_s,
        "awakeSleepSeconds": _AWAKE_S,
    }


def heart_rate_variability(account: SimulatedAccount, first: dt.date, last: dt.date) -> dict[str, Any]:
    summaries = [
        {
            "calendarDate": date.isoformat(),
            "weeklyAvg": day.hrv_rmssd_ms,
            "lastNightAvg": day.hrv_rmssd_ms,
            "lastNight5MinHigh": day.hrv_rmssd_ms + 20,
            "baseline": {"lowUpper": 36, "balancedLow": 39, "balancedUpper": 52, "markerValue": 0.25},
            "status": "BALANCED",
            "feedbackPhrase": "HRV_BALANCED_7",
            "createTimeStamp": f"{date}T05:30:00.0",
        }
        for date, day in _days(account, first, last)
        if day.hrv_rmssd_ms is not None
    ]
    return {"hrvSummaries": summaries, "userProfilePk": account.garmin_id}


def resting_heart_rate(account: SimulatedAccount, first: dt.date, last: dt.date) -> dict[str, Any]:
    values = [
        {"value": float(day.resting_heart_rate_bpm), "calendarDate": date.isoformat()}
        for date, day in _days(account, first, last)
        if day.resting_heart_rate_bpm is not None
    ]
    return {
        "userProfileId": account.garmin_id,
        "statisticsStartDate": first.isoformat(),
        "statisticsEndDate": last.isoformat(),
        "allMetrics": {"metricsMap": {"WELLNESS_RESTING_HEART_RATE": values}},
        "groupedMetrics": None,
    }


def weights(account: SimulatedAccount, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Newest first."""
    nothing = {"samplePk": None, "date": None, "calendarDate": None, "weight": None, **dict.fromkeys(_COMPOSITION),
               "sourceType": None, "timestampGMT": None, "weightDelta": None}  # fmt: skip
    summaries = [
        _weighed(date, day.weight_g, day.utc_offset_s)
        for date, day in reversed(list(_days(account, first, last)))
        if day.weight_g is not None
    ]
    grams = [summary["minWeight"] for summary in summaries]
    average = {
        "from": _ms(dt.datetime.combine(first, dt.time(), dt.UTC)),
        "until": _ms(dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), dt.UTC)) - 1,
        "weight": sum(grams) / len(grams) if grams else None,
        **dict.fromkeys(_COMPOSITION),
    }
    return {
        "dailyWeightSummaries": summaries,
        "totalAverage": average,
        "previousDateWeight": nothing,
        "nextDateWeight": nothing,
    }


def _weighed(date: dt.date, weight_g: float, utc_offset_s: int) -> dict[str, Any]:
    local_ms = _ms(dt.datetime.combine(date, dt.time(7), dt.UTC))
    metrics = {
        "samplePk": local_ms,
        "date": local_ms,
        "calendarDate": date.isoformat(),
        "weight": weight_g,
        **dict.fromkeys(_COMPOSITION),
        "sourceType": "MANUAL",
        "timestampGMT": local_ms - utc_offset_s * 1000,
        "weightDelta": 0.0,
    }
    return {
        "summaryDate": date.isoformat(),
        "numOfWeightEntries": 1,
        "minWeight": weight_g,
        "maxWeight": weight_g,
        "latestWeight": metrics,
        "allWeightMetrics": [metrics],
    }


def _days(account: SimulatedAccount, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, SimulatedDay]]:
    for date, day in sorted(account.days.items()):
        if first <= date <= last:
            yield date, day


def _ms(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)
