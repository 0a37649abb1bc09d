"""When two recordings of one runner are the same activity, and which of them is the richer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from services.garmin_ingest.domain import sports
from services.garmin_ingest.domain.models import Activity, FileFormat

START_TOLERANCE_S = 120.0
_DURATION_TOLERANCE = 0.05
# Of two recordings with the same signals and samples the one in the device's own format says more about itself.
_FORMAT_RANK: dict[FileFormat, int] = {"gpx": 0, "tcx": 1, "fit": 2}
# A signal counts when the recording has it for a tenth of its samples.
_LEAST_COVERAGE = 0.1

Richness = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Outline:
    """What an activity is recognised by, whatever file it comes in. ``duration_s`` is elapsed time."""

    sport: str
    start_time: dt.datetime
    duration_s: float


def outline(activity: Activity) -> Outline:
    duration = activity.totals.elapsed_s or activity.totals.timer_s or 0.0
    return Outline(activity.sport, activity.start_time, duration)


def same_activity(one: Outline, other: Outline) -> bool:
    """Same sport family, start within 120 s, duration within 5 % of the longer."""
    apart_s = abs((one.start_time - other.start_time).total_seconds())
    longer = max(one.duration_s, other.duration_s)
    return (
        sports.same_family(one.sport, other.sport)
        and apart_s <= START_TOLERANCE_S
        and abs(one.duration_s - other.duration_s) <= _DURATION_TOLERANCE * longer
    )


def richness(activity: Activity) -> Richness:
    """Greater is richer: signals first, then whether samples come every few seconds, then the format.

    The number of samples is compared in doublings, so that a point more or less does not outweigh the format.
    """
    columns = activity.streams.columns.values()
    signals = sum(float(np.mean(~np.isnan(column))) >= _LEAST_COVERAGE for column in columns)
    return signals, len(activity.streams).bit_length(), _FORMAT_RANK[activity.file_format]
