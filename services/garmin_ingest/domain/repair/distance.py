"""Every recording that moved gets a distance and a speed stream, from whichever of its signals can give them."""

from __future__ import annotations

import numpy as np

from services.garmin_ingest.domain import sports, streams
from services.garmin_ingest.domain.geodesy import distance_m
from services.garmin_ingest.domain.models import RecordingWarning
from services.garmin_ingest.domain.streams import Samples, Streams
from services.garmin_ingest.domain.timer import Timer

# A foot pod or receiver smooths over about this long; shorter differences of a distance are noise.
_SPEED_WINDOW_S = 5.0
# Below this the runner's correction of a treadmill run is rounding.
_SMALLEST_CORRECTION = 0.005


def with_distance_and_speed(recorded: Streams, timer: Timer) -> tuple[Streams, list[RecordingWarning]]:
    """Streams with distance from GPS or speed, and speed from distance, where the device recorded neither.

    Positions give no distance across a pause. Only a distance taken from speed is worth a warning: a track of
    positions has no other.
    """
    columns = dict(recorded.columns)
    warnings: list[RecordingWarning] = []
    summed = False
    if streams.DISTANCE not in columns and streams.LATITUDE in columns:
        columns[streams.DISTANCE] = _along_positions(recorded, timer)
    elif streams.DISTANCE not in columns and streams.SPEED in columns:
        columns[streams.DISTANCE] = np.cumsum(np.nan_to_num(columns[streams.SPEED]) * timer.weights(recorded.time_s))
        summed = True
        text = "The file has no distance; it was summed up from the speed."
        warnings.append(RecordingWarning("DISTANCE_FROM_SPEED", text))
    distance = columns.get(streams.DISTANCE)
    # A distance that is the sum of the speed knows nothing of where the speed is missing.
    if distance is not None and len(recorded) > 1 and not summed:
        derived = _slope(recorded.time_s, distance)
        speed = columns.get(streams.SPEED)
        columns[streams.SPEED] = derived if speed is None else np.where(np.isnan(speed), derived, speed)
    return Streams(recorded.time_s, columns), warnings


def rebased(recorded: Streams, reported_m: float | None) -> Streams:
    """Distance counted from this session's start, where the device went on counting from the session before."""
    distance = recorded.get(streams.DISTANCE)
    known = distance[~np.isnan(distance)] if distance is not None else np.empty(0)
    if distance is None or len(known) < 2 or reported_m is None:
        return recorded
    from_zero, from_first = known[-1], known[-1] - known[0]
    if abs(from_first - reported_m) < abs(from_zero - reported_m) and known[0] > 0.02 * max(reported_m, 1.0):
        return Streams(recorded.time_s, {**recorded.columns, streams.DISTANCE: distance - known[0]})
    return recorded


def corrected_on_treadmill(
    recorded: Streams, sub_sport: str | None, reported_m: float | None
) -> tuple[Streams, list[RecordingWarning]]:
    """On a treadmill the runner's own distance wins: distance and speed are scaled to it."""
    distance = recorded.get(streams.DISTANCE)
    if distance is None or not reported_m or not sports.on_treadmill(sub_sport) or np.isnan(distance).all():
        return recorded, []
    last = float(np.nanmax(distance))
    if last <= 0 or abs(reported_m / last - 1) < _SMALLEST_CORRECTION:
        return recorded, []
    factor = reported_m / last
    scaled = {
        name: recorded.columns[name] * factor for name in (streams.DISTANCE, streams.SPEED) if name in recorded.columns
    }
    text = (
        f"The treadmill distance was corrected from {last / 1000:.2f} km to {reported_m / 1000:.2f} km; "
        "distance and speed are scaled to it."
    )
    return Streams(recorded.time_s, {**recorded.columns, **scaled}), [RecordingWarning("TREADMILL_CORRECTED", text)]


def filled(time_s: Samples, values: Samples) -> Samples:
    """Values with gaps bridged by straight lines; needs one known value."""
    known = ~np.isnan(values)
    return values if known.all() else np.interp(time_s, time_s[known], values[known])


def _along_positions(recorded: Streams, timer: Timer) -> Samples:
    latitude, longitude = recorded.columns[streams.LATITUDE], recorded.columns[streams.LONGITUDE]
    known = np.flatnonzero(~np.isnan(latitude))
    times = recorded.time_s[known]
    steps = distance_m(latitude[known[:-1]], longitude[known[:-1]], latitude[known[1:]], longitude[known[1:]])
    steps = np.where(timer.weights(times)[1:] > 0, steps, 0.0)
    return np.asarray(np.interp(recorded.time_s, times, np.concatenate([[0.0], np.cumsum(steps)])))


def _slope(time_s: Samples, distance: Samples) -> Samples:
    """Metres a second over a window around each sample, cut at the ends; NaN before and after the known distances."""
    along = filled(time_s, distance)
    known_s = time_s[~np.isnan(distance)]
    begin = np.maximum(time_s - _SPEED_WINDOW_S / 2, time_s[0])
    end = np.minimum(time_s + _SPEED_WINDOW_S / 2, time_s[-1])
    slope = (np.interp(end, time_s, along) - np.interp(begin, time_s, along)) / (end - begin)
    return np.where((time_s < known_s[0]) | (time_s > known_s[-1]), np.nan, slope)
