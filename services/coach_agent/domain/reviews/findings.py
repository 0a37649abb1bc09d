"""What stands out in one run: the few comparisons that the coach's sentences rest on."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from services.coach_agent.domain.runs.decoupling import STEADY_VARIATION_PCT
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import Reading

SHORTEST_USEFUL_S = 600.0
SHORTEST_USEFUL_M = 800.0
DRIFT_PCT = 5.0
FADE_PCT = 3.0
FAST_START_PCT = 3.0
CADENCE_DROP_PCT = 3.0
EASY_ENOUGH_PCT = 75.0
HOT_C = 25.0
HILLY_M_PER_KM = 12.0
STOPPED_SHARE = 0.04
STOPPED_S = 60.0


@dataclass(frozen=True, slots=True)
class Findings:
    """Percentages are positive when the later part was slower, costlier or lower; None where it cannot be said."""

    too_short: bool
    drift_pct: float | None
    fade_pct: float | None
    late_fade_pct: float | None
    fast_start_pct: float | None
    cadence_drop_pct: float | None
    easy_share_pct: float | None
    hot: bool
    hilly: bool
    stopped: bool

    @property
    def drifted(self) -> bool:
        return self.drift_pct is not None and self.drift_pct >= DRIFT_PCT

    @property
    def faded(self) -> bool:
        return self.fade_pct is not None and self.fade_pct >= FADE_PCT

    @property
    def sped_up(self) -> bool:
        return self.fade_pct is not None and self.fade_pct <= -FADE_PCT

    @property
    def started_fast(self) -> bool:
        return self.fast_start_pct is not None and self.fast_start_pct >= FAST_START_PCT

    @property
    def strayed(self) -> bool:
        """Too much of the time above the easy zones for an easy day."""
        return self.easy_share_pct is not None and self.easy_share_pct < EASY_ENOUGH_PCT

    @property
    def lost_cadence(self) -> bool:
        return self.cadence_drop_pct is not None and self.cadence_drop_pct >= CADENCE_DROP_PCT


def find(reading: Reading) -> Findings:
    metrics = reading.metrics
    activity, measured = metrics.activity, metrics.measured
    speeds = [part.grade_adjusted_m_per_s for part in measured.quarters]
    halves = [part.grade_adjusted_m_per_s for part in measured.halves]
    cadences = [part.cadence_spm for part in measured.halves]
    distance_m, moving_s = activity.distance_m or 0.0, metrics.moving_s or 0.0
    stopped_s = (activity.timer_s or 0.0) - moving_s
    variation = measured.speed_variation_pct
    # Where the pace changes all the time, walking breaks decide the cadence.
    steady = variation is not None and variation <= STEADY_VARIATION_PCT
    return Findings(
        too_short=is_too_short(metrics),
        drift_pct=measured.decoupling.value_pct,
        fade_pct=_drop(halves[:1], halves[1:]),
        late_fade_pct=_drop(speeds[1:3], speeds[3:]),
        fast_start_pct=_drop(speeds[:1], speeds[1:3]),
        cadence_drop_pct=_drop(cadences[:1], cadences[1:]) if steady else None,
        easy_share_pct=reading.intensity.easy_pct if reading.intensity is not None else None,
        hot=_hot(metrics),
        hilly=distance_m > 0 and (activity.ascent_m or 0.0) / distance_m * 1000 >= HILLY_M_PER_KM,
        stopped=stopped_s >= max(STOPPED_S, STOPPED_SHARE * moving_s),
    )


def is_too_short(metrics: RunMetrics) -> bool:
    """Whether there is too little of it to say anything about the runner."""
    distance_m = metrics.activity.distance_m or 0.0
    short = metrics.activity.is_run and 0 < distance_m < SHORTEST_USEFUL_M
    return short or (metrics.moving_s or 0.0) < SHORTEST_USEFUL_S


def _hot(metrics: RunMetrics) -> bool:
    return metrics.average_temperature_c is not None and metrics.average_temperature_c >= HOT_C


def _drop(before: list[float | None], after: list[float | None]) -> float | None:
    """How much lower the mean of ``after`` is than that of ``before``, in %; None when a part is missing."""
    first = [value for value in before if value is not None]
    last = [value for value in after if value is not None]
    if not first or not last or len(first) < len(before) or len(last) < len(after):
        return None
    base = statistics.fmean(first)
    return 100.0 * (base - statistics.fmean(last)) / base
