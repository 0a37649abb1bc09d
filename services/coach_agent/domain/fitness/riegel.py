"""Riegel's power law of endurance: a second opinion beside the race-equivalence index."""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.athlete import RIEGEL_EXPONENT
from services.coach_agent.domain.models import Column

# Riegel 1981 gives the law for times between these.
SHORTEST_S = 210.0
LONGEST_S = 13_800.0


def riegel_time(distance_m: float, time_s: float, to_distance_m: float) -> float:
    """T2 = T1 (D2/D1)^1.06 in s (Riegel 1981, American Scientist 69:285)."""
    return float(time_s * (to_distance_m / distance_m) ** RIEGEL_EXPONENT)


def best_riegel_time(distance_m: Column, time_s: Column, to_distance_m: float) -> float | None:
    """The fastest of the times that each effort stands for; None without an effort of 3.5 to 230 minutes.

    NaN marks a missing effort. A time that would itself lie outside of the law is None as well.
    """
    valid = (time_s >= SHORTEST_S) & (time_s <= LONGEST_S)
    if not valid.any():
        return None
    best = float(np.min(time_s[valid] * (to_distance_m / distance_m[valid]) ** RIEGEL_EXPONENT))
    return best if SHORTEST_S <= best <= LONGEST_S else None
