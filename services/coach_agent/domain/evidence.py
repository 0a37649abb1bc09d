"""What a runner's history says about the runner: how high their heart goes, and how fast they ran lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import TimedDistance
from services.coach_agent.domain.fitness.best_efforts import believable
from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.runs.heart_rate import PeakEvidence, best_90_days

EFFORT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Evidence:
    peak: PeakEvidence | None
    efforts: tuple[TimedDistance, ...]


def evidence_of(history: History, today: dt.date) -> Evidence:
    """From all runs of a history, and their best efforts of the 90 days up to ``today``."""
    days = [dt.date.fromordinal(day) for day in history.day[history.is_run].tolist()]
    peak = best_90_days(days, history.histogram[history.is_run].astype(np.float64))
    age = today.toordinal() - history.day
    recent = np.flatnonzero(history.is_run & (age >= 0) & (age <= EFFORT_DAYS))
    times = believable(history.best_time_s[recent], history.distances_m)
    efforts = (
        TimedDistance(float(history.distances_m[place]), float(times[run, place]), _day(history, recent[run]))
        for run, place in np.argwhere(np.isfinite(times)).tolist()
    )
    return Evidence(peak, tuple(efforts))


def _day(history: History, run: int) -> dt.date:
    return dt.date.fromordinal(int(history.day[run]))
