"""From the summaries of Garmin's partner programme to the runner's local days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from services.garmin_ingest.domain.garmin.figures import date, kilograms, moment, number, offset_s, whole
from services.garmin_ingest.domain.garmin.models import WellnessDay

Json = Mapping[str, Any]


def wellness_day(kind: str, summary: Json) -> WellnessDay | None:
    """The figures that one summary has for its day; None where it has none, or no day."""
    fields = {name: value for name, value in _FIGURES[kind](summary).items() if value is not None}
    day = local_day(summary)
    return None if day is None or not fields else WellnessDay(day, **fields)


def local_day(summary: Json) -> dt.date | None:
    """The day that Garmin names, else the runner's day at the time, by the offset that comes with it.

    A night belongs to the day it ended on, as Garmin has it.
    """
    named = date(summary.get("calendarDate"))
    if named is not None:
        return named
    for start, offset in (("measurementTimeInSeconds", "measurementTimeOffsetInSeconds"), _START):
        at = moment(summary.get(start))
        if at is not None:
            return (at + dt.timedelta(seconds=offset_s(summary.get(offset)) or 0)).date()
    return None


_START = ("startTimeInSeconds", "startTimeOffsetInSeconds")


def _sleep(summary: Json) -> dict[str, Any]:
    start, asleep_s = moment(summary.get("startTimeInSeconds")), whole(summary.get("durationInSeconds"))
    awake_s = whole(summary.get("awakeDurationInSeconds"))
    score = summary.get("overallSleepScore")
    # Its duration leaves out what was spent awake or not measured.
    in_bed = (asleep_s, awake_s or 0, whole(summary.get("unmeasurableSleepInSeconds")) or 0)
    return {
        "sleep_start": start,
        "sleep_end": None if start is None or asleep_s is None else start + dt.timedelta(seconds=sum(in_bed)),  # type: ignore[arg-type]
        "sleep_s": asleep_s,
        "deep_sleep_s": whole(summary.get("deepSleepDurationInSeconds")),
        "light_sleep_s": whole(summary.get("lightSleepDurationInSeconds")),
        "rem_sleep_s": whole(summary.get("remSleepInSeconds")),
        "awake_s": awake_s,
        "sleep_score": whole(score.get("value")) if isinstance(score, Mapping) else None,
    }


def _hrv(summary: Json) -> dict[str, Any]:
    return {"hrv_rmssd_ms": number(summary.get("lastNightAvg"))}


def _daily(summary: Json) -> dict[str, Any]:
    return {"resting_heart_rate_bpm": number(summary.get("restingHeartRateInBeatsPerMinute"))}


def _body(summary: Json) -> dict[str, Any]:
    return {"weight_kg": kilograms(summary.get("weightInGrams"))}


_FIGURES: Mapping[str, Callable[[Json], dict[str, Any]]] = {
    "sleeps": _sleep, "hrv": _hrv, "dailies": _daily, "bodyComps": _body,
}  # fmt: skip
WELLNESS_KINDS = frozenset(_FIGURES)
