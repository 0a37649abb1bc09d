"""What is computed once per activity and kept: nothing in it depends on who the runner is.

Zones, load and the session kind follow from these metrics and the runner's profile when they are read, so a changed
profile never asks for a recomputation; only a changed activity or formula does.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.coach_agent.domain.models import INDOOR_SUB_SPORTS, Activity, ActivityDetail, Column, Streams
from services.coach_agent.domain.runs.bouts import Bouts, find_bouts
from services.coach_agent.domain.runs.decoupling import Decoupling, Refusal, aerobic_decoupling, efficiency_factor
from services.coach_agent.domain.runs.grade import equivalent_distance_m
from services.coach_agent.domain.runs.heart_rate import BINS, seconds_per_bpm
from services.coach_agent.domain.runs.timeline import Portion, Timeline, build_timeline, portions, speed_variation_pct
from services.coach_agent.domain.runs.trace import Trace, draw_trace

FORMULA_VERSION = 2
STREAM_KEYS = ("heartRate", "speed", "distance", "cadence", "altitude")
QUARTERS = 4
FASTEST_RUN_M_PER_S = 8.0  # no distance that has a pace was ever run faster
# With heart rate over less than half of it, a sum would say more about the strap than about the runner.
SMALLEST_COVERAGE = 0.5
# Of a recording that holds less of the distance than that, the rest was lost, and its halves are not those of the run.
SMALLEST_RECORDED = 0.8
FRAGMENT = "samples"
PACED_SPORTS = frozenset({"running", "walking", "hiking"})
SHORTEST_PACED_M = 100.0  # below this, a pace would be rounding
# The distances of best efforts as garmin_ingest has them, rounded to the metre.
RECORD_DISTANCES_M = (400, 800, 1000, 1609, 3000, 5000, 10_000, 15_000, 21_098, 42_195)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the streams say. The default is an activity without streams: every figure missing.

    ``histogram`` is timer seconds per bpm, 30 to 240. ``grade_adjusted_factor`` is equivalent flat distance over
    distance (1 on the flat), None without altitude. ``computed_from`` names the streams that were there.
    """

    computed_from: tuple[str, ...] = ()
    grade_adjusted_factor: float | None = None
    efficiency_factor: float | None = None
    speed_variation_pct: float | None = None
    decoupling: Decoupling = field(default_factory=lambda: Decoupling(None, Refusal.NO_HEART_RATE))
    heart_rate_coverage: float = 0.0
    halves: tuple[Portion, ...] = ()
    quarters: tuple[Portion, ...] = ()
    bouts: Bouts | None = None
    histogram: Column = field(default_factory=lambda: np.zeros(BINS))
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class RunMetrics:
    """One activity measured; a missing figure is None.

    ``best_times_s`` is keyed by distance in m, ``best_heart_rates_bpm`` by duration in s.
    """

    activity: Activity
    formula_version: int
    descent_m: float | None
    average_temperature_c: float | None
    missing: tuple[str, ...]
    best_times_s: Mapping[int, float]
    best_heart_rates_bpm: Mapping[int, float]
    measured: Measured

    @property
    def activity_id(self) -> uuid.UUID:
        return self.activity.id

    @property
    def local_date(self) -> dt.date:
        return self.activity.local_date

    @property
    def moving_s(self) -> float | None:
        """Moving time; timer time where a damaged recording holds samples for a fraction of its distance only."""
        moving_s, distance_m = self.activity.moving_s, self.activity.distance_m or 0.0
        if not moving_s or (self.activity.is_run and distance_m > FASTEST_RUN_M_PER_S * moving_s):
            return self.activity.timer_s
        return moving_s

    @property
    def pace_s_per_km(self) -> float | None:
        """Moving time per kilometre; None for a distance too short to have a pace."""
        distance_m = self.activity.distance_m
        if not self.moving_s or distance_m is None or distance_m < SHORTEST_PACED_M:
            return None
        return 1000.0 * self.moving_s / distance_m

    @property
    def grade_adjusted_pace_s_per_km(self) -> float | None:
        pace, factor = self.pace_s_per_km, self.measured.grade_adjusted_factor
        return pace / factor if pace is not None and factor else None

    @property
    def has_heart_rate(self) -> bool:
        """Whether heart rate covers enough of the activity to speak of its effort."""
        return self.measured.heart_rate_coverage >= SMALLEST_COVERAGE

    @property
    def is_paced(self) -> bool:
        """Whether minutes per kilometre are how people speak of this sport."""
        return self.activity.sport in PACED_SPORTS

    @property
    def indoor(self) -> bool:
        return self.activity.sub_sport in INDOOR_SUB_SPORTS

    @property
    def has_position(self) -> bool:
        """Whether distance was measured over the ground, and not by a watch or a treadmill indoors."""
        return not self.indoor and "position" not in self.missing

    def is_current(self, activity: Activity) -> bool:
        return self.activity.version == activity.version and self.formula_version == FORMULA_VERSION


