"""Aerobic decoupling and efficiency: how much speed a heartbeat buys, and whether that held to the end."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.timeline import Portion, Timeline, portions

WARM_UP_S = 600.0
SHORTEST_S = 1800.0
STEADY_VARIATION_PCT = 15.0


class Refusal(enum.StrEnum):
    """Why decoupling is not given."""

    NO_HEART_RATE = "noHeartRate"
    NO_DISTANCE = "noDistance"
    SHORT = "short"
    VARIED = "varied"


@dataclass(frozen=True, slots=True)
class Decoupling:
    """``value_pct`` is positive when the second half bought less speed per beat; None goes with a refusal."""

    value_pct: float | None
    refusal: Refusal | None


def aerobic_decoupling(timeline: Timeline, equivalent_m: Column, variation_pct: float | None) -> Decoupling:
    """Speed per heartbeat, first half against second half of the moving time after 10 minutes, (first - second)/first.

    DOMAIN "Aerobic decoupling" (Friel's Pa:HR on grade-adjusted speed). ``variation_pct`` is the coefficient of
    variation of 30 s speed; above 15 % the run is intervals and the figure means nothing.
    """
    if not np.isfinite(timeline.heart_rate_bpm).any():
        return Decoupling(None, Refusal.NO_HEART_RATE)
    if not timeline.has_distance:
        return Decoupling(None, Refusal.NO_DISTANCE)
    moved = timeline.moved_s
    if moved < SHORTEST_S:
        return Decoupling(None, Refusal.SHORT)
    if variation_pct is not None and variation_pct > STEADY_VARIATION_PCT:
        return Decoupling(None, Refusal.VARIED)
    halves = portions(timeline, equivalent_m, (WARM_UP_S, (WARM_UP_S + moved) / 2, moved))
    ratios = [_metres_per_beat(half) for half in halves]
    first, second = ratios
    if first is None or second is None:
        return Decoupling(None, Refusal.NO_HEART_RATE)
    return Decoupling(100.0 * (first - second) / first, None)


def _metres_per_beat(portion: Portion) -> float | None:
    if portion.grade_adjusted_m_per_s is None or portion.heart_rate_bpm is None:
        return None
    return 60.0 * portion.grade_adjusted_m_per_s / portion.heart_rate_bpm


def efficiency_factor(whole: Portion) -> float | None:
    """Grade-adjusted speed in m/min over mean heart rate (Friel), which is metres per beat; None without either."""
    return _metres_per_beat(whole)
