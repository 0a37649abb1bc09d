"""Five heart-rate zones, and the time a run spent in each."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Athlete, Origin
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.heart_rate import BIN_BPM


class ZoneBasis(enum.StrEnum):
    THRESHOLD = "threshold"
    RESERVE = "reserve"
    MAXIMUM = "maximum"


BASIS_WORDS = {
    ZoneBasis.THRESHOLD: "your threshold heart rate (Friel)",
    ZoneBasis.RESERVE: "your heart-rate reserve (Karvonen)",
    ZoneBasis.MAXIMUM: "your maximal heart rate",
}


@dataclass(frozen=True, slots=True)
class Zones:
    """Lower edges in bpm of zones 2 to 5, and what they are drawn from. Zone 1 holds everything below."""

    basis: ZoneBasis
    edges_bpm: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ZoneTimes:
    """Seconds in zones 1 to 5."""

    zones: Zones
    seconds: tuple[float, ...]

    @property
    def total_s(self) -> float:
        return sum(self.seconds)

    def share_pct(self, first: int, last: int) -> float:
        """Percentage of the time spent in zones ``first`` to ``last`` (1-based, inclusive)."""
        total = self.total_s
        return 100.0 * sum(self.seconds[first - 1 : last]) / total if total > 0 else 0.0


def heart_rate_zones(athlete: Athlete) -> Zones:
    """Friel's five where the runner gave a threshold, else Karvonen's where they gave a resting rate, else %max.

    Friel, The Triathlete's Training Bible: < 85, 85-89, 90-94, 95-99, >= 100 % of threshold. Karvonen 1957: 50, 60,
    70, 80, 90 % of reserve; below 50 % counts as zone 1. The same percentages serve for maximal heart rate.
    """
    if athlete.threshold_heart_rate.origin is Origin.GIVEN:
        return Zones(ZoneBasis.THRESHOLD, _edges(0.0, athlete.threshold_bpm, (0.85, 0.90, 0.95, 1.00)))
    if athlete.resting_heart_rate.origin is not Origin.ASSUMED:
        return Zones(ZoneBasis.RESERVE, _edges(athlete.resting_bpm, athlete.max_bpm, (0.60, 0.70, 0.80, 0.90)))
    return Zones(ZoneBasis.MAXIMUM, _edges(0.0, athlete.max_bpm, (0.60, 0.70, 0.80, 0.90)))


def _edges(floor: float, top: float, shares: tuple[float, ...]) -> tuple[float, float, float, float]:
    two, three, four, five = (floor + share * (top - floor) for share in shares)
    return two, three, four, five


def time_in_zones(histogram: Column, zones: Zones) -> ZoneTimes:
    """Seconds in each zone; ``histogram`` is seconds per bpm from 30 to 240."""
    zone_of_bin = np.searchsorted(np.asarray(zones.edges_bpm), BIN_BPM + 1e-9, side="right")
    seconds = np.bincount(zone_of_bin, weights=histogram, minlength=5)
    return ZoneTimes(zones, tuple(float(value) for value in seconds))
