"""What a watch holds when a run ends: samples, pauses, laps, and the totals it shows. SI units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Names a recording's signals may have; one that the watch did not measure is left out, a missing sample is NaN.
SIGNALS = (
    "distance_m",
    "speed_m_per_s",
    "heart_rate_bpm",
    "cadence_spm",
    "power_w",
    "altitude_m",
    "latitude_deg",
    "longitude_deg",
    "temperature_c",
    "vertical_oscillation_mm",
    "ground_contact_ms",
    "ground_contact_balance_pct",
    "vertical_ratio_pct",
    "step_length_mm",
)


@dataclass(frozen=True, slots=True)
class Pause:
    """The timer stands still from ``start_s`` to ``end_s`` after the start; no sample lies strictly between."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Lap:
    """A lap ends ``end_s`` after the start and began where the one before ended. Words are those of the FIT profile."""

    end_s: float
    trigger: str = "manual"
    intensity: str = "active"


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of a stretch; None where the signal was not recorded. Means are weighted by time, pauses left out."""

    elapsed_s: float
    timer_s: float
    distance_m: float
    average_heart_rate_bpm: float | None
    max_heart_rate_bpm: float | None
    average_cadence_spm: float | None
    average_power_w: float | None
    average_temperature_c: float | None
    ascent_m: float | None
    descent_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One run. ``time_s`` counts whole seconds since ``start`` (UTC) and has the length of every signal."""

    start: dt.datetime
    utc_offset_s: int
    time_s: Floats
    signals: Mapping[str, Floats]
    pauses: tuple[Pause, ...] = ()
    laps: tuple[Lap, ...] = ()
    sport: str = "running"
    sub_sport: str = "generic"
    profile_name: str | None = None
    device_name: str = "Pace42 demo watch"
    device_serial: int = 4_200_000_001

    @property
    def elapsed_s(self) -> float:
        return float(self.time_s[-1])

    def totals(self, start_s: float = 0.0, end_s: float | None = None) -> Totals:
        """Figures of the stretch between two moments, by default of the whole run."""
        end_s = self.elapsed_s if end_s is None else end_s
        inside = (self.time_s > start_s) & (self.time_s <= end_s)
        weights = np.where(inside, self._timer_steps(), 0.0)
        distance = np.interp([start_s, end_s], self.time_s, self.signals["distance_m"])
        climb = self._climb(inside)
        heart_rate = self.signals.get("heart_rate_bpm")
        return Totals(
            elapsed_s=end_s - start_s,
            timer_s=end_s - start_s - self._paused(start_s, end_s),
            distance_m=float(distance[1] - distance[0]),
            average_heart_rate_bpm=_mean(heart_rate, weights),
            max_heart_rate_bpm=None if heart_rate is None else _largest(heart_rate[inside]),
            average_cadence_spm=_mean(self.signals.get("cadence_spm"), weights),
            average_power_w=_mean(self.signals.get("power_w"), weights),
            average_temperature_c=_mean(self.signals.get("temperature_c"), weights),
            ascent_m=None if climb is None else float(climb[climb > 0].sum()),
            descent_m=None if climb is None else float(-climb[climb < 0].sum()),
        )

    def _paused(self, start_s: float, end_s: float) -> float:
        return sum(max(0.0, min(end_s, pause.end_s) - max(start_s, pause.start_s)) for pause in self.pauses)

    def _timer_steps(self) -> Floats:
        """Seconds of running timer between each sample and the one before it."""
        steps = np.diff(self.time_s, prepend=self.time_s[0])
        for pause in self.pauses:
            steps[np.searchsorted(self.time_s, pause.end_s)] -= pause.end_s - pause.start_s
        return np.maximum(steps, 0.0)

    def _climb(self, inside: NDArray[np.bool_]) -> Floats | None:
        altitude = self.signals.get("altitude_m")
        if altitude is None:
            return None
        steps: Floats = np.diff(altitude, prepend=altitude[0])[inside]
        return steps[~np.isnan(steps)]


def _mean(signal: Floats | None, weights: Floats) -> float | None:
    if signal is None:
        return None
    known = ~np.isnan(signal) & (weights > 0)
    return float(np.average(signal[known], weights=weights[known])) if known.any() else None


def _largest(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else None
