"""The checksum of FIT files: CRC-16/ARC (polynomial x^16 + x^15 + x^2 + 1, reflected, starting at 0).

The data is cut into lanes of equal length that go through the byte table side by side; since the checksum is linear
over GF(2), the lanes are then joined by advancing each over the bytes that follow it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0xA001
_LANES = 512


def _advance_one_byte(crc: int) -> int:
    for _ in range(8):
        crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc


_TABLE: NDArray[np.uint16] = np.array([_advance_one_byte(byte) for byte in range(256)], dtype=np.uint16)


def fit_crc(data: bytes | memoryview) -> int:
    """The checksum of ``data``, 0 for none."""
    values = np.frombuffer(data, dtype=np.uint8)
    lane_length = len(values) // _LANES
    joined = 0
    if lane_length:
        lanes = values[: lane_length * _LANES].reshape(_LANES, lane_length)
        crcs = np.zeros(_LANES, dtype=np.uint16)
        for column in range(lane_length):
            crcs = (crcs >> 8) ^ _TABLE[(crcs ^ lanes[:, column]) & 0xFF]
        over_one_lane = _operator(lane_length)
        for crc in crcs.tolist():
            joined = _apply(over_one_lane, joined) ^ crc
    for byte in values[lane_length * _LANES :].tolist():
        joined = (joined >> 8) ^ int(_TABLE[(joined ^ byte) & 0xFF])
    return joined


def _operator(zero_bytes: int) -> list[int]:
    """What each of the 16 bits of a checksum turns into after that many zero bytes."""
    result = [1 << bit for bit in range(16)]
    power = [_advance_one_byte(1 << bit) for bit in range(16)]
    while zero_bytes:
        if zero_bytes & 1:
            result = [_apply(power, column) for column in result]
        power = [_apply(power, column) for column in power]
        zero_bytes >>= 1
    return result


def _apply(operator: list[int], crc: int) -> int:
    turned = 0
    for bit in range(16):
        if crc >> bit & 1:
            turned ^= operator[bit]
    return turned
