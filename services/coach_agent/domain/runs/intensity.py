"""Easy, moderate, hard: the split a coach thinks in, drawn from threshold whatever basis the zones have."""

from __future__ import annotations

from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.heart_rate import BIN_BPM

# Friel's zone 2 ends at 89 % of threshold, about where the first lactate turn point lies. Zones from maximal heart rate
# put that line so low that most easy runs would be called moderate, so the split does not follow them.
EASY_OF_THRESHOLD = 0.90
RECOVERY_OF_THRESHOLD = 0.80


@dataclass(frozen=True, slots=True)
class Intensity:
    """Shares of the time with heart rate, in %; ``easy_ceiling_bpm`` parts easy from moderate."""

    easy_pct: float
    moderate_pct: float
    hard_pct: float
    recovery_pct: float
    easy_ceiling_bpm: float
    recovery_ceiling_bpm: float


def intensity_split(histogram: Column, athlete: Athlete) -> Intensity | None:
    """Time below, between and above the two thresholds (Seiler & Kjerland 2006, Scand J Med Sci Sports 16:49)."""
    total = float(histogram.sum())
    if total <= 0:
        return None
    threshold = athlete.threshold_bpm
    easy_ceiling, recovery_ceiling = EASY_OF_THRESHOLD * threshold, RECOVERY_OF_THRESHOLD * threshold

    def below(bpm: float) -> float:
        return 100.0 * float(histogram[bpm > BIN_BPM].sum()) / total

    easy, not_hard = below(easy_ceiling), below(threshold)
    return Intensity(easy, not_hard - easy, 100.0 - not_hard, below(recovery_ceiling), easy_ceiling, recovery_ceiling)
