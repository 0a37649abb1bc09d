"""The race-equivalence index: one number for races of all distances, and the times and paces that go with it.

Daniels & Gilbert 1979 (Oxygen Power): the oxygen a speed costs, the share of the maximum that a time can be held for,
and their quotient. Fitted to races of about 3.5 minutes to 4 hours.
"""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.models import Column

SHORTEST_S = 210.0
LONGEST_S = 14_400.0
# One step multiplies the error by at most 0.12, wherever one is; so many reach the last digit of a float.
_STEPS = 18


def oxygen_cost(speed_m_per_min: Column) -> Column:
    """VO2 in ml/kg/min of running at a speed on the flat (Daniels & Gilbert 1979)."""
    return -4.60 + 0.182258 * speed_m_per_min + 0.000104 * speed_m_per_min**2


def sustainable_share(minutes: Column) -> Column:
    """The share of the maximal VO2 that is held for a time (Daniels & Gilbert 1979): falls from 1.29 towards 0.8."""
    return np.asarray(0.8 + 0.1894393 * np.exp(-0.012778 * minutes) + 0.2989558 * np.exp(-0.1932605 * minutes))


def indices(distance_m: Column, time_s: Column) -> Column:
    """The index of each race; NaN where distance or time is missing or not positive. Arguments broadcast."""
    distance_m, time_s = np.broadcast_arrays(np.asarray(distance_m, float), np.asarray(time_s, float))
    run = (distance_m > 0) & (time_s > 0)
    minutes = np.where(run, time_s, np.nan) / 60.0
    return oxygen_cost(distance_m / minutes) / sustainable_share(minutes)


def index(distance_m: float, time_s: float) -> float:
    """The index of one race."""
    return float(indices(np.array(distance_m), np.array(time_s)))


def times_for(distance_m: Column, index: Column) -> Column:
    """The time in s over each distance at an index > 0: the inverse of ``indices``. Arguments broadcast.

    Solved as a fixed point: a speed gives a time, the time a sustainable share, the share a speed. The share changes so
    little with time that each step shrinks the error at least eightfold from any start, so there is one solution and no
    bracket to choose.
    """
    distance_m, index = np.asarray(distance_m, float), np.asarray(index, float)
    speed = _speed(index)
    for _ in range(_STEPS):
        speed = _speed(index * sustainable_share(distance_m / speed))
    return np.asarray(60.0 * distance_m / speed)


def time_for(distance_m: float, index: float) -> float:
    """The time in s over one distance at an index > 0."""
    return float(times_for(np.array(distance_m), np.array(index)))


def pace_at_vo2_fraction(index: float, fraction: float) -> float:
    """Seconds per km on the flat at a fraction of the index's VO2."""
    return 60_000.0 / float(_speed(np.array(fraction * index)))


def _speed(oxygen: Column) -> Column:
    """The speed in m/min that costs so much VO2: the positive root of ``oxygen_cost``."""
    return np.asarray((-0.182258 + np.sqrt(0.182258**2 + 4 * 0.000104 * (oxygen + 4.60))) / (2 * 0.000104))
