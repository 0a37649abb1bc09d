"""Recordings that real devices wrote, at PACE42_REAL_DATA, and what their own session messages say."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fitdecode

from tests.support.postgres import PROJECT

FOLDER = Path(os.environ.get("PACE42_REAL_DATA") or PROJECT.parent / "shared/data")
SUFFIXES = (".fit", ".tcx", ".gpx")

# FIT field of a session → our field of an activity.
_FIELDS = {"total_distance": "distanceM", "total_timer_time": "timerS", "total_elapsed_time": "elapsedS"}


def recordings() -> list[Path]:
    """Every FIT, TCX and GPX file there, in a steady order; empty where the folder is absent."""
    return sorted(path for path in FOLDER.rglob("*") if path.suffix.lower() in SUFFIXES)


def sessions(content: bytes) -> list[dict[str, float]]:
    """Distance (m), timer and elapsed time (s) of each session of a FIT file as fitdecode reads them, up to where it
    fails; values that are missing or zero are left out.
    """
    found: list[dict[str, float]] = []
    options: Mapping[str, Any] = {
        "check_crc": fitdecode.CrcCheck.DISABLED,
        "error_handling": fitdecode.ErrorHandling.IGNORE,
    }
    with fitdecode.FitReader(io.BytesIO(content), **options) as frames:
        try:
            for frame in frames:
                if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "session":
                    values = {ours: frame.get_value(theirs, fallback=None) for theirs, ours in _FIELDS.items()}
                    found.append({name: float(value) for name, value in values.items() if value})
        except fitdecode.FitError:
            pass
    return found
