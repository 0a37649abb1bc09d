"""Files that no device ever wrote: FIT of random layouts, and real ones with bytes turned, cut out and doubled."""

from __future__ import annotations

import random
import struct

from deploy.local.demo.fit_wire import checksum

_KINDS = (0, 3, 12, 18, 19, 20, 20, 20, 20, 21, 23, 34, 78, 132, 206, 9999)
_FIELDS = (*range(16), 20, 22, 23, 25, 27, 39, 41, 50, 53, 57, 73, 78, 84, 92, 110, 124, 253, 253, 253, 254)
_SIZES = {
    **dict.fromkeys((0x00, 0x01, 0x02, 0x07, 0x0A, 0x0D), 1),
    **dict.fromkeys((0x83, 0x84, 0x8B), 2),
    **dict.fromkeys((0x85, 0x86, 0x88, 0x8C), 4),
    **dict.fromkeys((0x89, 0x8E, 0x8F, 0x90), 8),
}
_MISSING = (0xFF, 0x7F, 0x00)
_STAMP = 1_140_000_000


def random_fit(rng: random.Random) -> bytes:
    """A FIT file of messages that are well-formed and mean nothing: both byte orders, every base type, arrays, fields
    of developers, headers with five bits of time, layouts that change on the way.
    """
    body = bytearray()
    layouts: dict[int, _Layout] = {}
    if rng.random() < 0.8:
        body += bytes([0x40, 0, 0, 0, 0, 1, 0, 1, 0x00, 0x00, 4])
    described = rng.random() < 0.5
    if described:
        body += _description(rng)
    for step in range(rng.randint(2, 60)):
        if len(layouts) < 3 or rng.random() < 0.06:
            local = rng.randrange(16)
            layouts[local] = _Layout(rng, developer=described and rng.random() < 0.4)
            body += layouts[local].definition(local)
        local = rng.choice(list(layouts))
        in_header = local < 4 and rng.random() < 0.3
        head = 0x80 | local << 5 | rng.randrange(32) if in_header else local
        for _ in range(rng.choice((1, 1, 1, 2, 12))):
            body += bytes([head]) + layouts[local].row(rng, _STAMP + step)
    return framed(bytes(body))


def framed(body: bytes) -> bytes:
    """With a header before it and the checksum behind it."""
    header = struct.pack("<BBHI4s", 14, 0x20, 2158, len(body), b".FIT") + b"\0\0"
    return header + body + struct.pack("<H", checksum(header + body))


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to eight changes of that file."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if not changed:
            break
        at, length = rng.randrange(len(changed)), rng.randint(1, 64)
        match rng.randrange(7):
            case 0:
                changed[at] = rng.randrange(256)
            case 1:
                changed[at] ^= 1 << rng.randrange(8)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = changed[at : at + length]
            case 4:
                changed[at : at + length] = bytes([rng.choice(_MISSING)]) * min(length, len(changed) - at)
            case 5:
                changed[at : at + 4] = rng.randbytes(min(4, len(changed) - at))
            case _:
                del changed[max(at, 20) :]
    return bytes(changed)


def _description(rng: random.Random) -> bytes:
    """A developer, and two fields of theirs: power in watts, and one that nobody knows."""
    data_id = bytes([0x4F, 0, 0, 207, 0, 1, 3, 1, 0x02, 0x0F, 0])
    layout = bytes([0x4E, 0, 0, 206, 0, 4, 0, 1, 0x02, 1, 1, 0x02, 2, 1, 0x02, 3, 8, 0x07])
    power = bytes([0x0E, 0, 0, 0x84]) + b"Power\0\0\0"
    other = bytes([0x0E, 0, 1, rng.choice((0x02, 0x01, 0x0A))]) + b"Other\0\0\0"
    return data_id + layout + power + other


class _Layout:
    def __init__(self, rng: random.Random, *, developer: bool) -> None:
        self._kind = rng.choice(_KINDS[:-2] if developer else _KINDS)
        self._big_endian = rng.random() < 0.4
        self._developer = developer
        numbers = rng.sample(sorted(set(_FIELDS)), rng.randint(1, 10))
        if rng.random() < 0.7:
            numbers = [253, *(number for number in numbers if number != 253)]
        self._fields = [self._field(rng, number) for number in numbers]

    def _field(self, rng: random.Random, number: int) -> tuple[int, int, int]:
        if number == 253:
            return number, 4, 0x86
        code = rng.choice(list(_SIZES))
        size = _SIZES[code] * rng.choice((1, 1, 1, 1, 2, 3))
        # Some say one thing and are as long as another.
        return (number, rng.randint(1, 9), code) if rng.random() < 0.1 else (number, size, code)

    def definition(self, local: int) -> bytes:
        order = ">" if self._big_endian else "<"
        raw = bytes([0x40 | (0x20 if self._developer else 0) | local, 0, int(self._big_endian)])
        raw += struct.pack(f"{order}HB", self._kind, len(self._fields))
        raw += b"".join(bytes(one) for one in self._fields)
        return raw + bytes([2, 0, 2, 0, 1, 1, 0]) if self._developer else raw

    def row(self, rng: random.Random, stamp: int) -> bytes:
        values = b"".join(self._value(rng, *one, stamp) for one in self._fields)
        return values + (rng.randbytes(3) if self._developer else b"")

    def _value(self, rng: random.Random, number: int, size: int, code: int, stamp: int) -> bytes:
        if number == 253 and rng.random() < 0.95:
            return stamp.to_bytes(4, "big" if self._big_endian else "little")
        if code == 0x07:
            return (b"text" + bytes(size))[:size]
        if rng.random() < 0.15:
            return bytes([rng.choice(_MISSING)]) * size
        return rng.randbytes(size)
