"""Each full kilometre or mile, by linear interpolation of distance over time, and the partial one at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain import streams
from services.garmin_ingest.domain.ascent import Climb, climbed
from services.garmin_ingest.domain.models import Split
from services.garmin_ingest.domain.repair.distance import filled
from services.garmin_ingest.domain.streams import Samples, Streams
from services.garmin_ingest.domain.timer import Timer
from services.garmin_ingest.domain.totals import standing

NumberT = TypeVar("NumberT", np.int64, np.float64)

KILOMETRE_M = 1000.0
MILE_M = 1609.344
# A rest shorter than this is the rounding of the last full split.
_SHORTEST_PARTIAL_M = 10.0
# More splits than the longest race on foot has; a longer activity is no run, and nobody reads its splits.
_MOST_SPLITS = 1000


def splits(recorded: Streams, timer: Timer, unit_m: float, sums: Sums | None = None) -> tuple[Split, ...]:
    """The splits of a recording with a distance; empty without one. A border is crossed when it is first reached.

    ``sums`` are those of the recording, where they are known already.
    """
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
    cuts = _Cuts(sums or Sums.of(recorded, timer), crossed)
    return tuple(cuts.split(index, borders, unit_m) for index in range(len(borders) - 1))


def time_at_distance(time_s: Samples, along_m: Samples, distances_m: Samples) -> Samples:
    """When each distance is first reached; ``along_m`` never falls, and stands still at times."""
    after = within(along_m.searchsorted(distances_m, side="left"), 1, len(along_m) - 1)
    return time_between(time_s, along_m, after, distances_m, on_a_plateau=0.0)


def time_between(
    time_s: Samples, along_m: Samples, after: NDArray[np.int64], distances_m: Samples, *, on_a_plateau: float
) -> Samples:
    """When each distance is passed on the way from the sample before ``after`` to that one.

    ``on_a_plateau`` is the share of the way that counts where the distance stands still on it.
    """
    step = along_m[after] - along_m[after - 1]
    share = (distances_m - along_m[after - 1]) / np.where(step > 0, step, 1.0)
    share = np.where(step > 0, share, on_a_plateau)
    return np.asarray(time_s[after - 1] + within(share, 0.0, 1.0) * (time_s[after] - time_s[after - 1]))


def within(values: NDArray[NumberT], lowest: float, highest: float) -> NDArray[NumberT]:
    """``np.clip`` without its 20 µs of looking at its arguments, which is what a short array costs."""
    return np.minimum(np.maximum(values, lowest), highest)


@dataclass(frozen=True, slots=True)
class Sums:
    """Running sums of a recording up to each sample: seconds moving, beats and the seconds they were counted in, and
    metres climbed, which are None without an altitude.
    """

    time_s: Samples
    moving: Samples
    beats: Samples
    beating: Samples
    climbed: Samples | None

    @classmethod
    def of(cls, recorded: Streams, timer: Timer, climb: Climb | None = None) -> Sums:
        """``climb`` is what ``climbed`` says of the altitude, where that is known already."""
        weights = timer.weights(recorded.time_s)
        missing = np.full(len(recorded), np.nan)
        speed = recorded.columns.get(streams.SPEED, missing)
        heart_rate = recorded.columns.get(streams.HEART_RATE, missing)
        beating = np.where(np.isnan(heart_rate), 0.0, weights)
        altitude = recorded.get(streams.ALTITUDE)
        ups = None if altitude is None else (climb or climbed(recorded.time_s, altitude))[0]
        return cls(
            recorded.time_s,
            np.cumsum(np.where(standing(speed), 0.0, weights)),
            np.cumsum(np.nan_to_num(heart_rate) * beating),
            np.cumsum(beating),
            ups,
        )


class _Cuts:
    """Running sums of the recording, read off at the times where splits meet."""

    def __init__(self, sums: Sums, crossed_s: Samples) -> None:
        self._crossed_s = crossed_s
        self._moving = np.interp(crossed_s, sums.time_s, sums.moving)
        self._beats = np.interp(crossed_s, sums.time_s, sums.beats)
        self._beating = np.interp(crossed_s, sums.time_s, sums.beating)
        self._climbed = None if sums.climbed is None else np.interp(crossed_s, sums.time_s, sums.climbed)

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
