"""The record messages of a session as streams."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.developer import developer_fields
from services.garmin_ingest.domain.fit.heart_rate import Beats, onto_samples
from services.garmin_ingest.domain.fit.tables import Table, Tables
from services.garmin_ingest.domain.streams import Samples

Signals = dict[str, Samples]


def read_records(tables: Tables, beats: Beats) -> Signals:
    """Every signal that the records have a field for; cadence in cycles, as the file has it."""
    table = tables[profile.RECORD]
    found: Signals = {}
    for name, sources in profile.RECORD_SIGNALS.items():
        values = _first_known(table, sources)
        if values is not None:
            found[name] = values
    if table.has(profile.RECORD_CADENCE):
        cycles = table.numbers(profile.RECORD_CADENCE)
        if table.has(profile.RECORD_CADENCE_FRACTION):
            cycles = cycles + np.nan_to_num(table.numbers(profile.RECORD_CADENCE_FRACTION, scale=128))
        found[streams.CADENCE] = cycles
    if table.has(profile.RECORD_COMPRESSED_SPEED_DISTANCE):
        _add_compressed(table, found)
    _add_developer_signals(tables, found)
    heart_rate = onto_samples(table.times(), found.get(streams.HEART_RATE), beats)
    if heart_rate is not None:
        found[streams.HEART_RATE] = heart_rate
    return found


def of_session(signals: Signals, rows: NDArray[np.bool_], *, on_foot: bool) -> Signals:
    """The signals in those rows, without the ones that have no sample there; on foot a cycle is two steps."""
    chosen = signals if rows.all() else {name: values[rows] for name, values in signals.items()}
    known = {name: values for name, values in chosen.items() if not np.isnan(values).all()}
    if on_foot and streams.CADENCE in known:
        known[streams.CADENCE] = known[streams.CADENCE] * 2
    return known


def _first_known(table: Table, sources: tuple[tuple[int, float, float], ...]) -> Samples | None:
    """The values of the first of those fields, and of the next ones where it has none; None without any of them."""
    values: Samples | None = None
    for key, scale, offset in sources:
        if not table.has(key) or (values is not None and not np.isnan(values).any()):
            continue
        own = table.numbers(key, scale=scale, offset=offset)
        values = own if values is None else np.where(np.isnan(values), own, values)
    return values


def _add_compressed(table: Table, found: Signals) -> None:
    """Fill speed and distance from the three-byte field of older foot pods.

    Twelve bits of speed in 1/100 m/s, then twelve bits of distance in 1/16 m that roll over at 256 m.
    """
    raw = table.bytes_of(profile.RECORD_COMPRESSED_SPEED_DISTANCE, 3, exactly=True).astype(np.int64)
    known = ~np.all(raw == profile.NO_VALUE_BYTE, axis=1)
    if not known.any():
        return
    low, middle, high = raw[known].T
    speed, distance = np.full(len(table), np.nan), np.full(len(table), np.nan)
    speed[known] = (low | (middle & 0x0F) << 8) / 100
    sixteenths = middle >> 4 | high << 4
    distance[known] = np.cumsum(np.diff(sixteenths, prepend=0) & 0xFFF) / 16
    for name, values in ((streams.SPEED, speed), (streams.DISTANCE, distance)):
        own = found.get(name)
        found[name] = values if own is None else np.where(np.isnan(own), values, own)


def _add_developer_signals(tables: Tables, found: Signals) -> None:
    """Take a signal from a developer field only where the device itself recorded none of it."""
    table = tables[profile.RECORD]
    for field in developer_fields(tables):
        signal = profile.DEVELOPER_SIGNALS.get(field.name.lower())
        if signal is None or not table.has(field.key):
            continue
        stream, factor = signal
        if stream not in found or np.isnan(found[stream]).all():
            found[stream] = table.numbers(field.key, developer_type=field.base_type) * factor
