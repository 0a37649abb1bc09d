"""How the numbers of FIT lie in memory. Source: FIT protocol, "Base Types"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

STRING = 0x07
_BYTE = 0x0D


@dataclass(frozen=True, slots=True)
class BaseType:
    """``invalid`` is what stands on the wire for a missing value, None where that is NaN.

    A field of several items is an array of numbers, but several bytes are none.
    """

    size: int
    little_endian: np.dtype[Any]
    big_endian: np.dtype[Any]
    invalid: int | None
    is_array_of_numbers: bool = True


def _type(code: str, invalid: int | None, *, is_array_of_numbers: bool = True) -> BaseType:
    size = int(code[1])
    return BaseType(size, np.dtype(f"<{code}"), np.dtype(f">{code}"), invalid, is_array_of_numbers)


BYTE = _type("u1", 0xFF, is_array_of_numbers=False)
_BASE_TYPES = {
    0x00: _type("u1", 0xFF),
    0x01: _type("i1", 0x7F),
    0x02: _type("u1", 0xFF),
    0x83: _type("i2", 0x7FFF),
    0x84: _type("u2", 0xFFFF),
    0x85: _type("i4", 0x7FFFFFFF),
    0x86: _type("u4", 0xFFFFFFFF),
    0x88: _type("f4", None),
    0x89: _type("f8", None),
    0x0A: _type("u1", 0),
    0x8B: _type("u2", 0),
    0x8C: _type("u4", 0),
    _BYTE: BYTE,
    0x8E: _type("i8", 0x7FFFFFFFFFFFFFFF),
    0x8F: _type("u8", 0xFFFFFFFFFFFFFFFF),
    0x90: _type("u8", 0),
}


def base_type(code: int, field_size: int) -> BaseType | None:
    """The type of a field, None for a text; bytes where the code is unknown or the size is no multiple of its own."""
    if code == STRING:
        return None
    found = _BASE_TYPES.get(code, BYTE)
    return BYTE if field_size % found.size else found
