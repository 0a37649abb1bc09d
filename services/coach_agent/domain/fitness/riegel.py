"""Riegel's power law of endurance: a second opinion beside the race-equivalence index."""

from __future__ import annotations

from services.coach_agent.domain.athlete import RIEGEL_EXPONENT

# Riegel gives the law for times between these, 3.5 and 230 minutes.
SHORTEST_S = 210.0
LONGEST_S = 13_800.0


def riegel_time(distance_m: float, time_s: float, to_distance_m: float) -> float | None:
    """T2 = T1 (D2/D1)^1.06 in s (Riegel 1981, American Scientist 69:285); None where the law ends before T1 or T2."""
    found = float(time_s * (to_distance_m / distance_m) ** RIEGEL_EXPONENT)
    return found if all(SHORTEST_S <= time <= LONGEST_S for time in (time_s, found)) else None
