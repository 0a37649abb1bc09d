"""A run read for its runner: metrics and profile brought together, at the moment of asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.runs.intensity import Intensity, intensity_split
from services.coach_agent.domain.runs.load import Load, heart_rate_load, pace_load
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.session_kind import SessionKind, session_kind
from services.coach_agent.domain.runs.zones import ZoneTimes, heart_rate_zones, time_in_zones

USUAL_DAYS = 28


@dataclass(frozen=True, slots=True)
class Reading:
    """One activity in the light of the runner's zones. ``usual_s`` are moving times of the 28 days before."""

    metrics: RunMetrics
    athlete: Athlete
    zone_times: ZoneTimes | None
    intensity: Intensity | None
    load: Load | None
    kind: SessionKind
    usual_s: tuple[float, ...]


def read_run(metrics: RunMetrics, athlete: Athlete, history: Sequence[RunMetrics] = ()) -> Reading:
    """Zones, load and kind of one activity; ``history`` may hold any runs, only the 28 days before count."""
    usual_s = tuple(
        other.moving_s
        for other in history
        if other.activity.is_run
        and other.moving_s
        and other.activity_id != metrics.activity_id
        and 0 <= (metrics.local_date - other.local_date).days <= USUAL_DAYS
    )
    zone_times = (
        time_in_zones(metrics.measured.histogram, heart_rate_zones(athlete)) if metrics.has_heart_rate else None
    )
    intensity = intensity_split(metrics.measured.histogram, athlete) if metrics.has_heart_rate else None
    return Reading(
        metrics=metrics,
        athlete=athlete,
        zone_times=zone_times,
        intensity=intensity,
        load=run_load(metrics, athlete),
        kind=session_kind(metrics, athlete, intensity, usual_s),
        usual_s=usual_s,
    )


def run_load(metrics: RunMetrics, athlete: Athlete) -> Load | None:
    """Load from heart rate where it covers the run, else from pace; None when neither is known (DOMAIN)."""
    if metrics.has_heart_rate:
        return heart_rate_load(metrics.measured.histogram, athlete)
    pace, threshold = metrics.grade_adjusted_pace_s_per_km or metrics.pace_s_per_km, athlete.threshold_pace.value
    if not metrics.activity.is_run or pace is None or threshold is None or not metrics.moving_s:
        return None
    return pace_load(1000.0 / pace, metrics.moving_s, threshold)
