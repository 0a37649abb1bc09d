"""A recording as a FIT activity file: records in one go between the events, laps where they ended, summaries last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from deploy.local.demo import fit_messages as profile
from deploy.local.demo.fit_wire import Column, FitFile, Message, timestamp
from deploy.local.demo.recording import Floats, Recording

_FIELD_OF_SIGNAL = {
    "distance_m": "distance",
    "speed_m_per_s": "enhanced_speed",
    "heart_rate_bpm": "heart_rate",
    "power_w": "power",
    "altitude_m": "enhanced_altitude",
    "latitude_deg": "position_lat",
    "longitude_deg": "position_long",
    "temperature_c": "temperature",
    "vertical_oscillation_mm": "vertical_oscillation",
    "ground_contact_ms": "stance_time",
    "ground_contact_balance_pct": "stance_time_balance",
    "vertical_ratio_pct": "vertical_ratio",
    "step_length_mm": "step_length",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A message that belongs at a moment: after the record of that second, or before it where the timer starts."""

    at_s: float
    message: Message
    fields: dict[str, Column]
    before_record: bool = False


def fit_bytes(*recordings: Recording) -> bytes:
    """A FIT activity file with one session per recording, in the order of their starts.

    Raises ValueError for a value that its field cannot hold (a heart rate of 300, a distance below zero).
    """
    file = FitFile()
    first, last = recordings[0], recordings[-1]
    device: dict[str, Column] = {
        "manufacturer": profile.DEVELOPMENT_MANUFACTURER,
        "product": 1,
        "serial_number": first.device_serial,
        "product_name": first.device_name,
    }
    start = timestamp(first.start)
    file.write(profile.FILE_ID, {"type": profile.ACTIVITY_FILE, "time_created": start, **device})
    file.write(profile.DEVICE_INFO, {"timestamp": start, "device_index": 0, "software_version": 1.0, **device})
    sessions = [_write_records(file, recording, lap_count) for recording, lap_count in _with_lap_counts(recordings)]
    for index, session in enumerate(sessions):
        file.write(profile.SESSION, {"message_index": index, **session})
    file.write(profile.ACTIVITY, _activity(last, recordings))
    return file.to_bytes()


def _with_lap_counts(recordings: Sequence[Recording]) -> list[tuple[Recording, int]]:
    """Each recording with the number of laps written before it."""
    counts = np.cumsum([0, *(len(recording.laps) for recording in recordings)])
    return list(zip(recordings, counts.tolist(), strict=False))


def _write_records(file: FitFile, recording: Recording, first_lap: int) -> dict[str, Column]:
    """Write records, events and laps; return the fields of the session that sums them up."""
    columns = _record_columns(recording)
    written = 0
    for mark in _marks(recording, first_lap):
        side: Literal["left", "right"] = "left" if mark.before_record else "right"
        upto = int(np.searchsorted(recording.time_s, mark.at_s, side=side))
        if upto > written:
            file.write(profile.RECORD, {name: column[written:upto] for name, column in columns.items()})
            written = upto
        file.write(mark.message, mark.fields)
    return _session(recording, first_lap)


def _record_columns(recording: Recording) -> dict[str, Floats]:
    columns = {"timestamp": recording.time_s + timestamp(recording.start)}
    for signal, values in recording.signals.items():
        if signal == "cadence_spm":
            columns["cadence"], columns["fractional_cadence"] = _strides(values)
        else:
            columns[_FIELD_OF_SIGNAL[signal]] = values
    return columns


def _strides(steps_per_minute: Floats) -> tuple[Floats, Floats]:
    """Strides per minute (cycles of one foot) as FIT splits them: the whole ones, and 128ths of the rest."""
    strides = np.rint(steps_per_minute / 2 * 128) / 128
    whole = np.floor(strides)
    return whole, strides - whole


