"""What happens to files on their way: cut short, a bit turned, not a recording at all."""

from __future__ import annotations

import gzip

import numpy as np


def truncated(data: bytes, keep: float = 0.5) -> bytes:
    """The first part of a file, as a full disk or a broken transfer leaves it."""
    return data[: int(len(data) * keep)]


def with_wrong_crc(data: bytes) -> bytes:
    """A FIT file whose stored checksum is not that of its content; every message is whole."""
    return data[:-2] + bytes([data[-2] ^ 0xFF, data[-1]])


def with_flipped_bit(data: bytes, *, at: float = 0.5) -> bytes:
    """One bit turned at that fraction of the file."""
    position = int((len(data) - 1) * at)
    return data[:position] + bytes([data[position] ^ 0x10]) + data[position + 1 :]


def garbage(size: int = 4096, *, seed: int = 1) -> bytes:
    """Random bytes, the same for the same seed."""
    return np.random.default_rng(seed).bytes(size)


def gzipped(data: bytes) -> bytes:
    """As ``.fit.gz``; the same bytes for the same content."""
    return gzip.compress(data, mtime=0)


def entity_bomb() -> bytes:
    """A GPX file whose entities unfold to some 10^9 characters ("billion laughs")."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY e0 "laughter">{entities}]><gpx>&e9;</gpx>'.encode()


def external_entity() -> bytes:
    """A GPX file that asks the reader for a file of the machine it is read on."""
    head = '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY stolen SYSTEM "file:///etc/passwd">]>'
    return f'{head}<gpx version="1.1" creator="x"><trk><name>&stolen;</name></trk></gpx>'.encode()
