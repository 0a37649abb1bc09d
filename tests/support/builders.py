"""Activity files for tests, small and with known values: ``build_fit``, ``build_tcx``, ``build_gpx``.

Each takes the fields of ``ShortRun`` as keywords and gives the bytes of a file::

    build_fit()                                             half an hour at 5:30/km, 150 bpm
    build_fit(duration_s=600, heart_rate_bpm=None)          ten minutes without a heart-rate signal
    build_gpx(start=dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC), pace_s_per_km=300)
    build_fit(pauses=((600, 90),))                          stopped after ten minutes for a minute and a half
    build_fit(heart_rate_bpm=lambda t: 140 + t / 100)       a signal over time

What a test expects is read from the same ``ShortRun(...)``: ``distance_m``, ``elapsed_s``, ``timer_s``. Damage, ZIP
files and files that are no activity are in ``builders_damage``, ``builders_zip`` and ``builders_other``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from deploy.local.demo.fit_writer import fit_bytes
from deploy.local.demo.recording import Floats, Lap, Pause, Recording
from tests.support.builders_xml import gpx_bytes, tcx_bytes

# A steady value, a function of the seconds of running timer, or no such signal.
Signal = float | Callable[[Floats], Floats] | None

# One degree of latitude on the sphere of 6,371,000 m that distances between positions are commonly measured on.
METRES_PER_DEGREE = 6_371_000 * np.pi / 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRun:
    """A run due north at a steady pace. A signal set to None is missing from the file.

    ``duration_s`` is running timer; each pause is (seconds of timer before it, seconds it lasts). A sample every
    ``step_s`` seconds of timer, one at the start and one at the end of each pause, and one at the finish.
    """

    start: dt.datetime = dt.datetime(2026, 3, 1, 7, 0, tzinfo=dt.UTC)
    utc_offset_s: int = 3600
    duration_s: int = 1800
    pace_s_per_km: float | Callable[[Floats], Floats] = 330.0
    heart_rate_bpm: Signal = 150.0
    cadence_spm: Signal = 172.0
    power_w: Signal = 230.0
    altitude_m: Signal = 200.0
    temperature_c: Signal = 14.0
    positions: bool = True
    pauses: tuple[tuple[int, int], ...] = ()
    lap_every_s: int = 600
    step_s: int = 1
    sport: str = "running"
    sub_sport: str = "generic"
    latitude_deg: float = 47.0
    longitude_deg: float = 13.0
    device_name: str = "Test watch"
    device_serial: int = 1234567

    @property
    def timer_s(self) -> float:
        return float(self.duration_s)

    @property
    def elapsed_s(self) -> float:
        return float(self.duration_s + sum(length for _, length in self.pauses))

    @property
    def distance_m(self) -> float:
        return float(self.recording().signals["distance_m"][-1])

    def recording(self) -> Recording:
        """The run as samples, before any file format rounds it."""
        time, timer = self._axes()
        return Recording(
            start=self.start,
            utc_offset_s=self.utc_offset_s,
            time_s=time,
            signals=self._signals(timer),
            pauses=tuple(Pause(self._elapsed_at(at), self._elapsed_at(at) + length) for at, length in self.pauses),
            laps=(
                *(
                    Lap(self._elapsed_at(lap), trigger="time")
                    for lap in range(self.lap_every_s, self.duration_s, self.lap_every_s)
                ),
                Lap(self.elapsed_s, trigger="session_end"),
            ),
            sport=self.sport,
            sub_sport=self.sub_sport,
            device_name=self.device_name,
            device_serial=self.device_serial,
        )

    def _elapsed_at(self, timer_s: float) -> float:
        return float(timer_s + sum(length for at, length in self.pauses if at < timer_s))

    def _axes(self) -> tuple[Floats, Floats]:
        """Elapsed and timer seconds of each sample; they part at a pause, whose two ends share one timer second."""
        timer = {*range(0, self.duration_s, self.step_s), self.duration_s, *(at for at, _ in self.pauses)}
        points = {(self._elapsed_at(second), float(second)) for second in timer}
        points |= {(self._elapsed_at(at) + length, float(at)) for at, length in self.pauses}
        time, running = np.array(sorted(points)).T
        return time, running

    def _signals(self, timer: Floats) -> dict[str, Floats]:
        pace = _values(self.pace_s_per_km, timer)
        assert pace is not None
        speed = 1000 / pace
        distance = np.concatenate([[0.0], np.cumsum(np.diff(timer) * (speed[1:] + speed[:-1]) / 2)])
        signals = {"distance_m": distance, "speed_m_per_s": speed}
        for name in ("heart_rate_bpm", "cadence_spm", "power_w", "altitude_m", "temperature_c"):
            values = _values(getattr(self, name), timer)
            if values is not None:
                signals[name] = values
        if self.positions:
            signals["latitude_deg"] = self.latitude_deg + distance / METRES_PER_DEGREE
            signals["longitude_deg"] = np.full_like(distance, self.longitude_deg)
        return signals


def build_fit(**run: Any) -> bytes:
    """A FIT activity file of ``ShortRun(**run)``."""
    return fit_bytes(ShortRun(**run).recording())


def build_multisport_fit(*runs: ShortRun) -> bytes:
    """A FIT activity file with one session per run; their starts must ascend without overlap."""
    return fit_bytes(*(run.recording() for run in runs))


def build_tcx(**run: Any) -> bytes:
    """A Garmin TCX file of ``ShortRun(**run)``. TCX knows no UTC offset and no temperature; each pause ends a Track."""
    return tcx_bytes(ShortRun(**run).recording())


def build_gpx(**run: Any) -> bytes:
    """A GPX 1.1 file with Garmin's TrackPointExtension; each pause ends a segment. Distance and laps are not in GPX."""
    return gpx_bytes(ShortRun(**run).recording())


def _values(signal: Signal, timer: Floats) -> Floats | None:
    if signal is None:
        return None
    return np.asarray(signal(timer) if callable(signal) else np.full_like(timer, signal), dtype=np.float64)
