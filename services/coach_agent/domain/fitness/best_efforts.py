"""The fastest times over set distances that a history holds, and which of them can be believed."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.fitness.models import History
from services.coach_agent.domain.fitness.race_equivalence import times_for
from services.coach_agent.domain.models import Column

RECENT_DAYS = 90
# Nobody has run an index of 90 (the men's world records lie between 78 and 88), nor 400 m faster than this: such a
# time is a jump of the satellites' position and not a runner's.
HIGHEST_INDEX = 90.0
FASTEST_M_PER_S = 9.4
_SPRINT_M = 800.0


@dataclass(frozen=True, slots=True)
class RecentEfforts:
    """Best times of m runs over k distances: ``time_s`` is (m, k) in s, NaN where a run has none.

    ``age_days`` is (m,): how long before today each was run.
    """

    distance_m: Column
    time_s: Column
    age_days: Column

    @property
    def fastest_s(self) -> Column:
        """The best time over each distance, (k,); NaN where nobody ran it."""
        fastest = np.min(np.where(np.isnan(self.time_s), np.inf, self.time_s), axis=0, initial=np.inf)
        return np.where(np.isfinite(fastest), fastest, np.nan)


def recent_efforts(history: History, today: dt.date) -> RecentEfforts:
    """The efforts of the last 90 days, today included, by runs whose distance was measured over the ground."""
    age = today.toordinal() - history.day
    counted = np.flatnonzero((age >= 0) & (age < RECENT_DAYS) & history.is_run & history.has_position)
    return RecentEfforts(
        distance_m=np.array(history.distances_m, dtype=np.float64),
        time_s=believable(history.best_time_s[counted], history.distances_m),
        age_days=age[counted].astype(np.float64),
    )


def believable(best_time_s: NDArray[np.float32], distances_m: tuple[int, ...]) -> Column:
    """Best times in s, (n, k) for k distances; NaN where there is none and where it is faster than people run."""
    possible = best_time_s >= fastest_possible_s(distances_m)
    return np.where(possible, best_time_s.astype(np.float64), np.nan)


@functools.lru_cache(maxsize=4)
def fastest_possible_s(distances_m: tuple[int, ...]) -> Column:
    """A time over each distance that nobody has run faster."""
    metres = np.array(distances_m, dtype=np.float64)
    return np.where(metres < _SPRINT_M, metres / FASTEST_M_PER_S, times_for(metres, np.array(HIGHEST_INDEX)))
