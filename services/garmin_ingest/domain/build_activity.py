"""From a recording as its file tells it to the canonical activity: repairs first, then the figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.ascent import climbed
from services.garmin_ingest.domain.best_efforts import distance_efforts, mean_efforts
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.models import MOST_LAPS, Activity, Lap, Pause, Recording, RecordingWarning
from services.garmin_ingest.domain.repair.dates import with_plausible_date
from services.garmin_ingest.domain.repair.distance import corrected_on_treadmill, rebased, with_distance_and_speed
from services.garmin_ingest.domain.repair.gaps import timer_with_gaps
from services.garmin_ingest.domain.repair.signals import repair_signals
from services.garmin_ingest.domain.repair.time_axis import repair_time_axis
from services.garmin_ingest.domain.splits import KILOMETRE_M, MILE_M, Sums, splits
from services.garmin_ingest.domain.streams import Streams
from services.garmin_ingest.domain.timer import Timer
from services.garmin_ingest.domain.totals import from_laps, from_streams, reconcile

# What a reader would look for, and is told when it is not there.
_EXPECTED = {
    "distance": streams.DISTANCE,
    "speed": streams.SPEED,
    "heartRate": streams.HEART_RATE,
    "cadence": streams.CADENCE,
    "power": streams.POWER,
    "altitude": streams.ALTITUDE,
    "position": streams.LATITUDE,
}
_LONGEST_TEXT = 200
# Between a brisk walk and an easy run, and between a hard run and an easy ride.
_SLOWEST_RUN_M_PER_S, _FASTEST_LONG_RUN_M_PER_S = 1.9, 6.5


@dataclass(frozen=True, slots=True)
class _Sound:
    """A recording after its repairs, with everything that they had to say."""

    recording: Recording
    signals: Streams
    timer: Timer
    warnings: tuple[RecordingWarning, ...]


def build_activity(recording: Recording, zone: ZoneInfo, now: dt.datetime) -> Activity:
    """Repair and sum up one recording; ``zone`` is the runner's, for files that do not tell their local time.

    Raises ActivityFileInvalid where the date is impossible beyond repair or nothing usable is left.
    """
    sound = _repaired(recording, zone, now)
    recording, signals, timer = sound.recording, sound.signals, sound.timer
    altitude = signals.get(streams.ALTITUDE)
    climb = None if altitude is None else climbed(signals.time_s, altitude)
    computed, laps = from_streams(signals, timer, climb), from_laps(recording.laps)
    summed = reconcile(recording.reported, laps, computed, signals, sub_sport=recording.sub_sport)
    if not summed.totals.timer_s and not summed.totals.distance_m:
        raise ActivityFileInvalid("it has neither a duration nor a distance")
    sport, sport_warnings = _sport(recording, summed.totals.average_speed_m_per_s)
    start = dt.datetime.fromtimestamp(recording.start_unix_s, tz=dt.UTC)
    sums = Sums.of(signals, timer, climb)
    return Activity(
        file_format=recording.file_format,
        session_index=recording.session_index,
        sport=sport,
        sub_sport=recording.sub_sport,
        start_time=start,
        utc_offset_s=_utc_offset_s(recording, start, zone),
        totals=summed.totals,
        device_reported=summed.device_reported,
        streams=signals,
        laps=recording.laps[:MOST_LAPS],
        pauses=timer.pauses,
        splits_km=splits(signals, timer, KILOMETRE_M, sums),
        splits_mile=splits(signals, timer, MILE_M, sums),
        distance_efforts=distance_efforts(signals, sport),
        mean_efforts=mean_efforts(signals),
        missing=tuple(key for key, name in _EXPECTED.items() if name not in signals.columns),
        warnings=(*sound.warnings, *summed.warnings, *sport_warnings),
        device=_short(recording.device),
        device_serial=_short(recording.device_serial),
        name=_short(recording.name),
    )


def _repaired(recording: Recording, zone: ZoneInfo, now: dt.datetime) -> _Sound:
    recording, axis = _on_a_sound_axis(recording)
    recording = with_plausible_date(recording, zone, now.timestamp())
    signals, masked = repair_signals(recording.streams, recording.sport)
    timer, gaps = timer_with_gaps(signals.time_s, recording.pauses)
    signals = rebased(signals, recording.reported.distance_m or from_laps(recording.laps).distance_m)
    signals, derived = with_distance_and_speed(signals, timer)
    signals, corrected = corrected_on_treadmill(signals, recording.sub_sport, recording.reported.distance_m)
    return _Sound(recording, signals, timer, (*recording.warnings, *axis, *masked, *gaps, *derived, *corrected))


def _on_a_sound_axis(recording: Recording) -> tuple[Recording, list[RecordingWarning]]:
    """The recording with times in order, beginning at the first sample where that is a day or more after the start.

    The latter is a device that began before it knew the date.
    """
    repaired, warnings = repair_time_axis(recording.streams)
    late = float(repaired.time_s[0]) if len(repaired) else 0.0
    if late < dt.timedelta(days=1).total_seconds():
        return replace(recording, streams=repaired), warnings
    moved = replace(
        recording,
        start_unix_s=recording.start_unix_s + late,
        streams=Streams(repaired.time_s - late, repaired.columns),
        laps=tuple(Lap(lap.index, max(lap.start_s - late, 0.0), lap.totals) for lap in recording.laps),
        pauses=tuple(
            Pause(pause.start_s - late, pause.end_s - late) for pause in recording.pauses if pause.start_s >= late
        ),
    )
    return moved, warnings


def _sport(recording: Recording, speed_m_per_s: float | None) -> tuple[str, list[RecordingWarning]]:
    """The recording's own sport; for a track that says nothing, what its speed looks like."""
    if recording.sport != sports.OTHER or recording.file_format != "gpx" or not speed_m_per_s:
        return recording.sport, []
    guess = "running" if speed_m_per_s >= _SLOWEST_RUN_M_PER_S else "walking"
    guess = "cycling" if speed_m_per_s > _FASTEST_LONG_RUN_M_PER_S else guess
    text = f"The file does not say which sport it is; by its speed it was taken for {guess}."
    return guess, [RecordingWarning("SPORT_GUESSED", text)]


def _utc_offset_s(recording: Recording, start: dt.datetime, zone: ZoneInfo) -> int:
    if recording.utc_offset_s is not None:
        return recording.utc_offset_s
    offset = start.astimezone(zone).utcoffset()
    return int(np.rint(offset.total_seconds())) if offset is not None else 0


def _short(text: str | None) -> str | None:
    """What a file calls something, cut where no watch has a name so long."""
    return None if text is None else text[:_LONGEST_TEXT]
