"""Activities as Garmin Connect describes them: the same keys and types as in recorded answers, with made-up values."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from typing import Any

from tests.support.builders import ShortRun
from tests.support.garmin.world import SimulatedAccount, SimulatedActivity

# Garmin's numbers of its types; a type with a parent other than running is given here with it.
_TYPES = {
    "running": (1, 17),
    "trail_running": (6, 1),
    "treadmill_running": (18, 1),
    "track_running": (8, 1),
    "cycling": (2, 17),
    "hiking": (3, 17),
    "walking": (9, 17),
}


def listed(account: SimulatedAccount, activity: SimulatedActivity) -> dict[str, Any]:
    """One item of the list."""
    run = activity.run
    end = run.start + dt.timedelta(seconds=run.elapsed_s)
    distance_m, laps = _measured(run)
    speed = distance_m / run.timer_s
    return {
        "activityId": activity.activity_id,
        "activityName": activity.name,
        "startTimeLocal": f"{activity.start_local:%Y-%m-%d %H:%M:%S}",
        "startTimeGMT": f"{run.start:%Y-%m-%d %H:%M:%S}",
        "endTimeGMT": f"{end:%Y-%m-%d %H:%M:%S}",
        "beginTimestamp": int(run.start.timestamp() * 1000),
        "activityType": _type(activity),
        "eventType": {"typeId": 9, "typeKey": "uncategorized", "sortOrder": 10},
        "privacy": {"typeId": 2, "typeKey": "private"},
        "distance": distance_m,
        "duration": run.timer_s,
        "movingDuration": run.timer_s,
        "elapsedDuration": run.elapsed_s,
        "averageSpeed": speed,
        "maxSpeed": speed,
        "ownerId": account.garmin_id,
        "ownerDisplayName": account.display_name,
        "ownerFullName": "Simulated Runner",
        "deviceId": run.device_serial,
        "manufacturer": "GARMIN",
        "locationName": "Nowhere",
        "timeZoneId": 124,
        "sportTypeId": 1,
        "lapCount": laps,
        "splitSummaries": [],
        "summarizedDiveInfo": {"summarizedDiveGases": []},
        **_FIGURES,
        **dict.fromkeys(_FLAGS, False),
        **{f"hrTimeInZone_{zone}": 0.0 for zone in range(1, 6)},
    }


@functools.lru_cache(maxsize=5000)
def _measured(run: ShortRun) -> tuple[float, int]:
    """Distance in metres and number of laps, which are counted sample by sample."""
    recording = run.recording()
    return float(recording.signals["distance_m"][-1]), len(recording.laps)


_FIGURES = {
    "startLatitude": 47.0,
    "startLongitude": 13.0,
    "endLatitude": 47.1,
    "endLongitude": 13.0,
    "calories": 400.0,
    "bmrCalories": 50.0,
    "averageHR": 150.0,
    "maxHR": 165.0,
    "aerobicTrainingEffect": 2.5,
    "anaerobicTrainingEffect": 0.0,
    "trainingEffectLabel": "AEROBIC_BASE",
    "aerobicTrainingEffectMessage": "MAINTAINING_AEROBIC_BASE_7",
    "anaerobicTrainingEffectMessage": "NO_ANAEROBIC_BENEFIT_0",
    "activityTrainingLoad": 50.5,
    "minActivityLapDuration": 300.0,
    "waterEstimated": 350.0,
    "moderateIntensityMinutes": 10,
    "vigorousIntensityMinutes": 20,
    "differenceBodyBattery": -5,
}
_FLAGS = (
    "hasPolyline", "hasImages", "hasVideo", "hasSplits", "hasHeatMap", "userPro", "qualifyingDive", "decoDive",
    "autoCalcCalories", "favorite", "elevationCorrected", "atpActivity", "purposeful", "manualActivity", "pr", "parent",
)  # fmt: skip


def described(account: SimulatedAccount, activity: SimulatedActivity) -> dict[str, Any]:
    """The page of one activity, with what of it anybody reads."""
    run = activity.run
    distance_m, laps = _measured(run)
    return {
        "activityId": activity.activity_id,
        "activityUUID": {"uuid": str(uuid.UUID(int=activity.activity_id))},
        "activityName": activity.name,
        "userProfileId": account.garmin_id,
        "isMultiSportParent": False,
        "activityTypeDTO": _type(activity),
        "eventTypeDTO": {"typeId": 9, "typeKey": "uncategorized", "sortOrder": 10},
        "accessControlRuleDTO": {"typeId": 2, "typeKey": "private"},
        "timeZoneUnitDTO": {"unitId": 124, "unitKey": "Europe/Paris", "factor": 0.0, "timeZone": "Europe/Paris"},
        "metadataDTO": {
            "isOriginal": True,
            "fileFormat": {"formatId": 7, "formatKey": "fit"},
            "lastUpdateDate": f"{run.start:%Y-%m-%dT%H:%M:%S}.0",
            "uploadedDate": f"{run.start:%Y-%m-%dT%H:%M:%S}.0",
            "manufacturer": "GARMIN",
            "lapCount": laps,
            "childIds": [],
            "manualActivity": False,
            "trimmed": False,
        },
        "summaryDTO": {
            "startTimeLocal": f"{activity.start_local:%Y-%m-%dT%H:%M:%S}.0",
            "startTimeGMT": f"{run.start:%Y-%m-%dT%H:%M:%S}.0",
            "distance": distance_m,
            "duration": run.timer_s,
            "movingDuration": run.timer_s,
            "elapsedDuration": run.elapsed_s,
        },
    }


def _type(activity: SimulatedActivity) -> dict[str, Any]:
    type_id, parent = _TYPES.get(activity.type_key, (4, 17))
    return {
        "typeId": type_id,
        "typeKey": activity.type_key,
        "parentTypeId": parent,
        "isHidden": False,
        "restricted": False,
        "trimmable": True,
    }
