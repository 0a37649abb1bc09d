"""The signals an activity can have: their names here and outside, units, and the resolution at which they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

TIME = "time_s"
DISTANCE = "distance_m"
SPEED = "speed_m_per_s"
HEART_RATE = "heart_rate_bpm"
CADENCE = "cadence_spm"
POWER = "power_w"
ALTITUDE = "altitude_m"
LATITUDE = "latitude_deg"
LONGITUDE = "longitude_deg"
TEMPERATURE = "temperature_c"
VERTICAL_OSCILLATION = "vertical_oscillation_mm"
GROUND_CONTACT = "ground_contact_ms"
GROUND_CONTACT_BALANCE = "ground_contact_balance_pct"
VERTICAL_RATIO = "vertical_ratio_pct"
STEP_LENGTH = "step_length_mm"


@dataclass(frozen=True, slots=True)
class Signal:
    """``key`` is the public name; a sample is kept to a resolution of ``1 / scale`` of its unit.

    Outside ``lowest`` to ``highest`` a sample is damage, whatever the sport: these are no limits of plausibility.
    """

    name: str
    key: str
    unit: str
    scale: float
    lowest: float
    highest: float


SIGNALS = (
    Signal(DISTANCE, "distance", "m", 100, 0, 1e7),
    Signal(SPEED, "speed", "m/s", 1000, 0, 300),
    Signal(HEART_RATE, "heartRate", "bpm", 1, 0, 255),
    Signal(CADENCE, "cadence", "spm", 100, 0, 600),
    Signal(POWER, "power", "W", 1, 0, 10_000),
    Signal(ALTITUDE, "altitude", "m", 100, -1000, 15_000),
    Signal(LATITUDE, "latitude", "deg", 1e7, -90, 90),
    Signal(LONGITUDE, "longitude", "deg", 1e7, -180, 180),
    Signal(TEMPERATURE, "temperature", "°C", 10, -90, 120),
    Signal(VERTICAL_OSCILLATION, "verticalOscillation", "mm", 10, 0, 2000),
    Signal(GROUND_CONTACT, "groundContactTime", "ms", 10, 0, 10_000),
    Signal(GROUND_CONTACT_BALANCE, "groundContactBalance", "%", 100, 0, 100),
    Signal(VERTICAL_RATIO, "verticalRatio", "%", 100, 0, 100),
    Signal(STEP_LENGTH, "stepLength", "mm", 10, 0, 10_000),
)
BY_NAME = {signal.name: signal for signal in SIGNALS}
BY_KEY = {signal.key: signal for signal in SIGNALS}
# Pace is not kept: it is speed read the other way round.
PACE_KEY = "pace"
TIME_SCALE = 1000.0


@dataclass(frozen=True, slots=True)
class Streams:
    """Samples on one shared axis: ``time_s`` since the start, strictly increasing; each column has its shape.

    A missing sample is NaN. A signal that the recording lacks has no column.
    """

    time_s: Samples
    columns: Mapping[str, Samples]

    def get(self, name: str) -> Samples | None:
        return self.columns.get(name)

    def __len__(self) -> int:
        return len(self.time_s)
