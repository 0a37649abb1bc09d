"""Ours against fitdecode: every number of every message that we read, and what we make of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.developer import developer_fields
from services.garmin_ingest.domain.fit.fast_road import FastTables
from services.garmin_ingest.domain.fit.heart_rate import Beats
from services.garmin_ingest.domain.fit.records import read_records
from services.garmin_ingest.domain.fit.summaries import read_summaries
from services.garmin_ingest.domain.fit.wire import read_parts
from tests.support import fit_reference as theirs

_KINDS = (
    profile.FILE_ID,
    profile.USER_PROFILE,
    profile.SPORT,
    profile.SESSION,
    profile.LAP,
    profile.RECORD,
    profile.EVENT,
    profile.DEVICE_INFO,
    profile.ACTIVITY,
    profile.HRV,
    profile.HR,
)
_NO_BEATS = Beats(np.empty(0), np.empty(0))
_DEGREES = 180 / 2**31

# Our signal, the fields that it comes from by the names of the profile, and the factor to our unit.
_RECORD = (
    (streams.HEART_RATE, ("heart_rate",), 1.0),
    (streams.POWER, ("power",), 1.0),
    (streams.SPEED, ("enhanced_speed", "speed"), 1.0),
    (streams.DISTANCE, ("distance",), 1.0),
    (streams.ALTITUDE, ("enhanced_altitude", "altitude"), 1.0),
    (streams.LATITUDE, ("position_lat",), _DEGREES),
    (streams.LONGITUDE, ("position_long",), _DEGREES),
    (streams.TEMPERATURE, ("temperature",), 1.0),
    (streams.VERTICAL_OSCILLATION, ("vertical_oscillation",), 1.0),
    (streams.GROUND_CONTACT, ("stance_time",), 1.0),
    (streams.GROUND_CONTACT_BALANCE, ("stance_time_balance",), 1.0),
    (streams.VERTICAL_RATIO, ("vertical_ratio",), 1.0),
    (streams.STEP_LENGTH, ("step_length",), 1.0),
)
_SUMMARY = (
    ("elapsed_s", ("total_elapsed_time",)),
    ("timer_s", ("total_timer_time",)),
    ("moving_s", ("total_moving_time",)),
    ("distance_m", ("total_distance",)),
    ("ascent_m", ("total_ascent",)),
    ("descent_m", ("total_descent",)),
    ("average_speed_m_per_s", ("enhanced_avg_speed", "avg_speed")),
    ("average_heart_rate_bpm", ("avg_heart_rate",)),
    ("max_heart_rate_bpm", ("max_heart_rate",)),
    ("average_power_w", ("avg_power",)),
    ("average_temperature_c", ("avg_temperature",)),
)
# What a device writes when it had nothing to measure with: no such figure is 0.
_NEVER_ZERO = {"distance_m", "average_speed_m_per_s", "average_heart_rate_bpm", "max_heart_rate_bpm"}


@dataclasses.dataclass
class Comparison:
    """How many values were equal, and each difference in words."""

    values: int = 0
    complete: bool = False
    differences: list[str] = dataclasses.field(default_factory=list)

    def equal(self, what: str, ours: Any, others: Any) -> None:
        """Compare up to where the other side goes: it stops at a damage, as ours does or later."""
        ours, others = np.asarray(ours, dtype=np.float64), np.asarray(others, dtype=np.float64)
        if len(others) > len(ours) or (self.complete and len(others) != len(ours)):
            self.differences.append(f"{what}: {len(ours)} values, not {len(others)}")
            return
        self.values += int((~np.isnan(others)).sum())
        same = np.isclose(ours[: len(others)], others, rtol=1e-12, atol=1e-12, equal_nan=True)
        if not same.all():
            at = tuple(np.argwhere(~same)[0])
            self.differences.append(f"{what}{list(map(int, at))}: {ours[at]}, not {others[at]}")


def compare(data: bytes) -> Comparison:
    """Every value that fitdecode gives of the file; a file that neither side reads has none."""
    reading = theirs.read_reference(data)
    found = Comparison(complete=reading.complete)
    try:
        parts = [FastTables(part) for part in read_parts(data)]
    except ActivityFileInvalid:
        if any(part.messages for part in reading.parts):
            found.differences.append("ours refuses the file")
        return found
    if len(reading.parts) > len(parts):
        found.differences.append(f"{len(parts)} parts, not {len(reading.parts)}")
        return found
    for number, (tables, part) in enumerate(zip(parts, reading.parts, strict=False)):
        # A header that claims no body ends at once for them, and with the file for us.
        found.complete = reading.complete and bool(part.messages)
        _compare_raw(found, f"part {number}", tables, part)
        _compare_records(found, f"part {number}", tables, part)
        _compare_summaries(found, f"part {number}", tables, part)
    return found


def _compare_raw(found: Comparison, where: str, tables: FastTables, part: theirs.Part) -> None:
    for kind in _KINDS:
        messages = part.messages.get(kind, [])
        table = tables[kind]
        found.equal(f"{where} message {kind} time", table.times(), theirs.times(messages))
        for number in theirs.field_numbers(messages):
            expected = theirs.arrays(messages, number)
            ours = table.arrays(number, width=expected.shape[1])
            found.equal(f"{where} message {kind} field {number}", ours, expected)


def _compare_records(found: Comparison, where: str, tables: FastTables, part: theirs.Part) -> None:
    messages = part.messages.get(profile.RECORD, [])
    without_developers = _without_developers(tables)
    nothing = np.full(len(tables[profile.RECORD]), np.nan)
    for signal, names, factor in _RECORD:
        if signal == streams.DISTANCE and part.accumulations > 1:
            continue
        expected = theirs.values(messages, *names) * factor
        found.equal(f"{where} {signal}", without_developers.get(signal, nothing), expected)
    for field in developer_fields(tables):
        ours = tables[profile.RECORD].numbers(field.key, developer_type=field.base_type)
        if len([one for one in developer_fields(tables) if one.name == field.name]) == 1:
            found.equal(f"{where} {field.name}", ours, theirs.developer_values(messages, field.name))


def _without_developers(tables: FastTables) -> dict[str, Any]:
    """The signals of the device's own fields: which developer field steps in is ours to choose."""
    signals = read_records(tables, _NO_BEATS)
    own = {key for sources in profile.RECORD_SIGNALS.values() for key, _, _ in sources}
    own.add(profile.RECORD_COMPRESSED_SPEED_DISTANCE)
    developed = {profile.DEVELOPER_SIGNALS[field.name.lower()][0] for field in _used_developer_fields(tables)}
    return {name: values for name, values in signals.items() if name not in developed or _has_own(tables, name)}


