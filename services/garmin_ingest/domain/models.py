"""The canonical activity and what it is made of; SI units, None where a figure is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.garmin_ingest.domain.streams import Streams

FileFormat = Literal["fit", "tcx", "gpx"]
Road = Literal["upload", "sync"]

# What a recording may list; the most restless watch stays far below, and a file made to flood us is cut here.
MOST_LAPS = 10_000
MOST_PAUSES = 10_000


@dataclass(frozen=True, slots=True)
class RecordingWarning:
    """Something that was repaired or doubted; the message says what and where, for the runner."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Summary figures of an activity, a lap or a split."""

    elapsed_s: float | None = None
    timer_s: float | None = None
    moving_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    average_speed_m_per_s: float | None = None
    average_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    average_cadence_spm: float | None = None
    average_power_w: float | None = None
    average_temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the timer stood still, in seconds since the start."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Lap:
    index: int
    start_s: float
    totals: Totals


@dataclass(frozen=True, slots=True)
class Split:
    """One full kilometre or mile; ``partial`` marks the rest after the last full one. Pace is moving time per km."""

    index: int
    start_s: float
    elapsed_s: float
    moving_s: float
    distance_m: float
    pace_s_per_km: float | None
    average_heart_rate_bpm: float | None
    ascent_m: float | None
    partial: bool


@dataclass(frozen=True, slots=True)
class DistanceEffort:
    """The fastest elapsed time over a distance."""

    distance_m: float
    elapsed_s: float
    start_s: float


@dataclass(frozen=True, slots=True)
class MeanEffort:
    """The best mean of a signal over a duration."""

    signal: Literal["heartRate", "power"]
    duration_s: float
    value: float
    start_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """One session as its file tells it, before any repair.

    The times of ``streams`` may be out of order here, and lie before the start.
    ``created_at_unix_s`` is the file's own date, and ``local_clock_unix_s`` what the clock on the wall showed at the
    start (read as if it were UTC): the resorts where the samples' dates are impossible.
    Laps and pauses are in seconds since ``start_unix_s``.
    """

    file_format: FileFormat
    session_index: int
    sport: str
    start_unix_s: float
    streams: Streams
    sub_sport: str | None = None
    reported: Totals = field(default_factory=Totals)
    laps: tuple[Lap, ...] = ()
    pauses: tuple[Pause, ...] = ()
    utc_offset_s: int | None = None
    created_at_unix_s: float | None = None
    local_clock_unix_s: float | None = None
    device: str | None = None
    device_serial: str | None = None
    name: str | None = None
    warnings: tuple[RecordingWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """One session after repair. ``device_reported`` keeps the figures that the streams contradict."""

    file_format: FileFormat
    session_index: int
    sport: str
    sub_sport: str | None
    start_time: dt.datetime
    utc_offset_s: int
    totals: Totals
    device_reported: Mapping[str, float]
    streams: Streams
    laps: tuple[Lap, ...]
    pauses: tuple[Pause, ...]
    splits_km: tuple[Split, ...]
    splits_mile: tuple[Split, ...]
    distance_efforts: tuple[DistanceEffort, ...]
    mean_efforts: tuple[MeanEffort, ...]
    missing: tuple[str, ...]
    warnings: tuple[RecordingWarning, ...]
    device: str | None = None
    device_serial: str | None = None
    name: str | None = None

    @property
    def local_date(self) -> dt.date:
        """The local day on which the activity began, to which all of it belongs."""
        return (self.start_time + dt.timedelta(seconds=self.utc_offset_s)).date()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sound file that holds no activity, by its kind: settings, course, workout, monitoring and so on."""

    kind: str


@dataclass(frozen=True, slots=True)
class Recordings:
    """All sessions of one file, in the order of their start."""

    items: tuple[Recording, ...]
