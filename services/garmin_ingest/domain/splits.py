"""Each full kilometre or mile, by linear interpolation of distance over time, and the partial one at the end."""

from __future__ import annotations

import numpy as np

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.ascent import climbed
from services.garmin_ingest.domain.models import Split
from services.garmin_ingest.domain.repair.distance import filled
from services.garmin_ingest.domain.streams import Samples, Streams
from services.garmin_ingest.domain.timer import Timer
from services.garmin_ingest.domain.totals import standing

KILOMETRE_M = 1000.0
MILE_M = 1609.344
# A rest shorter than this is the rounding of the last full split.
_SHORTEST_PARTIAL_M = 10.0
# More splits than the longest race on foot has; a longer activity is no run, and nobody reads its splits.
_MOST_SPLITS = 1000


def splits(recorded: Streams, timer: Timer, unit_m: float) -> tuple[Split, ...]:
    """The splits of a recording with a distance; empty without one. A border is crossed when it is first reached."""
    distance = recorded.get(streams.DISTANCE)
    if distance is None or len(recorded) < 2:
        return ()
    along = filled(recorded.time_s, distance)
    total = float(along[-1])
    full = int(total // unit_m)
    if full > _MOST_SPLITS:
        return ()
    borders: Samples = np.arange(full + 1, dtype=np.float64) * unit_m
    if total - borders[-1] >= _SHORTEST_PARTIAL_M:
        borders = np.append(borders, total)
    crossed = time_at_distance(recorded.time_s, along, borders)
    # The first split begins with the recording, not when the first metre is reported.
    crossed[0] = 0.0
    cuts = _Cuts(recorded, timer, crossed)
    return tuple(cuts.split(index, borders, unit_m) for index in range(len(borders) - 1))


def time_at_distance(time_s: Samples, along_m: Samples, distances_m: Samples) -> Samples:
    """When each distance is first reached; ``along_m`` never falls, and stands still at times."""
    after = np.clip(np.searchsorted(along_m, distances_m, side="left"), 1, len(along_m) - 1)
    step = along_m[after] - along_m[after - 1]
    share = np.where(step > 0, (distances_m - along_m[after - 1]) / np.where(step > 0, step, 1.0), 0.0)
    return np.asarray(time_s[after - 1] + np.clip(share, 0.0, 1.0) * (time_s[after] - time_s[after - 1]))


class _Cuts:
    """Running sums of the recording, read off at the times where splits meet."""

    def __init__(self, recorded: Streams, timer: Timer, crossed_s: Samples) -> None:
        time_s = recorded.time_s
        weights = timer.weights(time_s)
        speed = recorded.columns.get(streams.SPEED, np.full(len(recorded), np.nan))
        self._crossed_s = crossed_s
        self._moving = _sum_at(crossed_s, time_s, np.where(standing(speed), 0.0, weights))
        heart_rate = recorded.columns.get(streams.HEART_RATE, np.full(len(recorded), np.nan))
        beating = np.where(np.isnan(heart_rate), 0.0, weights)
        self._beats = _sum_at(crossed_s, time_s, np.nan_to_num(heart_rate) * beating)
        self._beating = _sum_at(crossed_s, time_s, beating)
        altitude = recorded.get(streams.ALTITUDE)
        self._climbed = None if altitude is None else np.interp(crossed_s, time_s, climbed(time_s, altitude)[0])

    def split(self, index: int, borders: Samples, unit_m: float) -> Split:
        length = float(borders[index + 1] - borders[index])
        moving = float(self._moving[index + 1] - self._moving[index])
        beating = float(self._beating[index + 1] - self._beating[index])
        climb = None if self._climbed is None else float(self._climbed[index + 1] - self._climbed[index])
        return Split(
            index=index,
            start_s=float(self._crossed_s[index]),
            elapsed_s=float(self._crossed_s[index + 1] - self._crossed_s[index]),
            moving_s=moving,
            distance_m=length,
            pace_s_per_km=moving / length * 1000 if moving > 0 else None,
            average_heart_rate_bpm=float(self._beats[index + 1] - self._beats[index]) / beating
            if beating > 0
            else None,
            ascent_m=climb,
            partial=length < unit_m - 1e-6,
        )


def _sum_at(at_s: Samples, time_s: Samples, amounts: Samples) -> Samples:
    return np.interp(at_s, time_s, np.cumsum(amounts))
