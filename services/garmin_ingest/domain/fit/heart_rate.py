"""Heart rates that a strap kept while its watch heard nothing of it, as under water: the hr messages.

Source: FIT SDK, "Plugin: HR to record" and the profile's hr message.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.fit import profile
from services.garmin_ingest.domain.fit.tables import Table, Tables
from services.garmin_ingest.domain.streams import Samples

# Twelve bits a beat, two beats in three bytes.
_BEATS, _BYTES = 10, 15
_CLOCK_HZ = 1024
_TWELVE_BITS = 0xFFF
# A strap's beat says nothing about a sample that comes later than this: there the watch had stopped recording.
_OLDEST_S = 10.0


@dataclass(frozen=True, slots=True)
class Beats:
    """``time_s`` in FIT seconds, ``bpm`` as the strap filtered it; one shape."""

    time_s: Samples
    bpm: Samples

    @classmethod
    def joined(cls, parts: list[Beats]) -> Beats:
        none = [np.empty(0)]
        return cls(
            np.concatenate([part.time_s for part in parts] or none),
            np.concatenate([part.bpm for part in parts] or none),
        )


def read_beats(tables: Tables) -> Beats:
    """Each beat with its time: a full one now and then, and from there twelve bits of 1/1024 s that roll over."""
    table = tables[profile.HR]
    if not len(table):
        return Beats(np.empty(0), np.empty(0))
    anchors = table.numbers(profile.HR_EVENT_TIMESTAMP)
    bpm = table.arrays(profile.HR_FILTERED_BPM, width=_BEATS)
    clocks = np.where(np.isnan(anchors)[:, None], _twelve_bits(table), 0)
    is_anchor = ~np.isnan(anchors)
    clocks[is_anchor, 0] = np.mod(anchors[is_anchor], _TWELVE_BITS + 1).astype(np.int64)
    known = ~np.isnan(bpm)
    known[is_anchor, 1:] = False
    known[is_anchor, 0] = True
    rows = np.nonzero(known)[0]
    ticks = np.cumsum(np.diff(clocks[known], prepend=0) & _TWELVE_BITS)
    # The first beat of an anchor's row is the anchor; what comes before the first of them has no time.
    starts = np.flatnonzero(is_anchor[rows])
    mine = np.searchsorted(starts, np.arange(len(rows)), side="right") - 1
    timed = mine >= 0
    from_start = ticks[timed] - ticks[starts[mine[timed]]]
    times = _anchor_times(table)[rows[starts[mine[timed]]]] + from_start / _CLOCK_HZ
    rates = bpm[known][timed]
    heard = ~np.isnan(times) & (rates > 0)
    return Beats(times[heard], rates[heard])


def onto_samples(times: Samples, heart_rate: Samples | None, beats: Beats) -> Samples | None:
    """The heart rate at each sample, by the mean of the beats since the sample before it where there is none.

    None where neither knows any.
    """
    usable = np.flatnonzero(~np.isnan(times))
    if not len(beats.time_s) or not len(usable):
        return heart_rate
    usable = usable[np.argsort(times[usable], kind="stable")]
    ordered = times[usable]
    at = np.searchsorted(ordered, beats.time_s, side="left")
    near = (at < len(ordered)) & (ordered[np.minimum(at, len(ordered) - 1)] - beats.time_s <= _OLDEST_S)
    sums = np.bincount(at[near], weights=beats.bpm[near], minlength=len(ordered))
    counts = np.bincount(at[near], minlength=len(ordered))
    told = np.full(len(times), np.nan)
    told[usable] = np.where(counts > 0, np.rint(sums / np.maximum(counts, 1)), np.nan)
    if np.isnan(told).all():
        return heart_rate
    return told if heart_rate is None else np.where(np.isnan(heart_rate), told, heart_rate)


def _anchor_times(table: Table) -> Samples:
    fraction = table.numbers(profile.HR_FRACTION, scale=32_768)
    return np.asarray(table.times() + np.nan_to_num(fraction))


def _twelve_bits(table: Table) -> NDArray[np.int64]:
    """Shape (rows, beats)."""
    raw = table.bytes_of(profile.HR_EVENT_TIMESTAMP_12, _BYTES).astype(np.int64).reshape(len(table), _BYTES // 3, 3)
    low, middle, high = raw[..., 0], raw[..., 1], raw[..., 2]
    return np.stack([low | (middle & 0x0F) << 8, middle >> 4 | high << 4], axis=-1).reshape(len(table), _BEATS)
