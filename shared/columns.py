"""Named float columns over one axis, packed into one small block of bytes.

A column is kept as whole numbers (value times its scale, rounded), so a value comes back exactly to the declared
resolution of one over the scale. The whole numbers become differences, the differences are stored with their bytes
regrouped by significance, and one zstd frame holds all columns: neighbouring samples differ little, so most of the
regrouped bytes are zero and the frame is small.

Layout, little-endian::

    magic "COLB" | version u8 | column count u16 | row count u32
    per column: name length u8 | name (UTF-8) | scale f64 | bytes per difference u8 (4 or 8) | has gaps u8 (0 or 1)
    zstd frame over, per column: [bit mask of gaps, where it has any] then the regrouped differences
    CRC-32 of everything before it, u32

A missing value is NaN on both sides. A gap repeats its neighbour inside the frame, so that gaps cost nothing there.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import zstandard
from numpy.typing import NDArray

FloatColumn = NDArray[np.float64]

_MAGIC = b"COLB"
_VERSION = 1
_HEADER = struct.Struct("<4sBHI")
_COLUMN = struct.Struct("<dBB")
_CRC = struct.Struct("<I")
_COMPRESSION_LEVEL = 3
# float64 holds whole numbers exactly up to 2**53: past that a difference would no longer restore its value.
_LARGEST_WHOLE = 2.0**53


class CorruptBlockError(ValueError):
    """The bytes are not a block this code can read; the message says which part of it is wrong."""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of shape (rows,), kept to a resolution of ``1 / scale``; NaN where there is none."""

    values: FloatColumn
    scale: float


@dataclass(frozen=True, slots=True)
class _Layout:
    name: str
    scale: float
    width: int
    has_gaps: bool

    def packed_size(self, rows: int) -> int:
        return rows * self.width + ((rows + 7) // 8 if self.has_gaps else 0)


def encode(columns: Mapping[str, Column]) -> bytes:
    """Pack columns of equal length into one block; raises ValueError for values that a column cannot hold."""
    rows = _common_length(columns)
    head = bytearray(_HEADER.pack(_MAGIC, _VERSION, len(columns), rows))
    body: list[bytes] = []
    for name, column in columns.items():
        layout, packed = _pack(name, column)
        encoded_name = name.encode()
        head += bytes([len(encoded_name)]) + encoded_name
        head += _COLUMN.pack(layout.scale, layout.width, layout.has_gaps)
        body.append(packed)
    block = bytes(head) + zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL).compress(b"".join(body))
    return block + _CRC.pack(zlib.crc32(block))


def decode(block: bytes, names: Collection[str] | None = None) -> dict[str, FloatColumn]:
    """Unpack a block, or only the columns named; an unknown name is left out.

    Raises CorruptBlockError. The checksum is verified before anything is allocated by a size that the block claims.
    """
    if len(block) < _HEADER.size + _CRC.size:
        raise CorruptBlockError("the block is shorter than its header")
    if _CRC.unpack_from(block, len(block) - _CRC.size)[0] != zlib.crc32(memoryview(block)[: -_CRC.size]):
        raise CorruptBlockError("the checksum does not match")
    layouts, rows, offset = _read_layouts(block)
    expected = sum(layout.packed_size(rows) for layout in layouts)
    packed = _decompress(memoryview(block)[offset : -_CRC.size], expected)
    found: dict[str, FloatColumn] = {}
    position = 0
    for layout in layouts:
        size = layout.packed_size(rows)
        if names is None or layout.name in names:
            found[layout.name] = _unpack(packed[position : position + size], layout, rows)
        position += size
    return found


def _common_length(columns: Mapping[str, Column]) -> int:
    lengths = {len(column.values) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns differ in length: {sorted(lengths)}")
    return lengths.pop() if lengths else 0


def _pack(name: str, column: Column) -> tuple[_Layout, bytes]:
    if not 1 <= len(name.encode()) <= 255 or not (column.scale > 0 and np.isfinite(column.scale)):
        raise ValueError(f"column {name!r} needs a name of 1..255 bytes and a positive scale")
    scaled = np.rint(np.asarray(column.values, dtype=np.float64) * column.scale)
    gaps = np.isnan(scaled)
    if np.any(np.abs(scaled[~gaps]) > _LARGEST_WHOLE):
        raise ValueError(f"column {name!r} holds a value too large for its scale")
    whole = _bridge(scaled, gaps)
    differences = np.diff(whole, prepend=np.int64(0))
    narrow = bool(np.all(np.abs(differences) <= np.iinfo(np.int32).max))
    sized = differences.astype("<i4" if narrow else "<i8")
    shuffled = sized.view(np.uint8).reshape(len(sized), sized.itemsize).T.tobytes()
    has_gaps = bool(gaps.any())
    mask = np.packbits(gaps).tobytes() if has_gaps else b""
    return _Layout(name, column.scale, sized.itemsize, has_gaps), mask + shuffled


def _bridge(scaled: FloatColumn, gaps: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Whole numbers with each gap repeating the value before it (0 ahead of the first)."""
    last_known = np.maximum.accumulate(np.where(gaps, -1, np.arange(len(scaled))))
    known = np.where(gaps, 0.0, scaled)
    return np.where(last_known < 0, 0.0, known[last_known]).astype(np.int64)


def _read_layouts(block: bytes) -> tuple[list[_Layout], int, int]:
    magic, version, count, rows = _HEADER.unpack_from(block)
    if magic != _MAGIC:
        raise CorruptBlockError("this is not a column block")
    if version != _VERSION:
        raise CorruptBlockError(f"version {version} is not known here")
    layouts: list[_Layout] = []
    offset = _HEADER.size
    try:
        for _ in range(count):
            name_end = offset + 1 + block[offset]
            name = block[offset + 1 : name_end].decode()
            scale, width, has_gaps = _COLUMN.unpack_from(block, name_end)
            layouts.append(_Layout(name, scale, width, bool(has_gaps)))
            offset = name_end + _COLUMN.size
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise CorruptBlockError("the list of columns is damaged") from error
    if any(layout.width not in {4, 8} for layout in layouts):
        raise CorruptBlockError("a column has a width other than 4 or 8 bytes")
    if not all(layout.scale > 0 and np.isfinite(layout.scale) for layout in layouts):
        raise CorruptBlockError("a column has a scale that is no positive number")
    return layouts, rows, offset


def _decompress(frame: memoryview, expected: int) -> bytes:
    try:
        if zstandard.frame_content_size(frame) != expected:
            raise CorruptBlockError("the frame does not hold what the list of columns promises")
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=expected)
    except zstandard.ZstdError as error:
        raise CorruptBlockError("the compressed part is damaged") from error


def _unpack(packed: bytes, layout: _Layout, rows: int) -> FloatColumn:
    mask_size = layout.packed_size(rows) - rows * layout.width
    shuffled = np.frombuffer(packed, dtype=np.uint8, offset=mask_size).reshape(layout.width, rows)
    differences = np.ascontiguousarray(shuffled.T).view(f"<i{layout.width}").reshape(rows)
    values = np.cumsum(differences, dtype=np.int64).astype(np.float64) / layout.scale
    if layout.has_gaps:
        gaps = np.unpackbits(np.frombuffer(packed, dtype=np.uint8, count=mask_size), count=rows)
        values[gaps.astype(bool)] = np.nan
    return values