def _used_developer_fields(tables: FastTables) -> list[Any]:
    return [field for field in developer_fields(tables) if field.name.lower() in profile.DEVELOPER_SIGNALS]


def _has_own(tables: FastTables, signal: str) -> bool:
    table = tables[profile.RECORD]
    return any(not np.isnan(table.numbers(key)).all() for key, _, _ in profile.RECORD_SIGNALS[signal])


def _compare_summaries(found: Comparison, where: str, tables: FastTables, part: theirs.Part) -> None:
    for kind, fields in ((profile.SESSION, profile.SESSION_FIELDS), (profile.LAP, profile.LAP_FIELDS)):
        messages = part.messages.get(kind, [])
        summaries = read_summaries(tables[kind], fields)
        if len(summaries) != len(tables[kind]):
            # One without a time is left out: the others would be compared with their neighbours.
            continue
        for figure, names in _SUMMARY:
            expected = theirs.values(messages, *names)
            if figure in _NEVER_ZERO:
                expected = np.where(expected > 0, expected, np.nan)
            ours = [getattr(summary.totals, figure) for summary in summaries]
            found.equal(f"{where} message {kind} {figure}", np.array(ours, dtype=np.float64), expected)
        cycles = theirs.values(messages, *_CADENCE) + np.nan_to_num(theirs.values(messages, "avg_fractional_cadence"))
        feet = [2 if sports.on_foot(summary.sport) else 1 for summary in summaries][: len(cycles)]
        ours = [summary.totals.average_cadence_spm for summary in summaries]
        found.equal(f"{where} message {kind} cadence", np.array(ours, dtype=np.float64), cycles * feet)


# The profile calls the same field by the sport of its session.
_CADENCE = ("avg_cadence", "avg_running_cadence")
