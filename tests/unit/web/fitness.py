"""``GET /fitness`` as coach_agent gives it, for the views."""

from __future__ import annotations

from typing import Any

from tests.unit.web.activities import ID


def week(first: str, last: str, **changes: Any) -> dict[str, Any]:
    return {
        "firstDate": first,
        "lastDate": last,
        "runs": 3,
        "distanceM": 30_000.0,
        "movingS": 10_800.0,
        "ascentM": 120.0,
        "longestS": 5400.0,
        "load": 251.6,
        "intensity": {"easyS": 9000.0, "moderateS": 600.0, "hardS": 400.0},
        **changes,
    }


def rest_week(first: str, last: str) -> dict[str, Any]:
    nothing = {"easyS": 0.0, "moderateS": 0.0, "hardS": 0.0}
    return week(first, last, runs=0, distanceM=0.0, movingS=0.0, longestS=0.0, load=0.0, intensity=nothing)


def now(**changes: Any) -> dict[str, Any]:
    paces = ("easy", "marathon", "threshold", "interval", "repetition")
    return {
        "date": "2026-11-20",
        "fitness": 48.2,
        "fatigue": 57.0,
        "form": -8.6,
        "ramp": 1.42,
        "acuteChronicRatio": 1.12,
        "acuteChronicEwmaRatio": 1.08,
        "monotony": 1.31,
        "strain": 512.0,
        "raceEquivalenceIndex": {"value": 46.0, "low": 44.5, "high": 47.3},
        "criticalSpeed": {"speedMPerS": {"value": 4.0, "low": 3.9, "high": 4.1}, "reserveM": 182.0, "efforts": 5},
        "trainingPaces": {
            name: {"fastSPerKm": 330.0 - 20 * place, "slowSPerKm": 390.0 - 20 * place}
            for place, name in enumerate(paces)
        },
        "predictions": [{"distanceM": 21_097.5, "timeS": 5800.0, "lowS": 5560.0, "highS": 6180.0, "riegelS": 5890.0}],
        **changes,
    }


def fitness(**changes: Any) -> dict[str, Any]:
    this_week = week("2026-11-16", "2026-11-22", runs=1, distanceM=10_000.0)
    return {
        "days": [],
        "now": now(),
        "weeks": [
            rest_week("2026-10-26", "2026-11-01"),
            week("2026-11-02", "2026-11-08", distanceM=40_000.0),
            rest_week("2026-11-09", "2026-11-15"),
            this_week,
        ],
        "windows": dict.fromkeys(("last7Days", "last28Days", "last12Weeks"), this_week),
        "records": [{"distanceM": 21_097, "elapsedS": 5900.0, "date": "2025-10-19", "activityId": ID}],
        "readiness": {"light": "amber", "reasons": [reason("sleepShort", "amber"), reason("notEnoughData", "unknown")]},
        "runs": 197,
        "pending": 0,
        "missing": [],
        "charts": [{"id": ID, "kind": "fitness", "title": "Load and form", "description": "One bar a day."}],
        "contextOnly": "They are context and do not predict injuries.",
        **changes,
    }


def reason(code: str, light: str) -> dict[str, Any]:
    known = light != "unknown"
    return {
        "signal": "sleep" if known else "load",
        "code": code,
        "text": "You slept clearly less than usual last night." if known else "There are too few weeks of training.",
        "light": light,
        "value": 18_900.0 if known else None,
        "usual": 26_500.0 if known else None,
        "unit": "s" if known else "load",
    }


def nothing_known() -> dict[str, Any]:
    """Of a runner who has not brought in anything."""
    unknown = now() | dict.fromkeys(now(), None) | {"date": "2026-11-20", "predictions": []}
    empty = rest_week("2026-11-16", "2026-11-22")
    return fitness(
        now=unknown,
        weeks=[],
        windows=dict.fromkeys(("last7Days", "last28Days", "last12Weeks"), empty),
        records=[],
        runs=0,
        charts=[],
        missing=[{"key": "activities", "text": "There are no activities yet."}],
    )
