"""The facts of one run: the contract's labels first, then those that only sentences use."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.reviews.findings import Findings
from services.coach_agent.domain.runs.intensity import EASY_OF_THRESHOLD, RECOVERY_OF_THRESHOLD
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.session_kind import TEMPO_SPAN_S

FASTEST_KM_M = 1000
LONGEST_DRIFT_PCT = 5.0  # Friel: under 5 % the aerobic system carried the run


def add_key_figures(book: FactBook, reading: Reading, suffix: str = "") -> None:
    """The labels of the contract; plain ones belong to the run asked about, others carry a ``suffix``."""
    metrics, source = reading.metrics, _source(reading.metrics)
    activity = metrics.activity
    put = _Optional(book, suffix, source)
    put(book.distance, "distance", activity.distance_m or None)
    put(book.duration, "duration", activity.timer_s or activity.elapsed_s)
    put(book.pace, "pace", metrics.pace_s_per_km if activity.is_run else None)
    put(book.pace, "gradeAdjustedPace", metrics.grade_adjusted_pace_s_per_km if activity.is_run else None)
    put(book.heart_rate, "averageHeartRate", activity.average_heart_rate_bpm or None)
    put(book.heart_rate, "maxHeartRate", activity.max_heart_rate_bpm or None)
    put(book.cadence, "cadence", activity.average_cadence_spm or None)
    put(book.height, "ascent", activity.ascent_m)
    put(book.duration, "fastestKm", metrics.best_times_s.get(FASTEST_KM_M) if activity.is_run else None)
    book.date(f"date{suffix}", activity.local_date, source)
    _add_efficiency(book, metrics, suffix)
    _add_cost(book, reading, suffix)


@dataclass(frozen=True, slots=True)
class _Optional:
    """Puts a figure into the book where there is one."""

    book: FactBook
    suffix: str
    source: Source

    def __call__(self, put: Callable[[str, float, Source], None], label: str, value: float | None) -> None:
        if value is not None:
            put(f"{label}{self.suffix}", value, self.source)


def _add_efficiency(book: FactBook, metrics: RunMetrics, suffix: str) -> None:
    if not metrics.activity.is_run:
        return
    source, measured = _source(metrics), metrics.measured
    if measured.efficiency_factor is not None:
        book.number(f"efficiencyFactor{suffix}", measured.efficiency_factor, "m/beat", source, decimals=2)
    if measured.decoupling.value_pct is not None:
        book.percent(f"decoupling{suffix}", measured.decoupling.value_pct, source, decimals=1)


def _add_cost(book: FactBook, reading: Reading, suffix: str) -> None:
    source = _source(reading.metrics)
    if reading.load is not None:
        book.number(f"load{suffix}", reading.load.value, "load", source)
        if reading.load.trimp is not None:
            book.number(f"trimp{suffix}", reading.load.trimp, "trimp", source)
    if reading.zone_times is not None:
        for zone, seconds in enumerate(reading.zone_times.seconds, start=1):
            book.duration(f"timeInZone{zone}{suffix}", seconds, source)
    if reading.intensity is not None:
        book.percent(f"easyShare{suffix}", reading.intensity.easy_pct, source)


def add_details(book: FactBook, reading: Reading, findings: Findings) -> None:
    """What only the sentences about this run use."""
    metrics, source = reading.metrics, _source(reading.metrics)
    if metrics.moving_s:
        book.duration("movingTime", metrics.moving_s, source)
        book.duration("stoppedTime", max(0.0, (metrics.activity.timer_s or 0.0) - metrics.moving_s), source)
    if reading.usual_s:
        book.duration("usualTime", statistics.median(reading.usual_s), Source(SourceKind.FITNESS, "usual-run"))
    if metrics.average_temperature_c is not None:
        book.temperature("temperature", metrics.average_temperature_c, source)
    _add_portions(book, metrics, source)
    _add_bouts(book, metrics, source)
    _add_effort(book, reading, source)
    if findings.fade_pct is not None:
        book.percent("halfChange", abs(findings.fade_pct), source, decimals=1)
    if findings.late_fade_pct is not None:
        book.percent("lateChange", abs(findings.late_fade_pct), source, decimals=1)
    if findings.drift_pct is not None:
        book.percent("driftSize", abs(findings.drift_pct), source, decimals=1)
    if metrics.measured.heart_rate_coverage:
        book.percent("heartRateCoverage", 100.0 * metrics.measured.heart_rate_coverage, source)


def _add_portions(book: FactBook, metrics: RunMetrics, source: Source) -> None:
    names = ("FirstHalf", "SecondHalf"), ("FirstQuarter", "SecondQuarter", "ThirdQuarter", "LastQuarter")
    for labels, portions in zip(names, (metrics.measured.halves, metrics.measured.quarters), strict=True):
        for name, portion in zip(labels, portions, strict=False):
            if portion.speed_m_per_s is not None:
                book.pace(f"pace{name}", 1000.0 / portion.speed_m_per_s, source)
            if portion.heart_rate_bpm is not None:
                book.heart_rate(f"heartRate{name}", portion.heart_rate_bpm, source)
            if portion.cadence_spm is not None:
                book.cadence(f"cadence{name}", portion.cadence_spm, source)


def _add_bouts(book: FactBook, metrics: RunMetrics, source: Source) -> None:
    bouts = metrics.measured.bouts
    if bouts is None:
        return
    book.count("boutCount", bouts.count, source)
    book.duration("boutDuration", bouts.mean_duration_s, source)
    book.duration("boutRecovery", bouts.typical_recovery_s, source)
    book.pace("boutPace", 1000.0 / bouts.mean_speed_m_per_s, source)
    book.percent("boutChange", abs(bouts.last_against_first_pct), source, decimals=1)
    book.percent("boutSpread", bouts.spread_pct, source, decimals=1)


def _add_effort(book: FactBook, reading: Reading, source: Source) -> None:
    athlete, metrics = reading.athlete, reading.metrics
    profile = Source(SourceKind.ATHLETE, "heart-rate")
    if (split := reading.intensity) is not None:
        book.percent("moderateShare", split.moderate_pct, source)
        book.percent("hardShare", split.hard_pct, source)
        book.percent("aboveEasyShare", split.moderate_pct + split.hard_pct, source)
        book.percent("recoveryShare", split.recovery_pct, source)
        book.heart_rate("easyCeiling", split.easy_ceiling_bpm, profile)
        book.heart_rate("recoveryCeiling", split.recovery_ceiling_bpm, profile)
        book.heart_rate("thresholdHeartRate", athlete.threshold_bpm, profile)
        book.heart_rate("maxHeartRateUsed", athlete.max_bpm, profile)
    if (sustained := metrics.best_heart_rates_bpm.get(TEMPO_SPAN_S)) is not None:
        book.heart_rate("tempoHeartRate", sustained, source)
        book.duration("tempoSpan", TEMPO_SPAN_S, Source(SourceKind.DEFINITION, "tempo"))
    if athlete.threshold_pace.value is not None:
        book.pace("thresholdPace", athlete.threshold_pace.value, Source(SourceKind.ATHLETE, "threshold-pace"))


def add_definitions(book: FactBook) -> None:
    """Yardsticks that sentences refer to."""
    book.number("hourAtThreshold", 100, "load", Source(SourceKind.DEFINITION, "load"))
    intensity = Source(SourceKind.DEFINITION, "intensity")
    book.percent("easyOfThreshold", 100.0 * EASY_OF_THRESHOLD, intensity)
    book.percent("recoveryOfThreshold", 100.0 * RECOVERY_OF_THRESHOLD, intensity)
    book.percent("driftLimit", LONGEST_DRIFT_PCT, Source(SourceKind.DEFINITION, "decoupling"))
    book.duration("warmUp", 600, Source(SourceKind.DEFINITION, "warm-up"))
    book.duration("driftShortest", 1800, Source(SourceKind.DEFINITION, "decoupling"))
    book.duration("testLength", 1800, Source(SourceKind.DEFINITION, "threshold-test"))
    book.duration("testPart", TEMPO_SPAN_S, Source(SourceKind.DEFINITION, "threshold-test"))


def _source(metrics: RunMetrics) -> Source:
    return Source(SourceKind.ACTIVITY, str(metrics.activity_id))
