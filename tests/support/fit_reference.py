"""FIT files as fitdecode reads them, in the shape in which ours are compared with them.

A file is a list of parts (its chain), a part a list of messages in order. Where fitdecode fails, what it gave until
then counts, and ``complete`` is False: whatever it raises, it has not read the file.
"""

from __future__ import annotations

import io
import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import fitdecode
import numpy as np
from numpy.typing import NDArray

_BYTE = 0x0D
_TIMESTAMP = 253
# The field that holds twelve bits of speed and twelve of distance, and the message it belongs to.
_RECORD, _COMPRESSED = 20, 8


@dataclass
class Message:
    """``raw`` items by field number, scaled values by name: as the message has them, and as others were derived from
    them. ``time`` in FIT seconds, by the timestamp field or by the header.
    """

    time: float = math.nan
    raw: dict[int, list[float]] = field(default_factory=dict)
    named: dict[str, float] = field(default_factory=dict)
    derived: dict[str, float] = field(default_factory=dict)
    developer: dict[str, float] = field(default_factory=dict)


@dataclass
class Part:
    """``messages`` by global message number. ``accumulations`` counts the definitions that restart a distance: the
    library forgets it with every new one.
    """

    messages: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    accumulations: int = 0


@dataclass
class Reading:
    parts: list[Part]
    complete: bool


def read_reference(data: bytes) -> Reading:
    parts: list[Part] = []
    try:
        with fitdecode.FitReader(
            io.BytesIO(data),
            processor=None,
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as reader:
            for frame in reader:
                _take(frame, parts)
    except Exception:  # noqa: BLE001 - it was written for files as they should be, and trips over others in many ways
        return Reading(parts, complete=False)
    return Reading(parts, complete=True)


def field_numbers(messages: list[Message]) -> set[int]:
    return {number for message in messages for number in message.raw}


def arrays(messages: list[Message], number: int) -> NDArray[np.float64]:
    """The raw items of a field, shape (messages, most items)."""
    rows = [message.raw.get(number, []) for message in messages]
    found = np.full((len(rows), max((len(row) for row in rows), default=0)), np.nan)
    for at, row in enumerate(rows):
        found[at, : len(row)] = row
    return found


def times(messages: list[Message]) -> NDArray[np.float64]:
    return np.array([message.time for message in messages], dtype=np.float64)


def values(messages: list[Message], *names: str) -> NDArray[np.float64]:
    """The scaled value of the first of those fields that has one; what a message says comes before what is derived."""
    return np.array([_value(message, names) for message in messages], dtype=np.float64)


def developer_values(messages: list[Message], name: str) -> NDArray[np.float64]:
    return np.array([message.developer.get(name, math.nan) for message in messages], dtype=np.float64)


def _value(message: Message, names: tuple[str, ...]) -> float:
    found = [told.get(name, math.nan) for told in (message.named, message.derived) for name in names]
    return next((value for value in found if not math.isnan(value)), math.nan)


def _take(frame: Any, parts: list[Part]) -> None:
    if frame.frame_type == fitdecode.FIT_FRAME_HEADER:
        parts.append(Part())
    elif frame.frame_type == fitdecode.FIT_FRAME_DATA:
        parts[-1].messages[frame.def_mesg.global_mesg_num].append(_message(frame))
    elif frame.frame_type == fitdecode.FIT_FRAME_DEFINITION and frame.global_mesg_num == _RECORD:
        parts[-1].accumulations += any(one.def_num == _COMPRESSED for one in frame.field_defs)


def _message(frame: Any) -> Message:
    made = Message()
    odd = {part.name for one in frame.fields if _is_oddly_packed(one) for part in one.field.components}
    for one in frame.fields:
        value = (*_numbers(one, one.value), math.nan)[0]
        if one.field_def is None:
            if one.name not in odd:
                made.derived.setdefault(one.name, value)
        elif one.field_def.is_dev:
            made.developer.setdefault(one.name, value)
        else:
            made.raw.setdefault(one.field_def.def_num, _numbers(one, one.raw_value))
            made.named.setdefault(one.name, value)
    own_time = made.raw.get(_TIMESTAMP, [])[:1] or [math.nan]
    made.time = made.derived.get("timestamp", math.nan) if math.isnan(own_time[0]) else own_time[0]
    return made


def _is_oddly_packed(one: Any) -> bool:
    """A field that others are derived from, in a shape that its definition in the profile does not have: the library
    cuts numbers out of it all the same.
    """
    if one.field_def is None or one.field_def.is_dev or not one.field or not one.field.components:
        return False
    is_array = isinstance(one.raw_value, tuple)
    if one.field_def.def_num != _COMPRESSED:
        return is_array
    return one.raw_value is not None and not (is_array and one.field_def.size == 3 and _is_bytes(one))


def _is_bytes(one: Any) -> bool:
    return bool(one.base_type.identifier == _BYTE)


def _numbers(one: Any, value: Any) -> list[float]:
    """An array as numbers, several bytes as none: they mean something else each time."""
    items = value if isinstance(value, tuple) else (value,)
    if one.field_def is not None and _is_bytes(one) and len(items) > 1:
        return []
    return [_number(item) for item in items]


def _number(item: Any) -> float:
    known = isinstance(item, int | float) and math.isfinite(item)
    return float(item) if known else math.nan
