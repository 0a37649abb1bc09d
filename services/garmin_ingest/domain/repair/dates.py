"""A start that no runner can have had: before 1990, or tomorrow."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.models import Recording, RecordingWarning

_EARLIEST_UNIX_S = dt.datetime(1990, 1, 1, tzinfo=dt.UTC).timestamp()
# Smaller FIT times are no dates: a device that has seen no satellite counts from when it was switched on.
_FIT_EARLIEST_UNIX_S = 631_065_600 + 0x10000000
_LONGEST_AHEAD_S = 24 * 3600


def with_plausible_date(recording: Recording, zone: ZoneInfo, now_unix_s: float) -> Recording:
    """The recording with an impossible start replaced by the file's own date, or by its local clock in ``zone``.

    Raises ActivityFileInvalid where the file has neither.
    """
    if _plausible(recording, recording.start_unix_s, now_unix_s):
        return recording
    better = next(
        (one for one in _other_dates(recording, zone, now_unix_s) if _plausible(recording, one, now_unix_s)), None
    )
    if better is None:
        raise ActivityFileInvalid("its date is before 1990 or in the future, and the file has no better one")
    text = "The samples carry an impossible date; the start was set by the file's own date."
    return replace(
        recording,
        start_unix_s=better,
        warnings=(*recording.warnings, RecordingWarning("DATE_REPAIRED", text)),
    )


def _other_dates(recording: Recording, zone: ZoneInfo, now_unix_s: float) -> list[float]:
    dates = [] if recording.created_at_unix_s is None else [recording.created_at_unix_s]
    clock = recording.local_clock_unix_s
    # A damaged clock may show a year that no calendar has.
    if clock is not None and 0 < clock < now_unix_s + 2 * _LONGEST_AHEAD_S:
        wall = dt.datetime.fromtimestamp(clock, tz=dt.UTC).replace(tzinfo=zone)
        dates.append(wall.timestamp())
    return dates


def _plausible(recording: Recording, unix_s: float, now_unix_s: float) -> bool:
    earliest = _FIT_EARLIEST_UNIX_S if recording.file_format == "fit" else _EARLIEST_UNIX_S
    return math.isfinite(unix_s) and earliest <= unix_s <= now_unix_s + _LONGEST_AHEAD_S
