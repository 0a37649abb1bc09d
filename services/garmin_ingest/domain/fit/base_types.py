"""How the numbers of FIT lie in memory. Source: FIT protocol, "Base Types"."""

from __future__ import annotations

from dataclasses import dataclass

STRING = 0x07
_BYTE = 0x0D


@dataclass(frozen=True, slots=True)
class BaseType:
    """``code`` is numpy's; ``invalid`` is what stands on the wire for a missing value, None where that is NaN.

    A field of several items is an array of numbers, but several bytes are none.
    """

    code: str
    size: int
    invalid: int | None
    is_array_of_numbers: bool = True


BYTE = BaseType("u1", 1, 0xFF, is_array_of_numbers=False)
_BASE_TYPES = {
    0x00: BaseType("u1", 1, 0xFF),
    0x01: BaseType("i1", 1, 0x7F),
    0x02: BaseType("u1", 1, 0xFF),
    0x83: BaseType("i2", 2, 0x7FFF),
    0x84: BaseType("u2", 2, 0xFFFF),
    0x85: BaseType("i4", 4, 0x7FFFFFFF),
    0x86: BaseType("u4", 4, 0xFFFFFFFF),
    0x88: BaseType("f4", 4, None),
    0x89: BaseType("f8", 8, None),
    0x0A: BaseType("u1", 1, 0),
    0x8B: BaseType("u2", 2, 0),
    0x8C: BaseType("u4", 4, 0),
    _BYTE: BYTE,
    0x8E: BaseType("i8", 8, 0x7FFFFFFFFFFFFFFF),
    0x8F: BaseType("u8", 8, 0xFFFFFFFFFFFFFFFF),
    0x90: BaseType("u8", 8, 0),
}


def base_type(code: int, field_size: int) -> BaseType | None:
    """The type of a field, None for a text; bytes where the code is unknown or the size is no multiple of its own."""
    if code == STRING:
        return None
    found = _BASE_TYPES.get(code, BYTE)
    return BYTE if field_size % found.size else found
