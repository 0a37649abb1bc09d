"""Advice, notes and memories as coach_agent gives them, for the views."""

from __future__ import annotations

from typing import Any

INSIGHT = "0199aaaa-0000-5000-8000-0000000000a0"
NOTE = "0199aaaa-0000-7000-8000-0000000000a1"
MEMORY = "0199aaaa-0000-5000-8000-0000000000a2"


def advice(**changes: Any) -> dict[str, Any]:
    """``GET /insights/daily``."""
    headline = "Today: an easy run of 30:00, easy enough to talk throughout."
    reasons = ("You noted an injury.", "Your form is -31, which is low.")
    text = " ".join((headline, *reasons))
    figures = (("sessionDuration", "30:00", "plan"), ("form", "-31", "fitness"))
    return {
        "id": INSIGHT,
        "date": "2026-11-20",
        "rule": "daily.injury",
        "advice": "easy",
        "durationS": 1800.0,
        "text": text,
        "reasons": [{"rule": f"daily.{place}", "text": reason} for place, reason in enumerate(reasons)],
        "facts": [
            {"id": name, "label": name, "value": 1.0, "unit": "", "text": said, "source": {"kind": kind, "id": "today"}}
            for name, said, kind in figures
        ],
        "marks": [
            {"start": text.index(said), "end": text.index(said) + len(said), "factId": name}
            for name, said, _ in figures
        ],
        "workoutId": None,
        "readiness": "amber",
        "madeAt": "2026-11-20T06:00:00Z",
        **changes,
    }


def note(**changes: Any) -> dict[str, Any]:
    """An item of ``GET /insights/context``."""
    return {
        "id": NOTE,
        "kind": "injury",
        "text": "Left <Achilles>",
        "from": "2026-11-10",
        "to": None,
        "notedAt": "2026-11-10T06:00:00Z",
        **changes,
    }


def memory(**changes: Any) -> dict[str, Any]:
    """An item of ``GET /memory``."""
    habit = {"id": MEMORY, "kind": "habit", "text": "You run on Sundays.", "from": None, "to": None}
    return {**habit, **changes}


def page_of(*items: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "nextCursor": cursor}
