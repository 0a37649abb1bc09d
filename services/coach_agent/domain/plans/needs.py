"""What a race asks of the weeks before it."""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.plans.models import Goal

# 5 km, 10 km, half marathon, marathon; lines between them.
_DISTANCES_M = (5000.0, 10_000.0, 21_097.5, 42_195.0)
# The biggest week before the taper: with less, the race is more than the legs have been made ready for. Whoever is slow
# gets there by time, as the body counts minutes and not kilometres.
_LEAST_WEEK_M = (10_000.0, 16_000.0, 28_000.0, 46_000.0)
_LEAST_WEEK_MIN = (72.0, 110.0, 180.0, 270.0)
# The week that a plan grows to where there is time for it.
_GOOD_WEEK_MIN = (150.0, 200.0, 270.0, 360.0)
_LONGEST_RUN_MIN = (75.0, 90.0, 120.0, 150.0)

SHORTEST_RACE_M, LONGEST_RACE_M = 5000.0, 42_195.0
# Courses are entered rounded: 42.2 km is a marathon, and 4.99 km are five.
LEAST_ENTERED_M, MOST_ENTERED_M = 4900.0, 42_500.0
RACE_DISTANCES_M = _DISTANCES_M

_FITNESS_WEEK_MIN = 150.0
_FITNESS_LONGEST_RUN_MIN = 90


def least_week_s(goal: Goal, easy_m_per_s: float) -> float:
    """Seconds of the biggest week that the race asks for; 0 without a race."""
    if goal.distance_m is None:
        return 0.0
    by_distance = np.interp(goal.distance_m, _DISTANCES_M, _LEAST_WEEK_M) / easy_m_per_s
    return float(min(by_distance, 60.0 * np.interp(goal.distance_m, _DISTANCES_M, _LEAST_WEEK_MIN)))


def good_week_s(goal: Goal) -> float:
    if goal.distance_m is None:
        return 60.0 * _FITNESS_WEEK_MIN
    return 60.0 * float(np.interp(goal.distance_m, _DISTANCES_M, _GOOD_WEEK_MIN))


def longest_run_min(goal: Goal) -> int:
    if goal.distance_m is None:
        return _FITNESS_LONGEST_RUN_MIN
    return int(np.interp(goal.distance_m, _DISTANCES_M, _LONGEST_RUN_MIN))
