"""Streams as one column block."""

from __future__ import annotations

from collections.abc import Sequence

from services.garmin_ingest.domain.streams import BY_NAME, TIME, TIME_SCALE, Streams
from shared.columns import Column, decode, encode


def to_block(streams: Streams) -> bytes:
    columns = {TIME: Column(streams.time_s, TIME_SCALE)}
    columns |= {name: Column(values, BY_NAME[name].scale) for name, values in streams.columns.items()}
    return encode(columns)


def from_block(block: bytes, names: Sequence[str] | None) -> Streams:
    """All signals, or those of ``names`` that there are."""
    columns = decode(block, None if names is None else {TIME, *names})
    time_s = columns.pop(TIME)
    return Streams(time_s, columns)
