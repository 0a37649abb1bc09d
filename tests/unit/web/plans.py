"""``GET /training-plans/active`` as coach_agent gives it, for the views."""

from __future__ import annotations

from typing import Any

from tests.unit.web.activities import ID

SESSION = "0199aaaa-0000-7000-8000-0000000000d1"
GOAL = {
    "goal": "race",
    "raceDate": "2026-12-06",
    "distanceM": 21_097.5,
    "targetTimeS": 6000.0,
    "daysPerWeek": 4,
    "longRunDay": "sunday",
}
_EFFORT = {"kind": "effort", "fastSPerKm": None, "slowSPerKm": None, "lowBpm": None, "highBpm": None}


def step(kind: str, *, seconds: float | None = None, metres: float | None = None, **target: Any) -> dict[str, Any]:
    return {"kind": kind, "durationS": seconds, "distanceM": metres, "target": {**_EFFORT, **target}}


def workout(day: str, **changes: Any) -> dict[str, Any]:
    """Five times 800 m."""
    return {
        "id": SESSION,
        "date": day,
        "kind": "intervals",
        "status": "planned",
        "activityId": None,
        "hard": True,
        "durationS": 3120.0,
        "distanceM": 8400.0,
        "hardS": 900.0,
        "load": 52.0,
        "rule": "build",
        "reason": "Intervals raise the ceiling.",
        "insteadOf": None,
        "blocks": [
            {"times": 1, "steps": [step("warmUp", seconds=900.0, lowBpm=120.0, highBpm=140.0)]},
            {
                "times": 5,
                "steps": [
                    step("work", metres=800.0, fastSPerKm=257.0, slowSPerKm=266.0),
                    step("recovery", seconds=120.0),
                ],
            },
        ],
        **changes,
    }


def plan(**changes: Any) -> dict[str, Any]:
    """Three weeks around 20 November 2026, a Friday, which has its session; so has the race day."""
    weeks = {
        "2026-11-09": [workout("2026-11-10", id=ID, status="done", activityId=ID)],
        "2026-11-16": [workout("2026-11-20"), workout("2026-11-22", id=ID, kind="long", hard=False)],
        "2026-11-30": [workout("2026-12-06", id=ID, kind="race", distanceM=21_097.5)],
    }
    return {
        "id": "0199aaaa-0000-7000-8000-0000000000d0",
        "version": 3,
        "goal": GOAL,
        "timezone": "Europe/Berlin",
        "madeAt": "2026-11-08T06:00:00Z",
        "firstDay": "2026-11-09",
        "lastDay": "2026-12-06",
        "weeks": [
            {
                "firstDay": monday,
                "phase": "build",
                "reason": "Harder sessions come in now.",
                "durationS": 14_400.0,
                "distanceM": 40_000.0 if place else 20_000.0,
                "hardS": 900.0,
                "load": 230.0,
                "workouts": workouts,
            }
            for place, (monday, workouts) in enumerate(weeks.items())
        ],
        "changes": [
            {"id": ID, "madeAt": f"2026-11-{19 - place}T23:30:00Z", "rule": "r", "workoutId": None}
            | {"sentence": f"Change {place}."}
            for place in range(6)
        ],
        **changes,
    }


def comparison(**changes: Any) -> dict[str, Any]:
    """``POST /training-plans/what-if``."""
    present = {"date": "2026-12-06", "fitness": 52.14, "fatigue": 44.0, "form": 8.1}
    changed = {"date": "2026-12-06", "fitness": 51.2, "fatigue": 42.4, "form": -0.02}
    return {
        "present": {"goal": present, "weeks": []},
        "changed": {"goal": changed, "weeks": []},
        "difference": {"fitness": -0.9, "fatigue": -1.6, "form": 0.8, "load": -52.0},
        "brokenRules": [{"rule": "growth", "sentence": "The week would grow too much.", "week": 3}],
        **changes,
    }
