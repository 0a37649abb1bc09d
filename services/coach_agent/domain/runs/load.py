"""What a run cost: TRIMP from heart rate, and load on a scale where an hour at threshold is 100."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import Athlete, Sex
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.heart_rate import BIN_BPM

# Banister 1991 (in: Physiological Testing of Elite Athletes): weight k·e^(b·r) of a minute at reserve fraction r.
BANISTER = {Sex.MALE: (0.64, 1.92), Sex.FEMALE: (0.86, 1.67)}


class LoadBasis(enum.StrEnum):
    HEART_RATE = "heartRate"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Load:
    """``value`` is 100 for an hour at threshold; ``trimp`` is raw and absent when load comes from pace."""

    value: float
    trimp: float | None
    basis: LoadBasis


def trimp_per_minute(reserve_fraction: Column, sex: Sex | None) -> Column:
    """Banister's weight of one minute; without a sex on file the mean of the two curves."""
    fraction = np.clip(reserve_fraction, 0.0, None)
    curves = [BANISTER[sex]] if sex is not None else list(BANISTER.values())
    weights = [fraction * k * np.exp(b * fraction) for k, b in curves]
    return np.asarray(sum(weights) / len(weights))


def trimp(histogram: Column, athlete: Athlete) -> float:
    """Banister's TRIMP (1991) over seconds per bpm."""
    per_minute = trimp_per_minute(_reserve_fraction(BIN_BPM, athlete), athlete.profile.sex)
    return float(histogram @ per_minute / 60.0)


def heart_rate_load(histogram: Column, athlete: Athlete) -> Load | None:
    """100 · TRIMP / TRIMP of one hour at threshold heart rate (DOMAIN "Load of a run")."""
    hour = _trimp_of_an_hour(athlete)
    if hour is None:
        return None
    raw = trimp(histogram, athlete)
    return Load(100.0 * raw / hour, raw, LoadBasis.HEART_RATE)


def load_per_second(athlete: Athlete) -> Column | None:
    """The load of a second at each bpm from 30 to 240: what a histogram is weighted with to give its load."""
    hour = _trimp_of_an_hour(athlete)
    if hour is None:
        return None
    per_minute = trimp_per_minute(_reserve_fraction(BIN_BPM, athlete), athlete.profile.sex)
    return np.asarray(100.0 * per_minute / (60.0 * hour))


def _trimp_of_an_hour(athlete: Athlete) -> float | None:
    """TRIMP of one hour at threshold heart rate; None where the runner's heart rates contradict each other."""
    at_threshold = _reserve_fraction(np.array([athlete.threshold_bpm]), athlete)
    hour = 60.0 * float(trimp_per_minute(at_threshold, athlete.profile.sex)[0])
    return hour if hour > 0 and math.isfinite(hour) else None


def pace_load(grade_adjusted_m_per_s: float, moving_s: float, threshold_pace_s_per_km: float) -> Load:
    """(grade-adjusted speed / threshold speed)² · hours · 100, the fallback without heart rate (DOMAIN)."""
    relative = grade_adjusted_m_per_s * threshold_pace_s_per_km / 1000.0
    return Load(relative**2 * moving_s / 36.0, None, LoadBasis.PACE)


def _reserve_fraction(heart_rate_bpm: Column, athlete: Athlete) -> Column:
    return (heart_rate_bpm - athlete.resting_bpm) / (athlete.max_bpm - athlete.resting_bpm)
