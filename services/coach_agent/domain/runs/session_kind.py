"""What kind of session a run was: rules in order, the first that fits, with the reason in words."""

from __future__ import annotations

import enum
import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete, Origin
from services.coach_agent.domain.runs.decoupling import STEADY_VARIATION_PCT
from services.coach_agent.domain.runs.heart_rate import BIN_BPM, mean_bpm
from services.coach_agent.domain.runs.intensity import Intensity
from services.coach_agent.domain.runs.metrics import RunMetrics


class SessionType(enum.StrEnum):
    RACE = "race"
    INTERVALS = "intervals"
    TEMPO = "tempo"
    LONG = "long"
    PROGRESSION = "progression"
    RECOVERY = "recovery"
    EASY = "easy"
    OTHER = "other"


HARD = frozenset({SessionType.RACE, SessionType.INTERVALS, SessionType.TEMPO})

_RACE_NAME = re.compile(r"\b(race|parkrun|wettkampf|gara|carrera|competition|championships?)\b", re.IGNORECASE)
_TRAINING_NAME = re.compile(
    r"\b(pre|post|after|before|race ?pace|pace|prep|training|shake ?out|recovery)\b", re.IGNORECASE
)
RACE_DISTANCES_M = (5000.0, 10_000.0, 15_000.0, 21_097.5, 42_195.0)
RACE_DISTANCE_TOLERANCE = 0.025  # a watch on a certified course reads up to this much long
RACE_OF_THRESHOLD = 0.97
RACE_SHORTEST_S = 900.0
SHORTEST_S = 600.0
TEMPO_SPAN_S = 1200
TEMPO_OF_THRESHOLD = 0.95
TEMPO_MEAN_OF_THRESHOLD = 0.97
# On a long run heart rate drifts up to here by itself; a tempo run spends a fair part of its time there.
TEMPO_SHARE = 0.25
LONG_S = 5400.0
LONG_FLOOR_S = 3600.0
LONG_AGAINST_USUAL = 1.5
RUNS_FOR_USUAL = 4
PROGRESSION_GAIN = 1.05
PROGRESSION_SHORTEST_S = 1200.0
RECOVERY_LONGEST_S = 2700.0
RECOVERY_SHARE_PCT = 75.0


@dataclass(frozen=True, slots=True)
class SessionKind:
    """``reason`` is a sentence with ``{label}`` slots for the facts of the run."""

    type: SessionType
    reason: str


def session_kind(
    metrics: RunMetrics, athlete: Athlete, intensity: Intensity | None, usual_s: Sequence[float]
) -> SessionKind:
    """DOMAIN "Session kind". ``usual_s`` are the moving times of the runs of the 28 days before."""
    if not metrics.activity.is_run:
        return SessionKind(SessionType.OTHER, "It is not a run, so the kinds of running sessions do not apply.")
    if (metrics.moving_s or 0.0) < SHORTEST_S:
        return SessionKind(SessionType.EASY, "It is too short to be told from an easy run.")
    for found in (
        _race(metrics, athlete),
        _intervals(metrics),
        _tempo(metrics, athlete),
        _long(metrics, usual_s),
        _progression(metrics),
        _recovery(metrics, intensity),
    ):
        if found is not None:
            return found
    return SessionKind(SessionType.EASY, "Nothing in its length, its effort or its rhythm makes it another kind.")


def _race(metrics: RunMetrics, athlete: Athlete) -> SessionKind | None:
    name = metrics.activity.name or ""
    if _RACE_NAME.search(name) and not _TRAINING_NAME.search(name):
        return SessionKind(SessionType.RACE, "You named it a race.")
    moving_s, distance_m = metrics.moving_s, metrics.activity.distance_m
    mean = mean_bpm(metrics.measured.histogram) if metrics.has_heart_rate else None
    if not moving_s or not distance_m or mean is None or moving_s < RACE_SHORTEST_S:
        return None
    measured = any(abs(distance_m / official - 1.0) <= RACE_DISTANCE_TOLERANCE for official in RACE_DISTANCES_M)
    variation = metrics.measured.speed_variation_pct
    steady = variation is not None and variation <= STEADY_VARIATION_PCT
    if measured and steady and mean >= RACE_OF_THRESHOLD * athlete.threshold_bpm:
        return SessionKind(
            SessionType.RACE,
            "{distance} is a race distance, and {averageHeartRate} on average is race effort beside a threshold of "
            "{thresholdHeartRate}.",
        )
    return None


