"""The wire format of FIT: headers, definitions and data messages, without knowing what any message means.

A first pass walks the message headers and notes where the messages of each definition lie; long runs of one definition
are found by looking at every ``stride``-th byte at once. Field values are gathered later, a column at a time and only
for the messages somebody asks for. Source: FIT SDK, "Flexible and Interoperable Data Transfer (FIT) Protocol".
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.crc import fit_crc

SIGNATURE = b".FIT"

_SHORTEST_HEADER = 12
_HEADER = struct.Struct("<BBHI4s")
# The header's own checksum, in headers that have one; 0 means that it was left out.
_HEADER_CHECKSUM_AT = 12
# A week at one message a second of three kinds that take turns stays below; a file above was made to keep us busy.
_MOST_STEPS = 2_000_000
# The most restless of known files changes its layouts fifty times, and the most patient strap adds six files.
_MOST_DEFINITIONS = 1000
_MOST_PARTS = 200
# So many messages of one kind in a row are counted one by one before all that follow are looked at together.
_PLAIN_RUN = 8

# A field number, or (developer data index, field number) for a developer field.
FieldKey = int | tuple[int, int]


class FieldPlace(NamedTuple):
    """Where a field lies inside its message (``offset`` counts from the message header).

    ``base_type`` is the code of the definition, None for a developer field, whose description tells it.
    """

    offset: int
    size: int
    base_type: int | None


class Definition:
    """One layout of one kind of message, with the places of the messages that use it: alone, or (first, count)."""

    def __init__(self, raw: bytes, developer_count_at: int) -> None:
        """``raw`` is a definition without its header byte; see the protocol's "Definition Message"."""
        self.big_endian = raw[1] != 0
        self.message = int.from_bytes(raw[2:4], "big" if self.big_endian else "little")
        self.stride = 1 + sum(raw[6:developer_count_at:3]) + sum(raw[developer_count_at + 2 :: 3])
        self.singles: list[int] = []
        self.runs: list[tuple[int, int]] = []
        self._raw = raw
        self._developer_count_at = developer_count_at

    @functools.cached_property
    def fields(self) -> dict[FieldKey, FieldPlace]:
        """By number; of two fields with one number the first."""
        found: dict[FieldKey, FieldPlace] = {}
        offset = 1
        for at in range(5, self._developer_count_at, 3):
            number, size, base_type = self._raw[at : at + 3]
            found.setdefault(number, FieldPlace(offset, size, base_type))
            offset += size
        for at in range(self._developer_count_at + 1, len(self._raw), 3):
            number, size, developer = self._raw[at : at + 3]
            found.setdefault((developer, number), FieldPlace(offset, size, None))
            offset += size
        return found

    def __len__(self) -> int:
        return len(self.singles) + sum(count for _, count in self.runs)

    def positions(self) -> NDArray[np.int64]:
        """Offset of each message, in file order."""
        found = [start + self.stride * np.arange(count) for start, count in self.runs]
        if self.singles:
            found.append(np.array(self.singles, dtype=np.int64))
        joined = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
        return np.sort(joined, kind="stable") if len(found) > 1 else joined


