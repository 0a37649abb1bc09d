"""FIT files message by message through fitdecode: for what the fast road refuses.

A hundred times slower, so it is bounded: by the size of the file and by the fields that are read of it.
"""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.fit.stamps import TIMESTAMP
from services.garmin_ingest.domain.fit.wire import Damage, FieldKey
from services.garmin_ingest.domain.streams import Samples

# About a second for the largest: 5 µs a field, and thrice that for each message around them.
LARGEST_FILE = 512 * 1024
_MOST_FIELDS = 200_000
_FIELDS_OF_A_MESSAGE = 3
_BYTE = 0x0D


class SlowTables:
    """See ``Tables``."""

    def __init__(self) -> None:
        self.damage: Damage | None = None
        # Not looked at: that it was read this way is a warning of its own.
        self.checksum_matches = True
        self._messages: dict[int, list[Any]] = defaultdict(list)
        self._tables: dict[int, SlowTable] = {}

    def add(self, frame: Any) -> None:
        self._messages[frame.def_mesg.global_mesg_num].append(frame)

    def __getitem__(self, message: int) -> SlowTable:
        if message not in self._tables:
            self._tables[message] = SlowTable(self._messages.get(message, []))
        return self._tables[message]


class SlowTable:
    """See ``Table``."""

    def __init__(self, messages: list[Any]) -> None:
        self._rows = [_by_key(message) for message in messages]
        self._in_header = [_time_of_header(message) for message in messages]

    def __len__(self) -> int:
        return len(self._rows)

    def has(self, key: FieldKey) -> bool:
        return any(key in row for row in self._rows)

    def numbers(
        self, key: FieldKey, *, scale: float = 1.0, offset: float = 0.0, developer_type: int | None = None
    ) -> Samples:
        values = self.arrays(key, width=1, developer_type=developer_type)[:, 0]
        return np.asarray(values / scale - offset)

    def arrays(self, key: FieldKey, *, width: int, developer_type: int | None = None) -> Samples:
        del developer_type  # fitdecode has read the description
        values = np.full((len(self._rows), width), np.nan)
        for at, row in enumerate(self._rows):
            items = _numbers(row[key])[:width] if key in row else []
            values[at, : len(items)] = items
        return values

    def bytes_of(self, key: FieldKey, size: int, *, exactly: bool = False) -> NDArray[np.uint8]:
        values = np.full((len(self._rows), size), 0xFF, np.uint8)
        for at, row in enumerate(self._rows):
            raw = row[key].raw_value if key in row and _is_bytes(row[key]) else None
            if raw is not None and (len(raw) == size or not exactly):
                values[at, : len(raw)] = raw[:size]
        return values

    def texts(self, key: FieldKey) -> list[str | None]:
        raw = [row[key].raw_value if key in row else None for row in self._rows]
        return [(text.strip() or None) if isinstance(text, str) else None for text in raw]

    def times(self) -> Samples:
        times = self.numbers(TIMESTAMP)
        return np.where(np.isnan(times), np.array(self._in_header, dtype=np.float64), times)


def read_slowly(data: bytes) -> list[SlowTables]:
    """The files of a chain up to where fitdecode fails; none of a file that is too large for it."""
    import fitdecode

    chain: list[SlowTables] = []
    after = 0
    if len(data) > LARGEST_FILE:
        return chain
    options = {"processor": None, "error_handling": fitdecode.ErrorHandling.IGNORE, "keep_raw_chunks": True}
    try:
        with fitdecode.FitReader(io.BytesIO(data), check_crc=fitdecode.CrcCheck.DISABLED, **options) as frames:
            for frame in _bounded(frames):
                after = frame.chunk.offset + len(frame.chunk.bytes)
                if frame.frame_type == fitdecode.FIT_FRAME_HEADER:
                    chain.append(SlowTables())
                elif frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    chain[-1].add(frame)
    except Exception:  # noqa: BLE001 - it was written for sound files, and trips over others in many ways
        if chain:
            chain[-1].damage = Damage(after, "the messages cannot be read from here on")
    return chain


def _bounded(frames: Any) -> Any:
    fields = 0
    for frame in frames:
        fields += _FIELDS_OF_A_MESSAGE + len(getattr(frame, "fields", ())) + len(getattr(frame, "field_defs", ()))
        if fields > _MOST_FIELDS:
            raise OverflowError
        yield frame


def _by_key(message: Any) -> dict[FieldKey, Any]:
    """The fields that the message itself has, by number; of two with one number the first."""
    found: dict[FieldKey, Any] = {}
    for one in message.fields:
        definition = one.field_def
        if definition is not None:
            key = (definition.dev_data_index, definition.def_num) if definition.is_dev else definition.def_num
            found.setdefault(key, one)
    return found


def _time_of_header(message: Any) -> float:
    told = [one.raw_value for one in message.fields if one.field_def is None and one.def_num == TIMESTAMP]
    return float(told[0]) if told else np.nan


def _numbers(one: Any) -> list[float]:
    raw = one.raw_value
    items = raw if isinstance(raw, tuple) else (raw,)
    if _is_bytes(one) and len(items) > 1:
        return []
    known = (float(item) if isinstance(item, int | float) else np.nan for item in items)
    return [item if np.isfinite(item) else np.nan for item in known]


def _is_bytes(one: Any) -> bool:
    return bool(one.base_type.identifier == _BYTE)
