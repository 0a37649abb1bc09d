"""Named float columns over one axis, packed into one small block of bytes.

A column is kept as whole numbers (value times its scale, rounded), so a value comes back exactly to the declared
resolution of one over the scale. The whole numbers become differences in as few bytes as the largest of them needs,
their bytes are regrouped by significance, and one zstd frame holds all columns: neighbouring samples differ little, so
the frame is small.

Layout, little-endian::

    magic "COLB" | version u8 | column count u16 | row count u32
    per column: name length u8 | name (UTF-8) | scale f64 | first number i64 | bytes per difference u8 (1, 2, 4 or 8)
                | has gaps u8 (0 or 1)
    zstd frame over, per column: [bit mask of gaps, where it has any] then the regrouped differences
    CRC-32 of everything before it, u32

A missing value is NaN on both sides. A gap repeats its neighbour inside the frame, so that gaps cost nothing there.
Version 1, which is read as well, has no first number (its first difference is from 0) and only 4 or 8 bytes.
"""

from __future__ import annotations

import math
import struct
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import numpy as np
import zstandard
from numpy.typing import NDArray

FloatColumn = NDArray[np.float64]
ItemT = TypeVar("ItemT")

_MAGIC = b"COLB"
_VERSION = 2
_HEADER = struct.Struct("<4sBHI")
_COLUMN = struct.Struct("<dqBB")
_COLUMN_V1 = struct.Struct("<dBB")
_WIDTHS = (1, 2, 4, 8)
_CRC = struct.Struct("<I")
_COMPRESSION_LEVEL = 3
# float64 holds whole numbers exactly up to 2**53: past that a difference would no longer restore its value.
_LARGEST_WHOLE = 2.0**53
# Numbers of a group of columns that are worked on together.
_MOST_AT_ONCE = 500_000


class CorruptBlockError(ValueError):
    """The bytes are not a block this code can read; the message says which part of it is wrong."""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of shape (rows,), kept to a resolution of ``1 / scale``; NaN where there is none."""

    values: FloatColumn
    scale: float


class _Layout(NamedTuple):
    name: str
    scale: float
    first: int
    width: int
    has_gaps: bool

    def packed_size(self, rows: int) -> int:
        return rows * self.width + ((rows + 7) // 8 if self.has_gaps else 0)


class _Zstd(threading.local):
    """Made once in each thread: making one takes a quarter of the time it then works on a run, and none serves two."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_zstd = _Zstd()


def encode(columns: Mapping[str, Column]) -> bytes:
    """Pack columns of equal length into one block; raises ValueError for values that a column cannot hold."""
    rows = _common_length(columns)
    head = bytearray(_HEADER.pack(_MAGIC, _VERSION, len(columns), rows))
    body: list[bytes] = []
    for group in _groups(tuple(columns.items()), rows):
        for layout, packed in _packed(group, rows):
            encoded_name = layout.name.encode()
            head += bytes([len(encoded_name)]) + encoded_name
            head += _COLUMN.pack(layout.scale, layout.first, layout.width, layout.has_gaps)
            body.append(packed)
    block = bytes(head) + _zstd.compressor.compress(b"".join(body))
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
    packed = memoryview(_decompress(memoryview(block)[offset : -_CRC.size], expected))
    wanted: list[tuple[_Layout, memoryview]] = []
    position = 0
    for layout in layouts:
        size = layout.packed_size(rows)
        if names is None or layout.name in names:
            wanted.append((layout, packed[position : position + size]))
        position += size
    found = {name: values for group in _groups(wanted, rows) for name, values in _unpacked(group, rows)}
    return {layout.name: found[layout.name] for layout, _ in wanted}


def size(block: bytes) -> int:
    """How many numbers the block says that it holds, all columns together; 0 for what has no whole header."""
    if len(block) < _HEADER.size:
        return 0
    _, _, count, rows = _HEADER.unpack_from(block)
    return int(count * rows)


