"""The record messages of a session as streams."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.table import Table
from services.garmin_ingest.domain.fit.wire import FitPart
from services.garmin_ingest.domain.streams import Samples

# Field numbers are bytes; a file that describes more fields than there are numbers describes some of them twice.
_MOST_DEVELOPER_FIELDS = 256


def read_records(part: FitPart, table: Table) -> dict[str, Samples]:
    """Every known signal of all rows of the record table; cadence in cycles, as the file has it."""
    found = {name: _first_known(table, sources) for name, sources in profile.RECORD_SIGNALS.items()}
    cycles = table.numbers(profile.RECORD_CADENCE)
    found[streams.CADENCE] = cycles + np.nan_to_num(table.numbers(profile.RECORD_CADENCE_FRACTION, scale=128))
    _add_compressed(table, found)
    _add_developer_signals(part, table, found)
    return found


def of_session(signals: dict[str, Samples], rows: NDArray[np.int64], *, on_foot: bool) -> dict[str, Samples]:
    """The signals in those rows, without the ones that have no sample there; on foot a cycle is two steps."""
    chosen = {name: values[rows] for name, values in signals.items()}
    if on_foot:
        chosen[streams.CADENCE] = chosen[streams.CADENCE] * 2
    return {name: values for name, values in chosen.items() if not np.isnan(values).all()}


def _first_known(table: Table, sources: tuple[tuple[int, float, float], ...]) -> Samples:
    values = np.full(len(table), np.nan)
    for key, scale, offset in sources:
        values = np.where(np.isnan(values), table.numbers(key, scale=scale, offset=offset), values)
    return values


def _add_compressed(table: Table, found: dict[str, Samples]) -> None:
    """Fill speed and distance from the three-byte field of older foot pods.

    Twelve bits of speed in 1/100 m/s, then twelve bits of distance in 1/16 m that roll over at 256 m.
    """
    raw = table.raw(profile.RECORD_COMPRESSED_SPEED_DISTANCE, 3).astype(np.int64)
    known = ~np.all(raw == profile.NO_VALUE_BYTE, axis=1)
    if not known.any():
        return
    low, middle, high = raw[known].T
    speed, distance = np.full(len(table), np.nan), np.full(len(table), np.nan)
    speed[known] = (low | (middle & 0x0F) << 8) / 100
    sixteenths = middle >> 4 | high << 4
    distance[known] = np.cumsum(np.diff(sixteenths, prepend=0) & 0xFFF) / 16
    found[streams.SPEED] = np.where(np.isnan(found[streams.SPEED]), speed, found[streams.SPEED])
    found[streams.DISTANCE] = np.where(np.isnan(found[streams.DISTANCE]), distance, found[streams.DISTANCE])


def _add_developer_signals(part: FitPart, table: Table, found: dict[str, Samples]) -> None:
    """Take a signal from a developer field only where the device itself recorded none of it."""
    descriptions = Table(part, profile.FIELD_DESCRIPTION)
    numbers = [descriptions.numbers(key) for key in (0, 1, 2)]
    for row, name in enumerate(descriptions.texts(3)[:_MOST_DEVELOPER_FIELDS]):
        signal = profile.DEVELOPER_SIGNALS.get((name or "").lower())
        developer, field_number, base_type = (column[row] for column in numbers)
        if signal is None or np.isnan(developer) or np.isnan(field_number) or np.isnan(base_type):
            continue
        stream, factor = signal
        if np.isnan(found[stream]).all():
            key = (int(developer), int(field_number))
            found[stream] = table.numbers(key, base_type=int(base_type)) * factor