def _marks(recording: Recording, first_lap: int) -> list[_Mark]:
    """Timer events and laps in the order in which a watch writes them."""
    marks = [_timer(recording, 0.0, profile.EVENT_TYPE_START)]
    for pause in recording.pauses:
        marks.append(_timer(recording, pause.start_s, profile.EVENT_TYPE_STOP_ALL))
        marks.append(_timer(recording, pause.end_s, profile.EVENT_TYPE_START))
    began_s = 0.0
    for index, lap in enumerate(recording.laps, start=first_lap):
        fields = _summary(recording, began_s, lap.end_s) | {
            "message_index": index,
            "event": profile.EVENT_LAP,
            "event_type": profile.EVENT_TYPE_STOP,
            "intensity": profile.INTENSITIES[lap.intensity],
            "lap_trigger": profile.LAP_TRIGGERS[lap.trigger],
        }
        marks.append(_Mark(lap.end_s, profile.LAP, fields))
        began_s = lap.end_s
    marks.append(_timer(recording, recording.elapsed_s, profile.EVENT_TYPE_STOP_ALL))
    return sorted(marks, key=lambda mark: (mark.at_s, not mark.before_record))


def _timer(recording: Recording, at_s: float, event_type: int) -> _Mark:
    fields: dict[str, Column] = {
        "timestamp": timestamp(recording.start) + at_s,
        "event": profile.EVENT_TIMER,
        "event_type": event_type,
    }
    return _Mark(at_s, profile.EVENT, fields, before_record=event_type == profile.EVENT_TYPE_START)


def _session(recording: Recording, first_lap: int) -> dict[str, Column]:
    fields = _summary(recording, 0.0, recording.elapsed_s) | {
        "event": profile.EVENT_SESSION,
        "event_type": profile.EVENT_TYPE_STOP,
        "first_lap_index": first_lap,
        "num_laps": len(recording.laps),
        "trigger": profile.SESSION_TRIGGER_ACTIVITY_END,
    }
    if recording.profile_name:
        fields["sport_profile_name"] = recording.profile_name
    return fields


def _summary(recording: Recording, began_s: float, ended_s: float) -> dict[str, Column]:
    """The fields that laps and sessions share; a figure that is not known is left out."""
    totals = recording.totals(began_s, ended_s)
    start = timestamp(recording.start)
    known = {
        "avg_heart_rate": totals.average_heart_rate_bpm,
        "max_heart_rate": totals.max_heart_rate_bpm,
        "avg_power": totals.average_power_w,
        "avg_temperature": totals.average_temperature_c,
        "total_ascent": totals.ascent_m,
        "total_descent": totals.descent_m,
    }
    fields: dict[str, Column] = {
        "timestamp": start + ended_s,
        "start_time": start + began_s,
        "sport": profile.SPORTS[recording.sport],
        "sub_sport": profile.SUB_SPORTS[recording.sub_sport],
        "total_elapsed_time": totals.elapsed_s,
        "total_timer_time": totals.timer_s,
        "total_distance": totals.distance_m,
        "enhanced_avg_speed": totals.distance_m / totals.timer_s if totals.timer_s else 0.0,
    }
    fields |= {name: value for name, value in known.items() if value is not None}
    if totals.average_cadence_spm is not None:
        whole, fraction = _strides(np.array([totals.average_cadence_spm]))
        fields |= {"avg_cadence": whole, "avg_fractional_cadence": fraction}
    return fields


def _activity(last: Recording, recordings: Sequence[Recording]) -> dict[str, Column]:
    ended = last.start + dt.timedelta(seconds=last.elapsed_s)
    return {
        "timestamp": timestamp(ended),
        "total_timer_time": sum(recording.totals().timer_s for recording in recordings),
        "num_sessions": len(recordings),
        "type": int(len(recordings) > 1),
        "event": profile.EVENT_ACTIVITY,
        "event_type": profile.EVENT_TYPE_STOP,
        "local_timestamp": timestamp(ended) + last.utc_offset_s,
    }
