"""Whether a run held together: how much ground each heartbeat bought, from the end of the warm-up on."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.decoupling import WARM_UP_S
from services.coach_agent.domain.runs.grade import equivalent_distance_m
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.trace import Trace

# What the rest of the run is held against: the ten minutes after the warm-up.
REFERENCE_S = 600.0
# A hill, a gust or a drink lasts minutes, and the heart answers late; over ten minutes they even out.
SMOOTHING_S = 600.0
# Within 5 % a run counts as aerobically sound (Friel's bound for decoupling), and a pace as held.
LOSS = 0.05
# A part that is over sooner says more about the course than about the runner.
SHORTEST_PART_S = 480.0


class PartKind(enum.StrEnum):
    """STABLE: each heartbeat buys what it did. DRIFT: less of it, at the same pace. FADE: less, and the pace falls."""

    STABLE = "stable"
    DRIFT = "drift"
    FADE = "fade"


@dataclass(frozen=True, slots=True)
class Part:
    kind: PartKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Efficiency:
    """``metres_per_beat`` goes with the points of the trace, NaN where unknown; ``parts`` follow each other."""

    metres_per_beat: Column
    parts: tuple[Part, ...]


def efficiency(metrics: RunMetrics) -> Efficiency | None:
    """Efficiency of a run and the parts it falls into; None wherever decoupling is not given (DOMAIN).

    Metres per beat are grade-adjusted speed over heart rate, both means over ten minutes. After the warm-up of 10
    minutes each point is held against the mean of the 10 minutes that follow it. The run is stable up to the last point
    at which no more than 5 % of the metres per beat are lost; from there on it drifts while the speed is within 5 % as
    well, and fades after the last such point. Parts under 8 minutes are left to the one before them.
    """
    trace = metrics.measured.trace
    if trace is None or metrics.measured.decoupling.value_pct is None:
        return None
    speed = mean_around(trace.time_s, _level_speed(trace), SMOOTHING_S)
    metres_per_beat = 60.0 * speed / mean_around(trace.time_s, trace.heart_rate_bpm, SMOOTHING_S)
    return Efficiency(metres_per_beat, _parts(trace.time_s, metres_per_beat, speed))


def _parts(time_s: Column, metres_per_beat: Column, speed: Column) -> tuple[Part, ...]:
    start_s = float(time_s[0]) + WARM_UP_S
    end_s = float(time_s[-1])
    reference = (time_s >= start_s) & (time_s < start_s + REFERENCE_S) & np.isfinite(metres_per_beat)
    if not reference.any() or end_s <= start_s + REFERENCE_S:
        return ()
    lost_from_s = _last_above(time_s, metres_per_beat, (1.0 - LOSS) * float(metres_per_beat[reference].mean()))
    slow_from_s = _last_above(time_s, speed, (1.0 - LOSS) * float(speed[reference].mean()))
    drift_from_s = _unless_brief(lost_from_s, end_s)
    fade_from_s = max(drift_from_s, _unless_brief(max(lost_from_s, slow_from_s), end_s))
    if fade_from_s < end_s and fade_from_s - drift_from_s < SHORTEST_PART_S:
        fade_from_s = drift_from_s
    found = zip(PartKind, (start_s, drift_from_s, fade_from_s), (drift_from_s, fade_from_s, end_s), strict=True)
    return tuple(Part(kind, first_s, last_s) for kind, first_s, last_s in found if last_s > first_s)


def _unless_brief(from_s: float, end_s: float) -> float:
    """Where a part begins; the end itself where it would be over too soon."""
    return from_s if end_s - from_s >= SHORTEST_PART_S else end_s


def _last_above(time_s: Column, values: Column, least: float) -> float:
    """The time of the last point that is not below ``least``; missing points count for neither."""
    above = np.flatnonzero(values >= least)
    return float(time_s[above[-1]]) if above.size else float(time_s[0])


def _level_speed(trace: Trace) -> Column:
    """Grade-adjusted speed at the points of the trace; as it is where no altitude was recorded."""
    if not np.isfinite(trace.altitude_m).any():
        return trace.speed_m_per_s
    level_m = np.gradient(equivalent_distance_m(trace.distance_m, trace.altitude_m))
    run_m = np.gradient(trace.distance_m)
    return trace.speed_m_per_s * np.divide(level_m, run_m, out=np.ones_like(run_m), where=run_m > 0)


def mean_around(time_s: Column, values: Column, window_s: float) -> Column:
    """The mean of what is known within ``window_s`` around each known point; NaN at the others."""
    known = np.isfinite(values)
    sums = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0.0))))
    counts = np.concatenate(([0], np.cumsum(known)))
    first = np.searchsorted(time_s, time_s - window_s / 2, side="left")
    last = np.searchsorted(time_s, time_s + window_s / 2, side="right")
    number = counts[last] - counts[first]
    means = np.divide(sums[last] - sums[first], number, out=np.full_like(time_s, np.nan), where=number > 0)
    return np.where(known, means, np.nan)
