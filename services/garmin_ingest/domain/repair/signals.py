"""Samples that no body and no satellite can have produced are masked, signal by signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.geodesy import distance_m
from services.garmin_ingest.domain.models import RecordingWarning
from services.garmin_ingest.domain.ordering import longest_ordered
from services.garmin_ingest.domain.repair.places import counted, where
from services.garmin_ingest.domain.streams import Samples, Streams

FASTEST_RUN_M_PER_S = 12.0
_LOWEST_HEART_RATE, _HIGHEST_HEART_RATE = 30.0, 240.0
# Ten metres between two samples is a barometer caught by a gust or a GPS altitude that jumped, not a hill.
_ALTITUDE_SPIKE_M = 10.0
# After so many samples in a row "too far away" the new place is believed: it was the old one that was wrong.
_MOST_MASKED_IN_A_ROW = 10

Repaired = tuple[Streams, list[RecordingWarning]]


def repair_signals(recorded: Streams, sport: str) -> Repaired:
    """Streams with impossible samples masked or, for altitude, replaced; a signal with none left is taken out."""
    columns = dict(recorded.columns)
    warnings: list[RecordingWarning] = []
    _mask_damage(recorded.time_s, columns, warnings)
    _mask_positions(recorded.time_s, columns, warnings, on_foot=sports.on_foot(sport))
    _mask_heart_rate(recorded.time_s, columns, warnings)
    _smooth_altitude_spikes(recorded.time_s, columns, warnings)
    _mask_falling_distance(recorded.time_s, columns, warnings)
    _drop_standstill(columns)
    known = {name: column for name, column in columns.items() if not np.isnan(column).all()}
    return Streams(recorded.time_s, known), warnings


def _mask_damage(time_s: Samples, columns: dict[str, Samples], warnings: list[RecordingWarning]) -> None:
    for name, column in columns.items():
        signal = streams.BY_NAME[name]
        damaged = (column < signal.lowest) | (column > signal.highest)
        if damaged.any():
            columns[name] = np.where(damaged, np.nan, column)
            text = f"{signal.key} has impossible values: {counted(int(damaged.sum()), 'sample')} masked "
            warnings.append(RecordingWarning("VALUE_IMPOSSIBLE", f"{text}{where(time_s, damaged)}."))


def _mask_positions(
    time_s: Samples, columns: dict[str, Samples], warnings: list[RecordingWarning], *, on_foot: bool
) -> None:
    latitude, longitude = columns.get(streams.LATITUDE), columns.get(streams.LONGITUDE)
    if latitude is None or longitude is None:
        columns.pop(streams.LATITUDE, None)
        columns.pop(streams.LONGITUDE, None)
        return
    # A receiver without a fix writes the point where the equator meets Greenwich, or nothing for one of the two.
    off_the_globe = (np.abs(latitude) > 90) | (np.abs(longitude) > 180) | ((latitude == 0) & (longitude == 0))
    nowhere = off_the_globe | np.isnan(latitude) | np.isnan(longitude)
    latitude, longitude = (np.where(nowhere, np.nan, column) for column in (latitude, longitude))
    if on_foot:
        jumps = _jumps(time_s, latitude, longitude)
        if jumps.any():
            latitude, longitude = (np.where(jumps, np.nan, column) for column in (latitude, longitude))
            text = (
                f"The position jumps faster than anyone runs: {counted(int(jumps.sum()), 'sample')} masked "
                f"{where(time_s, jumps)}."
            )
            warnings.append(RecordingWarning("GPS_JUMP", text))
    columns[streams.LATITUDE], columns[streams.LONGITUDE] = latitude, longitude


def _jumps(time_s: Samples, latitude: Samples, longitude: Samples) -> NDArray[np.bool_]:
    """Samples that could be reached from the last believed one only at more than ``FASTEST_RUN_M_PER_S``."""
    masked = np.zeros(len(time_s), dtype=bool)
    known = np.flatnonzero(~np.isnan(latitude))
    if len(known) < 2:
        return masked
    steps = distance_m(latitude[known[:-1]], longitude[known[:-1]], latitude[known[1:]], longitude[known[1:]])
    too_fast = np.flatnonzero(steps > FASTEST_RUN_M_PER_S * np.diff(time_s[known]))
    next_free = 0
    for suspect in too_fast.tolist():
        if suspect < next_free:
            continue
        believed = known[suspect]
        candidates = known[suspect + 1 : suspect + 1 + _MOST_MASKED_IN_A_ROW]
        away = distance_m(latitude[believed], longitude[believed], latitude[candidates], longitude[candidates])
        back = np.flatnonzero(away <= FASTEST_RUN_M_PER_S * (time_s[candidates] - time_s[believed]))
        count = int(back[0]) if len(back) else len(candidates)
        masked[candidates[:count]] = True
        next_free = suspect + count + 1
    return masked


def _mask_heart_rate(time_s: Samples, columns: dict[str, Samples], warnings: list[RecordingWarning]) -> None:
    heart_rate = columns.get(streams.HEART_RATE)
    if heart_rate is None:
        return
    known = ~np.isnan(heart_rate)
    if np.all(heart_rate[known] == 0):
        del columns[streams.HEART_RATE]
        warnings.append(RecordingWarning("HEART_RATE_ALL_ZERO", "Heart rate is 0 throughout and counts as missing."))
        return
    impossible = known & ((heart_rate < _LOWEST_HEART_RATE) | (heart_rate > _HIGHEST_HEART_RATE))
    if impossible.any():
        columns[streams.HEART_RATE] = np.where(impossible, np.nan, heart_rate)
        text = (
            f"Heart rate outside {_LOWEST_HEART_RATE:.0f} to {_HIGHEST_HEART_RATE:.0f} bpm: "
            f"{counted(int(impossible.sum()), 'sample')} masked {where(time_s, impossible)}."
        )
        warnings.append(RecordingWarning("HEART_RATE_IMPOSSIBLE", text))


def _smooth_altitude_spikes(time_s: Samples, columns: dict[str, Samples], warnings: list[RecordingWarning]) -> None:
    altitude = columns.get(streams.ALTITUDE)
    if altitude is None:
        return
    known = np.flatnonzero(~np.isnan(altitude))
    if len(known) < 5:
        return
    values = altitude[known]
    # The median of five is one of them, and at most two steps away: steps of half the height of a spike make none.
    if np.abs(np.diff(values)).max() <= _ALTITUDE_SPIKE_M / 2:
        return
    medians = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(values, 2, mode="edge"), 5), axis=1)
    spikes = np.abs(values - medians) > _ALTITUDE_SPIKE_M
    if not spikes.any():
        return
    smoothed, touched = altitude.copy(), np.zeros(len(altitude), dtype=bool)
    smoothed[known[spikes]], touched[known[spikes]] = medians[spikes], True
    columns[streams.ALTITUDE] = smoothed
    count = counted(int(spikes.sum()), "altitude spike")
    text = f"{count} replaced by the median of five samples {where(time_s, touched)}."
    warnings.append(RecordingWarning("ALTITUDE_SPIKE", text))


def _mask_falling_distance(time_s: Samples, columns: dict[str, Samples], warnings: list[RecordingWarning]) -> None:
    """A runner's distance never shrinks: the fewest samples that make it seem so are masked."""
    distance = columns.get(streams.DISTANCE)
    if distance is None:
        return
    known = np.flatnonzero(~np.isnan(distance))
    fallen = np.ones(len(distance), dtype=bool)
    fallen[known[longest_ordered(distance[known], strictly=False)]] = False
    fallen[np.isnan(distance)] = False
    if fallen.any():
        columns[streams.DISTANCE] = np.where(fallen, np.nan, distance)
        text = f"The distance goes back: {counted(int(fallen.sum()), 'sample')} masked {where(time_s, fallen)}."
        warnings.append(RecordingWarning("DISTANCE_WENT_BACK", text))


def _drop_standstill(columns: dict[str, Samples]) -> None:
    """Devices write a distance and a speed of 0 through a session that has none, as in yoga: both are missing then."""
    for name in (streams.DISTANCE, streams.SPEED):
        column = columns.get(name)
        if column is not None and not np.any(column > 0):
            del columns[name]
