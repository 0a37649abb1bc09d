"""The checksum of FIT files: CRC-16/ARC (polynomial x^16 + x^15 + x^2 + 1, reflected, starting at 0).

The checksum is linear over GF(2), so two words become one: the first advanced over the bytes of the second, plus the
second. All pairs of the data are joined at once, then the pairs of those, until one word is left.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0xA001
_WORD = np.dtype("<u2")


def fit_crc(data: bytes | memoryview) -> int:
    """The checksum of ``data``, 0 for none."""
    # Zeros ahead of the data change nothing, as the checksum starts at 0.
    padded = bytes(len(data) % 2) + bytes(data) if len(data) % 2 else data
    words = np.frombuffer(padded, dtype=_WORD)
    if not len(words):
        return 0
    level = 0
    while len(words) > 1:
        if len(words) % 2:
            words = np.concatenate([np.zeros(1, dtype=_WORD), words])
        words = _advanced(level)[words[::2]] ^ words[1::2]
        level += 1
    return int(_advanced(0)[words[0]])


@functools.cache
def _advanced(level: int) -> NDArray[np.uint16]:
    """What each checksum turns into after 2^level words of zeros."""
    if level:
        before = _advanced(level - 1)
        return np.asarray(before[before])
    table = np.arange(0x10000, dtype=_WORD)
    for _ in range(16):
        table = np.asarray((table >> 1) ^ np.where(table & 1, _POLYNOMIAL, 0), dtype=_WORD)
    return table
