"""A run's metrics as a row and back: figures as JSON, the histogram as 211 floats, the trace as a column block.

What is read of years of runs at once stands in columns of its own as well.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

import asyncpg
import numpy as np

from services.coach_agent.domain.models import Activity, Column
from services.coach_agent.domain.runs.bouts import Bouts
from services.coach_agent.domain.runs.decoupling import Decoupling, Refusal
from services.coach_agent.domain.runs.metrics import RECORD_DISTANCES_M, Measured, RunMetrics
from services.coach_agent.domain.runs.timeline import Portion
from services.coach_agent.domain.runs.trace import Trace
from shared import columns
from shared.logs import get_logger
from shared.postgres import from_jsonb, to_jsonb

_log = get_logger("metrics_row")

# Values per unit that a chart can still show.
_TRACE_SCALES = {"time_s": 10, "distance_m": 10, "speed_m_per_s": 1000, "heart_rate_bpm": 10, "altitude_m": 10}


def render(metrics: RunMetrics) -> dict[str, Any]:
    """The values of a row by column."""
    activity, measured = metrics.activity, metrics.measured
    return {
        "activity_id": activity.id,
        "activity_version": activity.version,
        "formula_version": metrics.formula_version,
        "sport": activity.sport,
        "local_date": activity.local_date,
        "figures": to_jsonb(_figures(metrics)),
        "histogram": measured.histogram.astype("<f4").tobytes(),
        "trace": _pack_trace(measured.trace),
        "distance_m": activity.distance_m,
        "moving_s": metrics.moving_s,
        "timer_s": activity.timer_s,
        "ascent_m": activity.ascent_m,
        "average_heart_rate_bpm": activity.average_heart_rate_bpm,
        "grade_adjusted_factor": measured.grade_adjusted_factor,
        "heart_rate_coverage": measured.heart_rate_coverage,
        "has_position": metrics.has_position,
        "best_times": _best_times(metrics),
    }


def parse(row: asyncpg.Record) -> RunMetrics | None:
    """None for a row of another formula whose figures have another shape: it is as good as not measured yet."""
    try:
        return _parse(row)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        _log.info("stored metrics not readable", formulaVersion=row["formula_version"], cause=type(error).__name__)
        return None


def _parse(row: asyncpg.Record) -> RunMetrics:
    figures = from_jsonb(row["figures"])
    histogram = np.frombuffer(row["histogram"], dtype="<f4").astype(np.float64)
    return RunMetrics(
        activity=_activity(figures["activity"]),
        formula_version=row["formula_version"],
        descent_m=figures["descentM"],
        average_temperature_c=figures["averageTemperatureC"],
        missing=tuple(figures["missing"]),
        best_times_s={int(metres): seconds for metres, seconds in figures["bestTimesS"].items()},
        best_heart_rates_bpm={int(seconds): bpm for seconds, bpm in figures["bestHeartRatesBpm"].items()},
        measured=_measured(figures["measured"], histogram, row["trace"]),
    )


def _figures(metrics: RunMetrics) -> dict[str, Any]:
    activity = {
        field.name: getattr(metrics.activity, field.name)
        for field in dataclasses.fields(metrics.activity)
        if field.name != "name"
    }
    measured = {
        field.name: getattr(metrics.measured, field.name)
        for field in dataclasses.fields(metrics.measured)
        if field.name not in {"histogram", "trace"}
    }
    return {
        "activity": activity,
        "descentM": metrics.descent_m,
        "averageTemperatureC": metrics.average_temperature_c,
        "missing": metrics.missing,
        "bestTimesS": {str(metres): seconds for metres, seconds in metrics.best_times_s.items()},
        "bestHeartRatesBpm": {str(seconds): bpm for seconds, bpm in metrics.best_heart_rates_bpm.items()},
        "measured": measured,
    }


def _activity(stored: dict[str, Any]) -> Activity:
    return Activity(
        **{
            **stored,
            "id": uuid.UUID(stored["id"]),
            "start_time": dt.datetime.fromisoformat(stored["start_time"]),
            "local_date": dt.date.fromisoformat(stored["local_date"]),
            "name": None,
        }
    )


def _measured(stored: dict[str, Any], histogram: Column, trace: bytes | None) -> Measured:
    decoupling, bouts = stored["decoupling"], stored["bouts"]
    refusal = decoupling["refusal"]
    return Measured(
        **{
            **stored,
            "computed_from": tuple(stored["computed_from"]),
            "decoupling": Decoupling(decoupling["value_pct"], None if refusal is None else Refusal(refusal)),
            "halves": tuple(Portion(**portion) for portion in stored["halves"]),
            "quarters": tuple(Portion(**portion) for portion in stored["quarters"]),
            "bouts": None if bouts is None else Bouts(**bouts),
            "histogram": histogram,
            "trace": None if trace is None else Trace(**columns.decode(trace)),
        }
    )


def _best_times(metrics: RunMetrics) -> bytes:
    times = [metrics.best_times_s.get(metres, np.nan) for metres in RECORD_DISTANCES_M]
    return np.array(times, dtype=">f4").tobytes()


def _pack_trace(trace: Trace | None) -> bytes | None:
    if trace is None:
        return None
    return columns.encode({name: columns.Column(getattr(trace, name), scale) for name, scale in _TRACE_SCALES.items()})
