"""The runner: what they told us, what we estimate instead, and from what."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.runs.heart_rate import PeakEvidence

ASSUMED_MAX_BPM = 190.0
ASSUMED_RESTING_BPM = 60.0
THRESHOLD_OF_RESERVE = 0.88
HIGHEST_THRESHOLD = 0.95  # of maximal heart rate; above that, one of the two is wrong
# Under ten runs the highest heart rate seen is only a lower bound of the highest possible one: a beginner's first easy
# runs would make every later run look maximal. Until then it counts only where it exceeds the formula.
RUNS_FOR_A_PEAK = 10
RUNS_FOR_A_THRESHOLD_PACE = 5
RIEGEL_EXPONENT = 1.06
SHORTEST_THRESHOLD_EFFORT_M = 3000.0
SECONDS_AT_THRESHOLD = 3600.0


class Sex(enum.StrEnum):
    FEMALE = "female"
    MALE = "male"


class Units(enum.StrEnum):
    KILOMETRES = "km"
    MILES = "mi"


class Tone(enum.StrEnum):
    """BALANCED explains; DIRECT leaves the explanations out."""

    BALANCED = "balanced"
    DIRECT = "direct"


class Origin(enum.StrEnum):
    GIVEN = "given"
    ESTIMATED = "estimated"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the runner gave; None where they gave nothing."""

    sex: Sex | None = None
    birth_year: int | None = None
    weight_kg: float | None = None
    max_heart_rate_bpm: float | None = None
    resting_heart_rate_bpm: float | None = None
    threshold_heart_rate_bpm: float | None = None
    threshold_pace_s_per_km: float | None = None
    units: Units = Units.KILOMETRES
    tone: Tone = Tone.BALANCED


@dataclass(frozen=True, slots=True)
class Known:
    """A value and where it comes from; ``basis`` is a phrase for the runner."""

    value: float | None
    origin: Origin
    basis: str


@dataclass(frozen=True, slots=True)
class Athlete:
    """The runner as the formulas see them. Heart rates always have a value; threshold pace may be unknown."""

    profile: Profile
    max_heart_rate: Known
    resting_heart_rate: Known
    threshold_heart_rate: Known
    threshold_pace: Known

    @property
    def max_bpm(self) -> float:
        return _value(self.max_heart_rate)

    @property
    def resting_bpm(self) -> float:
        return _value(self.resting_heart_rate)

    @property
    def threshold_bpm(self) -> float:
        return _value(self.threshold_heart_rate)


@dataclass(frozen=True, slots=True)
class TimedDistance:
    """A best effort: ``elapsed_s`` over ``distance_m``, run on ``day``."""

    distance_m: float
    elapsed_s: float
    day: dt.date


def resolve_athlete(
    profile: Profile,
    *,
    peak: PeakEvidence | None,
    efforts: Sequence[TimedDistance],
    today: dt.date,
    resting_bpm: float | None = None,
) -> Athlete:
    """Each value as given, else estimated in the order of DOMAIN "Heart-rate zones".

    ``resting_bpm`` is the lowest weekly mean that the runner's nights show, None where they show none.
    """
    maximum = _maximum(profile, peak, today)
    resting = _resting(profile, resting_bpm, _value(maximum))
    reserve = _value(maximum) - _value(resting)
    threshold = _given(profile.threshold_heart_rate_bpm) or Known(
        _value(resting) + THRESHOLD_OF_RESERVE * reserve, Origin.ESTIMATED, "88 % of your heart-rate reserve"
    )
    return Athlete(profile, maximum, resting, threshold, _threshold_pace(profile, efforts, today))


def _maximum(profile: Profile, peak: PeakEvidence | None, today: dt.date) -> Known:
    """The user's, the 99.5th percentile of the best 90 days, 208 - 0.7 age (Tanaka 2001, JACC 37:153), else 190."""
    given = _given(profile.max_heart_rate_bpm)
    if given is not None:
        return given
    estimate = _estimated_maximum(profile, peak, today)
    threshold = profile.threshold_heart_rate_bpm
    if threshold is not None and threshold > HIGHEST_THRESHOLD * _value(estimate):
        return Known(threshold / HIGHEST_THRESHOLD, Origin.ESTIMATED, "the threshold you gave, which lies below it")
    return estimate


def _estimated_maximum(profile: Profile, peak: PeakEvidence | None, today: dt.date) -> Known:
    formula = Known(ASSUMED_MAX_BPM, Origin.ASSUMED, "a usual maximum, since neither yours nor your age is on file")
    if profile.birth_year is not None:
        formula = Known(208.0 - 0.7 * (today.year - profile.birth_year), Origin.ESTIMATED, "your age (Tanaka 2001)")
    if peak is not None and (peak.runs >= RUNS_FOR_A_PEAK or peak.bpm > _value(formula)):
        basis = f"the 99.5th percentile of heart rate in your runs from {peak.first_day} to {peak.last_day}"
        return Known(peak.bpm, Origin.ESTIMATED, basis)
    return formula


def _resting(profile: Profile, observed_bpm: float | None, max_bpm: float) -> Known:
    """The user's, else the lowest week of their nights, else 60."""
    given = _given(profile.resting_heart_rate_bpm)
    if given is not None:
        return given
    above = profile.threshold_heart_rate_bpm or max_bpm
    if observed_bpm is not None and observed_bpm < above:
        return Known(observed_bpm, Origin.ESTIMATED, "the lowest week of your resting heart rate in the last 60 days")
    return Known(ASSUMED_RESTING_BPM, Origin.ASSUMED, "a usual resting heart rate, since none is on file")


def _threshold_pace(profile: Profile, efforts: Sequence[TimedDistance], today: dt.date) -> Known:
    """Pace for an hour: the user's, else the best of Riegel's T2 = T1 (D2/D1)^1.06 (1981) over 90 days of efforts."""
    given = _given(profile.threshold_pace_s_per_km)
    if given is not None:
        return given
    recent = [
        effort
        for effort in efforts
        if effort.distance_m >= SHORTEST_THRESHOLD_EFFORT_M and (today - effort.day).days <= 90 and effort.elapsed_s > 0
    ]
    if len({effort.day for effort in recent}) < RUNS_FOR_A_THRESHOLD_PACE:
        return Known(None, Origin.UNKNOWN, "too few efforts of 3 km or more in the last 90 days")
    metres = max(e.distance_m * (SECONDS_AT_THRESHOLD / e.elapsed_s) ** (1 / RIEGEL_EXPONENT) for e in recent)
    return Known(
        1000.0 * SECONDS_AT_THRESHOLD / metres,
        Origin.ESTIMATED,
        "your best efforts of 90 days, scaled to an hour (Riegel)",
    )


def _given(value: float | None) -> Known | None:
    return None if value is None else Known(value, Origin.GIVEN, "you gave it")


def _value(known: Known) -> float:
    assert known.value is not None
    return known.value
