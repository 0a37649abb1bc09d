"""A runner over time: what the years of measured activities say, in SI units (DOMAIN "A runner over time")."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.coach_agent.domain.models import Column


@dataclass(frozen=True, slots=True)
class History:
    """Every measured activity of one runner as columns of one length n, oldest first.

    ``day`` is the local date as a proleptic ordinal. ``histogram`` is (n, 211): timer seconds per bpm from 30 to 240,
    zero throughout without heart rate. ``best_time_s`` is (n, k) for the k distances of ``distances_m``; NaN where a
    figure was not recorded. ``grade_adjusted_factor`` is equivalent flat distance over distance. ``has_position`` is
    false where distance is a watch's or a treadmill's own.
    """

    activity_ids: tuple[uuid.UUID, ...]
    sports: tuple[str, ...]
    day: NDArray[np.int64]
    is_run: NDArray[np.bool_]
    distance_m: Column
    moving_s: Column
    timer_s: Column
    ascent_m: Column
    average_heart_rate_bpm: Column
    grade_adjusted_factor: Column
    heart_rate_coverage: Column
    histogram: NDArray[np.float32]
    distances_m: tuple[int, ...]
    best_time_s: NDArray[np.float32]
    has_position: NDArray[np.bool_]
    data_version: int

    def __len__(self) -> int:
        return len(self.activity_ids)


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands where a figure cannot be given: ``why``, a sentence for the runner that holds no number."""

    why: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the range it is believed to lie in, all in one SI unit: never a bare number."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FitnessSeries:
    """One value a local day from ``first_day`` on, all columns of one length.

    ``form`` of a day is fitness less fatigue of the day before.
    """

    first_day: dt.date
    load: Column
    fitness: Column
    fatigue: Column
    form: Column

    def index(self, day: dt.date) -> int:
        """Where ``day`` stands in the columns; outside of them it is negative or past the end."""
        return (day - self.first_day).days


@dataclass(frozen=True, slots=True)
class Prediction:
    """A race time in seconds by the race-equivalence index, and by Riegel as a second opinion."""

    distance_m: float
    time_s: Estimate
    riegel_s: float | None


@dataclass(frozen=True, slots=True)
class Record:
    distance_m: int
    elapsed_s: float
    day: dt.date
    activity_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CriticalSpeed:
    """Least squares of distance on time over efforts of 2 to 20 minutes: d = ``speed`` · t + ``reserve_m``."""

    speed_m_per_s: Estimate
    reserve_m: float
    efforts: int


@dataclass(frozen=True, slots=True)
class PaceRange:
    """Seconds per km, the faster end first."""

    fast_s_per_km: float
    slow_s_per_km: float


@dataclass(frozen=True, slots=True)
class TrainingPaces:
    """Paces on the flat from the race-equivalence index."""

    easy: PaceRange
    marathon: PaceRange
    threshold: PaceRange
    interval: PaceRange
    repetition: PaceRange


@dataclass(frozen=True, slots=True)
class Week:
    """Seven local days from ``first_day``: runs alone, but the load of all sports.

    The three times are of heart rate below, at and above what is easy.
    """

    first_day: dt.date
    runs: int
    distance_m: float
    moving_s: float
    ascent_m: float
    longest_s: float
    load: float
    easy_s: float
    moderate_s: float
    hard_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """The local days from ``first_day`` to ``last_day``, both included, summed up as a Week is."""

    first_day: dt.date
    last_day: dt.date
    runs: int
    distance_m: float
    moving_s: float
    ascent_m: float
    longest_s: float
    load: float
    easy_s: float
    moderate_s: float
    hard_s: float


class Light(enum.StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


class Signal(enum.StrEnum):
    """What readiness is read from."""

    HRV = "hrv"
    RESTING_HEART_RATE = "restingHeartRate"
    SLEEP = "sleep"
    LOAD = "load"


class ReadinessCode(enum.StrEnum):
    HRV_LOW = "hrvLow"
    HRV_HIGH = "hrvHigh"
    HRV_NORMAL = "hrvNormal"
    RESTING_HEART_RATE_HIGH = "restingHeartRateHigh"
    RESTING_HEART_RATE_NORMAL = "restingHeartRateNormal"
    SLEEP_SHORT = "sleepShort"
    SLEEP_NORMAL = "sleepNormal"
    LOAD_HIGH = "loadHigh"
    LOAD_NORMAL = "loadNormal"
    NOT_ENOUGH_DATA = "notEnoughData"


@dataclass(frozen=True, slots=True)
class ReadinessReason:
    """Why a light shows: the runner's ``value`` now beside their ``usual`` one, both in ``unit``."""

    signal: Signal
    code: ReadinessCode
    light: Light
    value: float | None = None
    usual: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    light: Light
    reasons: tuple[ReadinessReason, ...]


NOT_READ_YET = Readiness(Light.UNKNOWN, ())


@dataclass(frozen=True, slots=True)
class Now:
    """The figures of one day. None where too little is known; ``missing`` says why, a sentence for each.

    ``ramp`` is the change of fitness over 7 days. The ratios are of mean daily loads (7 to 28 days) and of their
    exponentially weighted form. ``monotony`` and ``strain`` are of the last 7 days.
    """

    day: dt.date
    fitness: float | None
    fatigue: float | None
    form: float | None
    ramp: float | None
    acute_chronic_ratio: float | None
    acute_chronic_ewma_ratio: float | None
    monotony: float | None
    strain: float | None
    index: Estimate | None
    critical_speed: CriticalSpeed | None
    paces: TrainingPaces | None
    predictions: tuple[Prediction, ...]
    missing: dict[str, str]


@dataclass(frozen=True, slots=True)
class FitnessState:
    """Where the runner stands. ``weeks`` are calendar weeks from Monday, oldest first, empty ones included.

    ``windows`` are the last 7 days, 28 days and 12 weeks, today included. ``pending`` activities are not measured yet
    and so not in here.
    """

    now: Now
    series: FitnessSeries | None
    weeks: tuple[Week, ...]
    records: tuple[Record, ...]
    readiness: Readiness
    runs: int
    windows: tuple[Window, ...] = ()
    pending: int = 0
