"""Streams as one column block."""

from __future__ import annotations

from collections.abc import Sequence

from services.garmin_ingest.domain.streams import BY_NAME, TIME, TIME_SCALE, Streams
from shared.columns import Column, decode, encode, size

# Four hours of all signals, a sample each second: one to two milliseconds.
_MOST_OF_A_SHORT_ONE = 216_000


def to_block(streams: Streams) -> bytes:
    columns = {TIME: Column(streams.time_s, TIME_SCALE)}
    columns |= {name: Column(values, BY_NAME[name].scale) for name, values in streams.columns.items()}
    return encode(columns)


def from_block(block: bytes, names: Sequence[str] | None) -> Streams:
    """All signals, or those of ``names`` that there are."""
    columns = decode(block, None if names is None else {TIME, *names})
    time_s = columns.pop(TIME)
    return Streams(time_s, columns)


def is_short(block: bytes) -> bool:
    """Whether to unpack it takes so little time that to hand it to another thread would take a good part of that."""
    return size(block) <= _MOST_OF_A_SHORT_ONE
