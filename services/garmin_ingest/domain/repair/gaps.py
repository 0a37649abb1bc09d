"""Stretches without samples are pauses, whether or not the device said so."""

from __future__ import annotations

import numpy as np

from services.garmin_ingest.domain.models import MOST_PAUSES, Pause, RecordingWarning
from services.garmin_ingest.domain.repair.places import clock, counted
from services.garmin_ingest.domain.streams import Samples
from services.garmin_ingest.domain.timer import Timer

LONGEST_GAP_S = 30.0


def gap_threshold_s(time_s: Samples) -> float:
    """How long two samples may lie apart: 30 s, or three times the usual interval of a sparser recording.

    A track with a point every 45 s is a sparse track, not a row of pauses.
    """
    steps = np.diff(time_s)
    return max(LONGEST_GAP_S, 3.0 * float(np.median(steps))) if len(steps) else LONGEST_GAP_S


def timer_with_gaps(time_s: Samples, pauses: tuple[Pause, ...]) -> tuple[Timer, list[RecordingWarning]]:
    """The timer of the recording with each gap as a pause of its own, unless it is one already."""
    told = Timer.with_pauses(pauses)
    running = told.weights(time_s)
    found = np.flatnonzero(running > gap_threshold_s(time_s))
    if not len(found):
        return told, []
    gaps = [Pause(float(time_s[at - 1]), float(time_s[at])) for at in found[:MOST_PAUSES]]
    places = ", ".join(f"{clock(gap.start_s)} to {clock(gap.end_s)}" for gap in gaps[:3])
    more = f" and {len(gaps) - 3} more" if len(gaps) > 3 else ""
    text = f"No samples in {counted(len(gaps), 'stretch')} ({places}{more}), counted as a pause."
    return Timer.with_pauses((*told.pauses, *gaps)), [RecordingWarning("GAP", text.replace("stretchs", "stretches"))]