def measure_run(detail: ActivityDetail, streams: Streams | None) -> RunMetrics:
    """All metrics of one activity; without streams only what its summary holds."""
    efforts = detail.best_efforts
    measured = Measured() if streams is None or len(streams.time_s) < 2 else _measure(streams, detail.pauses)
    fragment = _is_fragment(detail.activity, measured)
    return RunMetrics(
        activity=detail.activity,
        formula_version=FORMULA_VERSION,
        descent_m=detail.descent_m,
        average_temperature_c=detail.average_temperature_c,
        missing=(*detail.missing, FRAGMENT) if fragment else detail.missing,
        best_times_s={round(e.span): e.value for e in efforts if e.kind == "distance"},
        best_heart_rates_bpm={round(e.span): e.value for e in efforts if e.kind == "heartRate"},
        measured=_of_fragment(measured, detail.activity) if fragment else measured,
    )


def _is_fragment(activity: Activity, measured: Measured) -> bool:
    covered_m = sum(half.moving_s * (half.speed_m_per_s or 0.0) for half in measured.halves)
    return activity.is_run and 0.0 < covered_m < SMALLEST_RECORDED * (activity.distance_m or 0.0)


def _of_fragment(measured: Measured, activity: Activity) -> Measured:
    """What the samples of a part say of the whole: how much heart rate there is of it, and nothing of its course."""
    timer_s = activity.timer_s or 0.0
    coverage = float(measured.histogram.sum()) / timer_s if timer_s > 0 else measured.heart_rate_coverage
    return Measured(
        computed_from=measured.computed_from,
        heart_rate_coverage=min(measured.heart_rate_coverage, coverage),
        histogram=measured.histogram,
        trace=measured.trace,
    )


def _measure(streams: Streams, pauses: Sequence[tuple[float, float]]) -> Measured:
    timeline = build_timeline(streams, pauses)
    altitude = streams.column("altitude") if timeline.has_distance else None
    equivalent_m = timeline.step_m if altitude is None else _equivalent_steps(timeline, altitude)
    variation = speed_variation_pct(timeline)
    moved, timer_s, covered_m = timeline.moved_s, float(timeline.timer_s.sum()), float(timeline.step_m.sum())
    whole = portions(timeline, equivalent_m, (0.0, moved))
    histogram = seconds_per_bpm(timeline.heart_rate_bpm, timeline.timer_s)
    return Measured(
        computed_from=tuple(key for key in STREAM_KEYS if streams.column(key) is not None),
        grade_adjusted_factor=float(equivalent_m.sum()) / covered_m if altitude is not None and covered_m > 0 else None,
        efficiency_factor=efficiency_factor(whole[0]) if whole else None,
        speed_variation_pct=variation,
        decoupling=aerobic_decoupling(timeline, equivalent_m, variation),
        heart_rate_coverage=min(1.0, float(histogram.sum()) / timer_s) if timer_s > 0 else 0.0,
        halves=portions(timeline, equivalent_m, (0.0, moved / 2, moved)),
        quarters=portions(timeline, equivalent_m, tuple(np.linspace(0.0, moved, QUARTERS + 1))),
        bouts=find_bouts(timeline, equivalent_m),
        histogram=histogram,
        trace=draw_trace(streams, timeline),
    )


def _equivalent_steps(timeline: Timeline, altitude_m: Column) -> Column:
    """Grade-adjusted length of each step, zero where the runner stood still or the timer was stopped."""
    cumulative = equivalent_distance_m(timeline.distance_m, altitude_m)
    steps = np.diff(cumulative, append=cumulative[-1:])
    return np.where(timeline.step_m > 0, steps, 0.0)