@dataclass(frozen=True, slots=True)
class Damage:
    """Where reading stopped early, and why; everything before it was read."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class FitPart:
    """One FIT file of a chain. ``compressed`` holds the offsets of messages whose header carries five bits of time."""

    data: bytes
    definitions: tuple[Definition, ...]
    compressed: tuple[int, ...]
    checksum_matches: bool
    damage: Damage | None


class _BrokenError(Exception):
    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.damage = Damage(offset, reason)


def read_parts(data: bytes) -> Iterator[FitPart]:
    """The files of a chain, one after another; stops at a header that cannot be read after the first.

    Raises ActivityFileInvalid where not even the first header is sound, and for more files than any chain has.
    """
    start = parts = 0
    while start < len(data):
        if parts == _MOST_PARTS:
            raise ActivityFileInvalid("it chains more files than any recording", offset=start, too_much=True)
        problem = _header_problem(data, start)
        if problem is not None:
            if start == 0:
                raise ActivityFileInvalid(problem, offset=0)
            return
        part, start = _read_part(data, start)
        parts += 1
        yield part


def _header_problem(data: bytes, start: int) -> str | None:
    if len(data) - start < _SHORTEST_HEADER:
        return f"the FIT header needs {_SHORTEST_HEADER} bytes and only {len(data) - start} are there"
    size, _, _, _, signature = _HEADER.unpack_from(data, start)
    if signature != SIGNATURE:
        return "the FIT signature is missing"
    if size < _SHORTEST_HEADER or start + size > len(data):
        return f"the FIT header claims an impossible size of {size} bytes"
    return None


def _read_part(data: bytes, start: int) -> tuple[FitPart, int]:
    header_size, _, _, body_size, _ = _HEADER.unpack_from(data, start)
    body = start + header_size
    # A device that died while recording leaves a size of 0: the body then reaches to the end of the file.
    claimed_end = body + body_size if body_size else len(data)
    end = min(claimed_end, len(data))
    scan = _Scan(data, end)
    damage: Damage | None = None
    try:
        scan.walk(body)
    except _BrokenError as broken:
        damage = broken.damage
    if damage is None and claimed_end > len(data):
        damage = Damage(len(data), f"the file ends {claimed_end - len(data)} bytes early")
    matches = _header_checksum_matches(data, start, header_size) and _checksum_matches(data, start, end)
    return FitPart(data, tuple(scan.known.values()), tuple(scan.compressed), matches, damage), end + 2


def _header_checksum_matches(data: bytes, start: int, header_size: int) -> bool:
    at = start + _HEADER_CHECKSUM_AT
    if header_size < _HEADER_CHECKSUM_AT + 2:
        return True
    stored = int.from_bytes(data[at : at + 2], "little")
    return stored in {0, fit_crc(memoryview(data)[start:at])}


def _checksum_matches(data: bytes, start: int, end: int) -> bool:
    stored = data[end : end + 2]
    return len(stored) == 2 and fit_crc(memoryview(data)[start:end]) == int.from_bytes(stored, "little")


class _Scan:
    """The walk over the messages of one part. ``known`` holds each distinct definition once, by its own bytes."""

    def __init__(self, data: bytes, end: int) -> None:
        self._data = data
        self._bytes = np.frombuffer(data, dtype=np.uint8)
        self._end = end
        self._local: list[Definition | None] = [None] * 16
        # By the header byte of a plain data message, whose two upper bits are reserved: its stride, and how to note it.
        self._strides = [0] * 64
        self._note: list[Callable[[int], None]] = [_note_nothing] * 64
        self.known: dict[bytes, Definition] = {}
        self.compressed: list[int] = []

    def walk(self, position: int) -> None:
        """The loop over all messages: what is not needed for each of them is done elsewhere, as it runs millions
        of times.
        """
        data, end, strides, note = self._data, self._end, self._strides, self._note
        for _ in repeat(None, _MOST_STEPS):
            if position >= end:
                return
            head = data[position]
            if head < 0x40:
                after = position + strides[head]
                if after >= end or data[after] == head or after == position:
                    position = self._run(position, head)
                else:
                    note[head](position)
                    position = after
            elif head < 0x80:
                position = self._define(position, head)
            else:
                position = self._compressed(position, head)
        raise ActivityFileInvalid("it holds more messages than any recording", offset=position, too_much=True)

    def _definition(self, position: int, local: int) -> Definition:
        definition = self._local[local]
        if definition is None:
            raise _BrokenError(position, f"a message of local type {local} comes before its definition")
        if position + definition.stride > self._end:
            raise _BrokenError(position, "the last message is cut off")
        return definition

    def _run(self, position: int, head: int) -> int:
        definition = self._definition(position, head & 0x0F)
        count = self._run_length(position, definition.stride)
        if count == 1:
            definition.singles.append(position)
        else:
            definition.runs.append((position, count))
        return position + count * definition.stride

    def _run_length(self, position: int, stride: int) -> int:
        """How many messages in a row have the header byte of the first; looks at ever larger stretches."""
        possible = (self._end - position) // stride
        data, head = self._data, self._data[position]
        count = 1
        while count < min(_PLAIN_RUN, possible):
            if data[position + count * stride] != head:
                return count
            count += 1
        stretch = 64
        while count < possible and data[position + count * stride] == head:
            stop = min(count + stretch, possible)
            heads = self._bytes[position + count * stride : position + stop * stride : stride]
            others = np.flatnonzero(heads != head)
            if others.size:
                return count + int(others[0])
            count, stretch = stop, stretch * 4
        return count

    def _compressed(self, position: int, head: int) -> int:
        definition = self._definition(position, head >> 5 & 0x03)
        self.compressed.append(position)
        definition.singles.append(position)
        return position + definition.stride

    def _define(self, position: int, head: int) -> int:
        own_fields_end = self._fields_end(position, position + 5)
        end = self._fields_end(position, own_fields_end) if head & 0x20 else own_fields_end
        key = self._data[position + 1 : end]
        if key not in self.known:
            if len(self.known) >= _MOST_DEFINITIONS:
                raise ActivityFileInvalid(
                    "it defines more kinds of messages than any recording", offset=position, too_much=True
                )
            self.known[key] = Definition(key, own_fields_end - position - 1)
        definition = self._local[head & 0x0F] = self.known[key]
        for plain_head in range(head & 0x0F, 64, 16):
            self._strides[plain_head] = definition.stride
            self._note[plain_head] = definition.singles.append
        return end

    def _fields_end(self, position: int, count_at: int) -> int:
        """The end of a list of three-byte field definitions that begins with its count."""
        if count_at >= self._end:
            raise _BrokenError(position, "a definition is cut off")
        end = count_at + 1 + 3 * self._data[count_at]
        if end > self._end:
            raise _BrokenError(position, "a definition is cut off")
        return end


def _note_nothing(_position: int) -> None:
    """For header bytes without a definition, which the walk never notes: their stride of 0 sends it to ``_run``."""
