"""Activities as garmin_ingest gives them, for the views."""

from __future__ import annotations

from typing import Any

ID = "0199aaaa-0000-7000-8000-000000000001"


def item(**changes: Any) -> dict[str, Any]:
    """An entry of ``GET /activities``."""
    return {
        "id": ID,
        "version": 1,
        "sport": "running",
        "subSport": None,
        "startTime": "2026-11-18T06:30:00Z",
        "utcOffsetS": 3600,
        "localDate": "2026-11-18",
        "name": None,
        "distanceM": 10_000.0,
        "elapsedS": 3000.0,
        "timerS": 3000.0,
        "movingS": 3000.0,
        "ascentM": 42.0,
        "averageHeartRateBpm": 150.0,
        "maxHeartRateBpm": 170.0,
        "averageCadenceSpm": 172.0,
        "averagePowerW": None,
        "source": "upload",
        "device": "Test watch",
        **changes,
    }


def activity(**changes: Any) -> dict[str, Any]:
    """``GET /activities/{id}``."""
    split = {"startS": 0.0, "movingS": 300.0, "paceSPerKm": 300.0, "averageHeartRateBpm": 150.0, "ascentM": 4.0}
    lap = {"startS": 0.0, "maxHeartRateBpm": 170.0, "averageCadenceSpm": 172.0, "averagePowerW": None, "ascentM": None}
    return {
        **item(),
        "averageTemperatureC": 14.0,
        "warnings": [],
        "missing": [],
        "streamKeys": ["heartRate"],
        "pauses": [],
        "laps": [
            {**lap, "index": 0, "elapsedS": 300.0, "timerS": 300.0, "distanceM": 1000.0, "averageHeartRateBpm": 150.0},
            {**lap, "index": 1, "elapsedS": 240.0, "timerS": 240.0, "distanceM": 1000.0, "averageHeartRateBpm": None},
        ],
        "splits": {
            "km": [
                {**split, "index": 0, "elapsedS": 300.0, "distanceM": 1000.0, "partial": False},
                {**split, "index": 1, "elapsedS": 360.0, "movingS": 360.0, "distanceM": 1000.0, "partial": False},
                {**split, "index": 2, "elapsedS": 100.0, "movingS": 100.0, "distanceM": 310.0, "partial": True},
            ],
            "mile": [
                {**split, "index": 0, "elapsedS": 480.0, "movingS": 480.0, "distanceM": 1609.344, "partial": False}
            ],
        },
        "bestEfforts": [
            {"kind": "distance", "distanceM": 1000.0, "elapsedS": 290.0, "startS": 0.0},
            {"kind": "distance", "distanceM": 21_097.5, "elapsedS": 6300.0, "startS": 0.0},
            {"kind": "heartRate", "durationS": 300, "value": 165.0, "startS": 0.0},
        ],
        **changes,
    }


def analysis(**changes: Any) -> dict[str, Any]:
    """``GET /activities/{id}/analysis``."""
    source = {"kind": "activity", "id": ID}
    return {
        "activityId": ID,
        "sessionKind": {"kind": "easy", "reason": "Nothing makes it another kind."},
        "lines": {
            "sessionDiagnosis": "Genuinely easy: 80 % of the time.",
            "primaryLimiter": "None.",
            "performanceLever": "Time.",
            "nextCue": "Again.",
        },
        "description": "10.00 km in 50:00.\n\nMore.",
        "facts": [
            {"id": "distance", "label": "distance", "value": 1e4, "unit": "m", "text": "10.00 km", "source": source},
            {"id": "easyShare", "label": "easyShare", "value": 80, "unit": "%", "text": "80 %", "source": source},
            {"id": "load", "label": "load", "value": 59, "unit": "load", "text": "59", "source": source},
        ],
        "charts": [{"id": ID, "kind": "run", "title": "Pace and heart rate", "description": "Over 50:00."}],
        "zones": {
            "basis": "maximum",
            "basisText": "your maximal heart rate",
            "zones": [
                {"zone": 1, "fromBpm": None, "toBpm": 119.0, "timeS": 600.0, "sharePct": 20.0},
                {"zone": 2, "fromBpm": 119.0, "toBpm": 139.0, "timeS": 1200.0, "sharePct": 40.0},
                {"zone": 3, "fromBpm": 139.0, "toBpm": 158.0, "timeS": 1200.0, "sharePct": 40.0},
                {"zone": 4, "fromBpm": 158.0, "toBpm": 178.0, "timeS": 0.0, "sharePct": 0.0},
                {"zone": 5, "fromBpm": 178.0, "toBpm": None, "timeS": 0.0, "sharePct": 0.0},
            ],
        },
        "missing": [{"key": "power", "text": "Power was not recorded."}],
        **changes,
    }
