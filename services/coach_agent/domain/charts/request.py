"""Which chart belongs to an answer."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass


class ChartKind(enum.StrEnum):
    """RUN, COMPARISON and RECENT_LOAD draw activities, ZONE_SPLIT activities or days, the others days."""

    RUN = "run"
    COMPARISON = "comparison"
    RECENT_LOAD = "recentLoad"
    FITNESS = "fitness"
    WEEKLY_VOLUME = "weeklyVolume"
    PACE_DURATION = "paceDuration"
    ZONE_SPLIT = "zoneSplit"


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """A chart that belongs to an answer: its kind, the activities it draws, the one asked about first, or the days.

    ``first_day`` and ``last_day`` are local dates, both included; a chart of days without them draws the usual ones up
    to the day it is first offered.
    """

    kind: str
    activity_ids: tuple[uuid.UUID, ...] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None
