"""The checksum of FIT files: CRC-16/ARC (polynomial x^16 + x^15 + x^2 + 1, reflected, starting at 0).

The polynomial is (x + 1)(x^15 + x + 1). Squaring is linear over GF(2), so modulo its second factor x^15n is x^n + 1 for
every n that is a power of two: the first part of the data, added to the rest in two places, can be left out. What is
left in the end is short; the remainder modulo x + 1, which that does not keep, is the parity of all bits.
"""

from __future__ import annotations

import functools

import numpy as np

_POLYNOMIAL = 0xA001
_SECOND_FACTOR = 0xC001
_WORD = np.dtype("<u8")


def fit_crc(data: bytes | memoryview) -> int:
    """The checksum of ``data``, 0 for none."""
    # Zeros ahead of the data change nothing, as the checksum starts at 0.
    words = np.zeros(-(-len(data) // _WORD.itemsize), dtype=_WORD)
    words.view(np.uint8)[-len(data) % _WORD.itemsize :] = np.frombuffer(data, dtype=np.uint8)
    parity = int(np.bitwise_xor.reduce(words)).bit_count() % 2
    while len(words) > 15:
        unit = 1 << ((len(words) - 1) // 15).bit_length() - 1
        folded = min(len(words) - 15 * unit, 14 * unit)
        for distance in (14 * unit, 15 * unit):
            words[distance : distance + folded] ^= words[:folded]
        words = words[folded:]
    table, checksum = _table(), 0
    for byte in words.tobytes():
        checksum = checksum >> 8 ^ table[(checksum ^ byte) & 0xFF]
    return checksum if checksum.bit_count() % 2 == parity else checksum ^ _SECOND_FACTOR


@functools.cache
def _table() -> list[int]:
    """What each byte turns into."""
    table = list(range(256))
    for _ in range(8):
        table = [value >> 1 ^ (_POLYNOMIAL if value & 1 else 0) for value in table]
    return table
