"""Why a run's figures are what they are, and what moved since they were last shown.

What a run's metrics mean depends on who the runner is taken to be (zones, threshold, sex), on the activity's version
and on the formulas. These inputs are kept with the figures they led to; when an input changes and a figure with it,
both states stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Known
from services.coach_agent.domain.runs.formulas import FORMULAS, Formula
from services.coach_agent.domain.runs.reading import Reading

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class KeptReading:
    """A run as it was read: what went in, and the figures that came of it, by name with the unit in it."""

    inputs: Mapping[str, Value]
    figures: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Moved:
    """One input or figure before and now."""

    name: str
    before: Value
    now: Value


@dataclass(frozen=True, slots=True)
class Explanation:
    """``origins`` says of each estimated input where it comes from. ``changed`` inputs led to the ``moved`` figures."""

    reading: KeptReading
    origins: Mapping[str, Known]
    formulas: Mapping[str, Formula]
    changed: tuple[Moved, ...]
    moved: tuple[Moved, ...]


def kept_reading(reading: Reading) -> KeptReading:
    """The inputs and figures of a reading, rounded as finely as anybody reads them."""
    metrics, athlete, measured = reading.metrics, reading.athlete, reading.metrics.measured
    inputs: dict[str, Value] = {
        "activityVersion": metrics.activity.version,
        "formulaVersion": metrics.formula_version,
        **{name: _rounded(known.value, 1) for name, known in _origins(reading).items()},
        "sex": athlete.profile.sex,
        "streams": ", ".join(measured.computed_from),
    }
    zones = reading.zone_times
    figures: dict[str, Value] = {
        "distanceM": _rounded(metrics.activity.distance_m, 0),
        "movingS": _rounded(metrics.moving_s, 0),
        "paceSPerKm": _rounded(metrics.pace_s_per_km, 0),
        "gradeAdjustedPaceSPerKm": _rounded(metrics.grade_adjusted_pace_s_per_km, 0),
        "load": _rounded(None if reading.load is None else reading.load.value, 0),
        "trimp": _rounded(None if reading.load is None else reading.load.trimp, 0),
        "loadBasis": None if reading.load is None else reading.load.basis,
        "decouplingPct": _rounded(measured.decoupling.value_pct, 1),
        "efficiencyFactor": _rounded(measured.efficiency_factor, 2),
        "sessionKind": reading.kind.type,
        "zoneBasis": None if zones is None else zones.zones.basis,
    }
    for zone in range(5):
        figures[f"timeInZone{zone + 1}S"] = None if zones is None else _rounded(zones.seconds[zone], 0)
    return KeptReading(inputs, figures)


def explain(reading: Reading, now: KeptReading, earlier: KeptReading | None) -> Explanation:
    """``earlier`` is the state before the last change, if there was one."""
    return Explanation(
        reading=now,
        origins=_origins(reading),
        formulas={name: formula for name, formula in FORMULAS.items() if now.figures.get(name) is not None},
        changed=() if earlier is None else _moved(earlier.inputs, now.inputs),
        moved=() if earlier is None else _moved(earlier.figures, now.figures),
    )


def _moved(before: Mapping[str, Value], now: Mapping[str, Value]) -> tuple[Moved, ...]:
    """Only what both states know: a figure that is new with a formula has not moved."""
    return tuple(
        Moved(name, before[name], value) for name, value in now.items() if name in before and before[name] != value
    )


def _origins(reading: Reading) -> dict[str, Known]:
    athlete = reading.athlete
    return {
        "maxHeartRateBpm": athlete.max_heart_rate,
        "restingHeartRateBpm": athlete.resting_heart_rate,
        "thresholdHeartRateBpm": athlete.threshold_heart_rate,
        "thresholdPaceSPerKm": athlete.threshold_pace,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