def _intervals(metrics: RunMetrics) -> SessionKind | None:
    variation, bouts = metrics.measured.speed_variation_pct, metrics.measured.bouts
    if bouts is None or variation is None or variation <= STEADY_VARIATION_PCT:
        return None
    return SessionKind(
        SessionType.INTERVALS,
        "It holds {boutCount} fast bouts of about {boutDuration} with {boutRecovery} of recovery between them.",
    )


def _tempo(metrics: RunMetrics, athlete: Athlete) -> SessionKind | None:
    sustained = metrics.best_heart_rates_bpm.get(TEMPO_SPAN_S)
    if sustained is not None and metrics.has_heart_rate:
        hard_s = metrics.measured.histogram[TEMPO_OF_THRESHOLD * athlete.threshold_bpm <= BIN_BPM].sum()
        enough = hard_s >= max(TEMPO_SPAN_S, TEMPO_SHARE * metrics.measured.histogram.sum())
        if sustained < TEMPO_MEAN_OF_THRESHOLD * athlete.threshold_bpm or not enough or _rises(metrics):
            return None
        return SessionKind(
            SessionType.TEMPO,
            "Its hardest {tempoSpan} averaged {tempoHeartRate}, beside a threshold of {thresholdHeartRate}.",
        )
    pace, threshold = metrics.grade_adjusted_pace_s_per_km or metrics.pace_s_per_km, athlete.threshold_pace
    given = threshold.origin is Origin.GIVEN and threshold.value is not None
    if not given or metrics.has_heart_rate or pace is None or (metrics.moving_s or 0) < TEMPO_SPAN_S:
        return None
    if threshold.value is not None and pace > threshold.value / TEMPO_OF_THRESHOLD:
        return None
    return SessionKind(SessionType.TEMPO, "{pace} throughout is close to your threshold pace of {thresholdPace}.")


def _long(metrics: RunMetrics, usual_s: Sequence[float]) -> SessionKind | None:
    moving_s = metrics.moving_s or 0.0
    if moving_s >= LONG_S:
        return SessionKind(SessionType.LONG, "You were moving for {movingTime}.")
    if moving_s < LONG_FLOOR_S or len(usual_s) < RUNS_FOR_USUAL:
        return None
    if moving_s < LONG_AGAINST_USUAL * statistics.median(usual_s):
        return None
    return SessionKind(SessionType.LONG, "{movingTime} is far more than the {usualTime} that is usual for you.")


def _progression(metrics: RunMetrics) -> SessionKind | None:
    if (metrics.moving_s or 0.0) < PROGRESSION_SHORTEST_S or not _rises(metrics):
        return None
    return SessionKind(
        SessionType.PROGRESSION,
        "Each quarter was faster, from {paceFirstQuarter} in the first to {paceLastQuarter} in the last.",
    )


def _rises(metrics: RunMetrics) -> bool:
    """Each quarter faster than the one before on level terms, and the last clearly faster than the first."""
    speeds = [quarter.grade_adjusted_m_per_s for quarter in metrics.measured.quarters]
    known = [speed for speed in speeds if speed is not None]
    if len(known) < 4:
        return False
    return all(b > a for a, b in itertools.pairwise(known)) and known[-1] >= PROGRESSION_GAIN * known[0]


def _recovery(metrics: RunMetrics, intensity: Intensity | None) -> SessionKind | None:
    if intensity is None or (metrics.moving_s or 0.0) > RECOVERY_LONGEST_S:
        return None
    if intensity.recovery_pct < RECOVERY_SHARE_PCT:
        return None
    return SessionKind(
        SessionType.RECOVERY, "It was short, and {recoveryShare} of the time lay below {recoveryCeiling}."
    )
