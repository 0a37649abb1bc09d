"""Critical speed: the line through a runner's best efforts of some minutes."""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.fitness.models import CriticalSpeed, Estimate, Missing
from services.coach_agent.domain.models import Column

SHORTEST_S = 120.0
LONGEST_S = 1200.0
FEWEST_EFFORTS = 3
# A line through times that are nearly the same is held by nothing; the longest has to last twice the shortest.
SMALLEST_SPAN = 2.0
# Distance beyond critical speed as measured in runners is of the order of 100 to 300 m. Less than this means the
# shorter efforts were held back, more that the longer ones were: either way the line is not that of all-out running.
SMALLEST_RESERVE_M = 50.0
LARGEST_RESERVE_M = 500.0
# Critical speed is held for some 20 to 40 minutes. Who ran as fast for longer was held back in the shorter efforts.
LONGEST_AT_CRITICAL_SPEED_S = 2400.0
WIDEST_RANGE = 0.10
NARROWEST_RANGE = 0.01  # what a satellite watch's distance is good for, however well the efforts agree
# Student's t that leaves a tenth at either end, by degrees of freedom from 1 on.
_T = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397)

TOO_FEW = Missing("Critical speed needs fast efforts of several lengths, each some minutes long; there are too few.")
TOO_ALIKE = Missing("Your fast efforts of some minutes are too alike in length to tell your critical speed.")
NOT_ALL_OUT = Missing("Your recent efforts of some minutes do not look all-out, so they cannot tell critical speed.")


def critical_speed(distance_m: Column, time_s: Column) -> CriticalSpeed | Missing:
    """Least squares of d = speed · t + reserve over efforts of 2 to 20 minutes (Monod & Scherrer 1965; Hughson 1984).

    One best time per distance, NaN where there is none. The range is the slope's 80 % confidence interval from how far
    the efforts stray from their line, at least 1 %. Refused where it would exceed 10 %, for lines that all-out efforts
    do not draw, and where an effort of more than 40 minutes was as fast.
    """
    counted = (time_s >= SHORTEST_S) & (time_s <= LONGEST_S)
    d, t = distance_m[counted], time_s[counted]
    if len(t) < FEWEST_EFFORTS:
        return TOO_FEW
    if t.max() < SMALLEST_SPAN * t.min():
        return TOO_ALIKE
    spread = t - t.mean()
    speed = float(spread @ d / (spread @ spread))
    reserve_m = float(d.mean() - speed * t.mean())
    longer = time_s > LONGEST_AT_CRITICAL_SPEED_S
    if speed <= (distance_m[longer] / time_s[longer]).max(initial=0.0):
        return NOT_ALL_OUT
    if not SMALLEST_RESERVE_M <= reserve_m <= LARGEST_RESERVE_M:
        return NOT_ALL_OUT
    strays = d - (speed * t + reserve_m)
    freedom = len(t) - 2
    error = _T[min(freedom, len(_T)) - 1] * float(np.sqrt(strays @ strays / freedom / (spread @ spread)))
    width = max(error, NARROWEST_RANGE * speed)
    if width > WIDEST_RANGE * speed:
        return NOT_ALL_OUT
    return CriticalSpeed(Estimate(speed, speed - width, speed + width), reserve_m, len(t))
