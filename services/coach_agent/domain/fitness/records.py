"""The fastest a runner ever was over each distance."""

from __future__ import annotations

import datetime as dt

import numpy as np

from services.coach_agent.domain.fitness.best_efforts import believable
from services.coach_agent.domain.fitness.models import History, Record


def personal_records(history: History, last_day: dt.date) -> tuple[Record, ...]:
    """The best elapsed time of all runs up to ``last_day`` over each distance that has one, shortest first.

    The earlier of two equal ones stands. A time faster than people run is a watch's error and no record.
    """
    counted = history.is_run & (history.day <= last_day.toordinal())
    times = np.where(counted[:, None], believable(history.best_time_s, history.distances_m), np.inf)
    times[np.isnan(times)] = np.inf
    if not len(times):
        return ()
    best = times.argmin(axis=0)
    return tuple(
        Record(metres, float(times[run, place]), dt.date.fromordinal(int(history.day[run])), history.activity_ids[run])
        for place, (metres, run) in enumerate(zip(history.distances_m, best.tolist(), strict=True))
        if np.isfinite(times[run, place])
    )