def _common_length(columns: Mapping[str, Column]) -> int:
    lengths = {len(column.values) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns differ in length: {sorted(lengths)}")
    return lengths.pop() if lengths else 0


def _groups(columns: Sequence[ItemT], rows: int) -> Iterator[Sequence[ItemT]]:
    """As many columns at a time as fit into a few megabytes: short ones cost a call for all, long ones no memory."""
    size = max(1, _MOST_AT_ONCE // max(rows, 1))
    for first in range(0, len(columns), size):
        yield columns[first : first + size]


def _packed(group: Sequence[tuple[str, Column]], rows: int) -> Iterator[tuple[_Layout, bytes]]:
    whole, gaps = _whole_numbers(group, rows)
    firsts = whole[:, 0] if rows else np.zeros(len(group))
    # Exact as floats where they fit into 4 bytes; wider ones are taken again as integers.
    differences = np.zeros_like(whole)
    np.subtract(whole[:, 1:], whole[:, :-1], out=differences[:, 1:])
    largest = _largest(differences)
    widths = np.array(_WIDTHS)[np.searchsorted([2.0**7 - 1, 2.0**15 - 1, 2.0**31 - 1], largest)]
    regrouped = np.empty(len(group), dtype=object)
    for width in np.unique(widths).tolist():
        alike = np.flatnonzero(widths == width)
        if width < 8:
            chosen = np.empty((len(alike), rows), f"<i{width}")
            for row, index in zip(chosen, alike, strict=True):
                row[:] = differences[index]
        else:
            chosen = np.diff(whole[alike].astype("<i8"), axis=1, prepend=firsts[alike, None].astype("<i8"))
        regrouped[alike] = _regrouped(chosen)
    has_gaps: NDArray[np.bool_] = np.any(gaps, axis=1)
    facts = np.column_stack([firsts.astype(np.int64), widths, has_gaps]).tolist()
    for (name, column), (first, bytes_each, gapped), gap, packed in zip(group, facts, gaps, regrouped, strict=True):
        mask = np.packbits(gap).tobytes() if gapped else b""
        yield _Layout(name, column.scale, first, bytes_each, bool(gapped)), mask + packed


def _whole_numbers(group: Sequence[tuple[str, Column]], rows: int) -> tuple[FloatColumn, NDArray[np.bool_]]:
    """Values times scale, rounded, shape (columns, rows), with each gap repeating its neighbour; and where gaps are."""
    whole = np.empty((len(group), rows))
    for row, (name, column) in zip(whole, group, strict=True):
        if not 1 <= len(name.encode()) <= 255 or not (column.scale > 0 and math.isfinite(column.scale)):
            raise ValueError(f"column {name!r} needs a name of 1..255 bytes and a positive scale")
        np.multiply(column.values, column.scale, out=row)
    np.rint(whole, out=whole)
    gaps: NDArray[np.bool_] = np.isnan(whole)
    for index in np.flatnonzero(gaps.any(axis=1)):
        whole[index] = _bridge(whole[index], gaps[index])
    too_large = np.flatnonzero(_largest(whole) > _LARGEST_WHOLE)
    if len(too_large):
        raise ValueError(f"column {group[too_large[0]][0]!r} holds a value too large for its scale")
    return whole, gaps


def _largest(numbers: FloatColumn) -> FloatColumn:
    """The largest distance from 0 in each row."""
    largest: FloatColumn = np.maximum(numbers.max(axis=1, initial=0.0), -numbers.min(axis=1, initial=0.0))
    return largest


def _bridge(scaled: FloatColumn, gaps: NDArray[np.bool_]) -> FloatColumn:
    """Each gap repeats the value before it, the first ones the first value there is (0 for none)."""
    known = np.flatnonzero(~gaps)
    if not len(known):
        return np.zeros(len(scaled))
    missing = np.flatnonzero(gaps)
    # As many values are known before a gap as there are places before it that are no gaps.
    known_before = missing - np.arange(len(missing))
    bridged = scaled.copy()
    bridged[missing] = scaled[known[np.maximum(known_before - 1, 0)]]
    return bridged


def _regrouped(differences: NDArray[np.signedinteger[Any]]) -> list[bytes]:
    """The bytes of each row of numbers, the least significant of all numbers first."""
    columns, rows = differences.shape
    by_number = np.ascontiguousarray(differences).view(np.uint8).reshape(columns, rows, differences.itemsize)
    planes = np.empty((columns, differences.itemsize, rows), np.uint8)
    for place in range(differences.itemsize):
        planes[:, place] = by_number[:, :, place]
    return [row.tobytes() for row in planes]


def _read_layouts(block: bytes) -> tuple[list[_Layout], int, int]:
    magic, version, count, rows = _HEADER.unpack_from(block)
    if magic != _MAGIC:
        raise CorruptBlockError("this is not a column block")
    if version not in {1, _VERSION}:
        raise CorruptBlockError(f"version {version} is not known here")
    layouts: list[_Layout] = []
    offset = _HEADER.size
    try:
        for _ in range(count):
            name_end = offset + 1 + block[offset]
            name = block[offset + 1 : name_end].decode()
            if version == 1:
                scale, width, has_gaps = _COLUMN_V1.unpack_from(block, name_end)
                first, offset = 0, name_end + _COLUMN_V1.size
            else:
                scale, first, width, has_gaps = _COLUMN.unpack_from(block, name_end)
                offset = name_end + _COLUMN.size
            layouts.append(_Layout(name, scale, first, width, bool(has_gaps)))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise CorruptBlockError("the list of columns is damaged") from error
    if any(layout.width not in _WIDTHS for layout in layouts):
        raise CorruptBlockError("a column has a width other than 1, 2, 4 or 8 bytes")
    if not all(layout.scale > 0 and math.isfinite(layout.scale) for layout in layouts):
        raise CorruptBlockError("a column has a scale that is no positive number")
    return layouts, rows, offset


def _decompress(frame: memoryview, expected: int) -> bytes:
    try:
        if zstandard.frame_content_size(frame) != expected:
            raise CorruptBlockError("the frame does not hold what the list of columns promises")
        return _zstd.decompressor.decompress(frame, max_output_size=expected)
    except zstandard.ZstdError as error:
        raise CorruptBlockError("the compressed part is damaged") from error


def _unpacked(group: Sequence[tuple[_Layout, memoryview]], rows: int) -> Iterator[tuple[str, FloatColumn]]:
    by_width = sorted(group, key=lambda item: item[0].width)
    layouts = [layout for layout, _ in by_width]
    # Each sum is a whole number of its column, so exact as a float; only a difference of 8 bytes may not be.
    whole = np.empty((len(group), rows), np.int64 if layouts[-1].width == 8 else np.float64)
    done = 0
    for width, alike in groupby(by_width, key=lambda item: item[0].width):
        columns = [packed[len(packed) - rows * width :] for _, packed in alike]
        whole[done : done + len(columns)] = _numbers(columns, rows, width)
        done += len(columns)
    whole[:, :1] += np.array([[layout.first] for layout in layouts], whole.dtype)
    np.cumsum(whole, axis=1, out=whole)
    scales = np.array([[layout.scale] for layout in layouts])
    values = np.divide(whole, scales, out=whole if whole.dtype == np.float64 else None)
    for row, (layout, packed) in zip(values, by_width, strict=True):
        if layout.has_gaps:
            mask = np.frombuffer(packed[: len(packed) - rows * layout.width], np.uint8)
            row[np.unpackbits(mask, count=rows).view(np.bool_)] = np.nan
        yield layout.name, row


def _numbers(packed: Sequence[memoryview], rows: int, width: int) -> NDArray[np.signedinteger[Any]]:
    """The differences of each column, shape (columns, rows), from their regrouped bytes."""
    planes = np.frombuffer(b"".join(packed), np.uint8).reshape(len(packed), width, rows)
    by_number = np.empty((len(packed), rows, width), np.uint8)
    for place in range(width):
        by_number[:, :, place] = planes[:, place]
    numbers: NDArray[np.signedinteger[Any]] = by_number.view(f"<i{width}")[:, :, 0]
    return numbers
