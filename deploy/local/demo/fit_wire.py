"""The wire format of FIT 2.0, for writing: header, definitions, rows of data, checksum.

Source: FIT SDK, "Flexible and Interoperable Data Transfer (FIT) Protocol". All numbers are little-endian.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = float | str | NDArray[Any]

_EPOCH = dt.datetime(1989, 12, 31, tzinfo=dt.UTC)
_PROTOCOL_2_0 = 0x20
_PROFILE_21_158 = 21158
_HEADER_SIZE = 14
_DEFINITION = 0x40
_LOCAL_TYPES = 16


@dataclass(frozen=True, slots=True)
class BaseType:
    """One of the numeric FIT base types; ``invalid`` is what stands on the wire for a missing value."""

    code: int
    dtype: str
    invalid: int


ENUM = BaseType(0x00, "<u1", 0xFF)
SINT8 = BaseType(0x01, "<i1", 0x7F)
UINT8 = BaseType(0x02, "<u1", 0xFF)
UINT16 = BaseType(0x84, "<u2", 0xFFFF)
SINT32 = BaseType(0x85, "<i4", 0x7FFFFFFF)
UINT32 = BaseType(0x86, "<u4", 0xFFFFFFFF)
UINT32Z = BaseType(0x8C, "<u4", 0)
STRING_CODE = 0x07


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: the wire holds (value + offset) * scale. ``base`` is None for a text."""

    number: int
    base: BaseType | None
    scale: float = 1.0
    offset: float = 0.0

    def encode(self, name: str, column: Column) -> tuple[int, NDArray[Any]]:
        """The base type's code and the raw values. NaN becomes the invalid value; ValueError for one out of range."""
        if self.base is None:
            return STRING_CODE, np.array([str(column).encode() + b"\0"], dtype=f"S{len(str(column).encode()) + 1}")
        values = np.atleast_1d(np.asarray(column, dtype=np.float64))
        missing = np.isnan(values)
        raw = np.where(missing, self.base.invalid, np.rint((values + self.offset) * self.scale))
        limits = np.iinfo(self.base.dtype)
        wrong = ~missing & ((raw < limits.min) | (raw > limits.max) | (raw == self.base.invalid))
        if wrong.any():
            raise ValueError(f"{name} cannot hold {values[wrong][0]}")
        return self.base.code, raw.astype(self.base.dtype)


@dataclass(frozen=True, slots=True)
class Message:
    """A kind of message: its global number and its fields by the name they have in the FIT profile."""

    number: int
    fields: Mapping[str, Field]


class FitFile:
    """A file being written. Messages appear in the order in which they are written."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._local_types: dict[int, int] = {}
        self._definitions: dict[int, bytes] = {}

    def write(self, message: Message, columns: Mapping[str, Column]) -> None:
        """Add one data message per row of ``columns``; a single value stands for every row.

        Only the fields named in ``columns`` are written. Raises KeyError for a field the message does not have, and
        ValueError for a value that does not fit its field.
        """
        local = self._local_types.setdefault(message.number, len(self._local_types) % _LOCAL_TYPES)
        encoded = {name: message.fields[name].encode(name, column) for name, column in columns.items()}
        layout: list[tuple[str, Any]] = [("header", "u1"), *((name, raw.dtype) for name, (_, raw) in encoded.items())]
        rows = np.zeros(max(len(raw) for _, raw in encoded.values()), dtype=layout)
        rows["header"] = local
        definition = struct.pack("<BBBHB", _DEFINITION | local, 0, 0, message.number, len(encoded))
        for name, (code, raw) in encoded.items():
            rows[name] = raw
            definition += struct.pack("<BBB", message.fields[name].number, raw.dtype.itemsize, code)
        if self._definitions.get(local) != definition:
            self._definitions[local] = definition
            self._body += definition
        self._body += rows.tobytes()

    def to_bytes(self) -> bytes:
        """The whole file with its header and checksums."""
        head = struct.pack("<BBHI4s", _HEADER_SIZE, _PROTOCOL_2_0, _PROFILE_21_158, len(self._body), b".FIT")
        content = head + struct.pack("<H", checksum(head)) + bytes(self._body)
        return content + struct.pack("<H", checksum(content))


def timestamp(moment: dt.datetime) -> int:
    """FIT's count of seconds since 1989-12-31T00:00:00Z; ``moment`` is aware of its zone."""
    return round((moment - _EPOCH).total_seconds())


def checksum(data: bytes) -> int:
    """CRC-16/ARC: polynomial 0x8005 reflected, starting at 0."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _shifted_eight_times(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0xA001 if value & 1 else 0)
    return value


_CRC_TABLE = tuple(_shifted_eight_times(byte) for byte in range(256))
