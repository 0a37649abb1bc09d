"""Histories made of arithmetic: every figure in them is known beforehand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.runs.heart_rate import BINS, LOWEST_BPM
from services.coach_agent.domain.runs.metrics import RECORD_DISTANCES_M
from tests.unit.coach_agent.runs import TODAY


@dataclass(frozen=True)
class Done:
    """An activity ``days_ago``, all of it at one speed and one heart rate."""

    days_ago: int
    minutes: float = 60.0
    bpm: int | None = 140
    speed_m_per_s: float = 3.0
    sport: str = "running"
    ascent_m: float = 10.0
    coverage: float = 1.0
    grade_adjusted_factor: float = np.nan
    has_position: bool = True
    best_times_s: Mapping[int, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return 60.0 * self.minutes


def day(days_ago: int) -> dt.date:
    return TODAY - dt.timedelta(days=days_ago)


def history(*done: Done, data_version: int = 1) -> History:
    done = tuple(sorted(done, key=lambda one: -one.days_ago))
    histogram = np.zeros((len(done), BINS), dtype=np.float32)
    for row, one in zip(histogram, done, strict=True):
        if one.bpm is not None:
            row[one.bpm - LOWEST_BPM] = one.seconds * one.coverage
    return History(
        activity_ids=tuple(uuid.uuid5(uuid.NAMESPACE_OID, str(place)) for place in range(len(done))),
        sports=tuple(one.sport for one in done),
        day=np.array([day(one.days_ago).toordinal() for one in done], dtype=np.int64),
        is_run=np.array([one.sport == "running" for one in done], dtype=np.bool_),
        distance_m=_column([one.seconds * one.speed_m_per_s for one in done]),
        moving_s=_column([one.seconds for one in done]),
        timer_s=_column([one.seconds for one in done]),
        ascent_m=_column([one.ascent_m for one in done]),
        average_heart_rate_bpm=_column([np.nan if one.bpm is None else one.bpm for one in done]),
        grade_adjusted_factor=_column([one.grade_adjusted_factor for one in done]),
        heart_rate_coverage=_column([0.0 if one.bpm is None else one.coverage for one in done]),
        histogram=histogram,
        distances_m=RECORD_DISTANCES_M,
        best_time_s=np.array(
            [[one.best_times_s.get(metres, np.nan) for metres in RECORD_DISTANCES_M] for one in done],
            dtype=np.float32,
        ).reshape(len(done), len(RECORD_DISTANCES_M)),
        has_position=np.array([one.has_position for one in done], dtype=np.bool_),
        data_version=data_version,
    )


def _column(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(values, dtype=np.float64)
