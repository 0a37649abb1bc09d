"""The wire format of FIT: headers, definitions and data messages, without knowing what any message means.

A first pass walks the message headers and notes where the messages of each definition lie; runs of one definition
are found by looking at every ``stride``-th byte at once. Field values are gathered later, a column at a time and only
for the messages somebody asks for. Source: FIT SDK, "Flexible and Interoperable Data Transfer (FIT) Protocol".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.crc import fit_crc

SIGNATURE = b".FIT"
TIMESTAMP = 253

_SHORTEST_HEADER = 12
_HEADER = struct.Struct("<BBHI4s")
# A week at one message a second of ten kinds stays below; a file above was made to keep the reader busy.
_MOST_RUNS = 2_000_000
_MOST_DEFINITIONS = 65_536

# A field number, or (developer data index, field number) for a developer field.
FieldKey = int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field lies inside its message (``offset`` counts from the message header) and its FIT base type."""

    offset: int
    size: int
    base_type: int


@dataclass(eq=False, slots=True)
class Definition:
    """One layout of one kind of message, with the places of the messages that use it."""

    message: int
    big_endian: bool
    stride: int
    fields: dict[FieldKey, FieldPlace]
    run_starts: list[int] = field(default_factory=list)
    run_counts: list[int] = field(default_factory=list)

    def positions(self) -> NDArray[np.int64]:
        """Offset of each message, in file order."""
        starts = np.array(self.run_starts, dtype=np.int64)
        counts = np.array(self.run_counts, dtype=np.int64)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        positions: NDArray[np.int64] = np.repeat(starts, counts) + within * self.stride
        return positions


@dataclass(frozen=True, slots=True)
class Damage:
    """Where reading stopped early, and why; everything before it was read."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class FitPart:
    """One FIT file of a chain. ``stamps`` holds the times of messages with a compressed-timestamp header, by offset."""

    data: bytes
    definitions: tuple[Definition, ...]
    stamps: dict[int, int]
    checksum_matches: bool
    damage: Damage | None

    def of_message(self, message: int) -> list[Definition]:
        return [found for found in self.definitions if found.message == message and found.run_starts]


class _BrokenError(Exception):
    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.damage = Damage(offset, reason)


def read_parts(data: bytes) -> Iterator[FitPart]:
    """The files of a chain, one after another; stops at a header that cannot be read after the first.

    Raises ActivityFileInvalid where not even the first header is sound.
    """
    start = 0
    while start < len(data):
        problem = _header_problem(data, start)
        if problem is not None:
            if start == 0:
                raise ActivityFileInvalid(problem, offset=0)
            return
        part, start = _read_part(data, start)
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
    after = end + 2
    stored = data[end:after]
    matches = len(stored) == 2 and fit_crc(memoryview(data)[start:end]) == int.from_bytes(stored, "little")
    return FitPart(data, tuple(scan.known.values()), scan.stamps, matches, damage), after


class _Scan:
    """The walk over the messages of one part. ``known`` holds each distinct definition once, by its own bytes."""

    def __init__(self, data: bytes, end: int) -> None:
        self._data = data
        self._bytes = np.frombuffer(data, dtype=np.uint8)
        self._end = end
        self._local: list[Definition | None] = [None] * 16
        self._last_stamp = 0
        self.known: dict[bytes, Definition] = {}
        self.stamps: dict[int, int] = {}

    def walk(self, position: int) -> None:
        runs = 0
        while position < self._end:
            runs += 1
            if runs > _MOST_RUNS:
                raise ActivityFileInvalid("it holds more messages than any recording", offset=position)
            head = self._data[position]
            if head & 0x80:
                position = self._compressed(position, head)
            elif head & 0x40:
                position = self._define(position, head)
            else:
                position = self._run(position, head)

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
        definition.run_starts.append(position)
        definition.run_counts.append(count)
        after = position + count * definition.stride
        self._remember_stamp(after - definition.stride, definition)
        return after

    def _run_length(self, position: int, stride: int) -> int:
        """How many messages in a row have the header byte of the first; looks at ever larger stretches."""
        possible = (self._end - position) // stride
        head = self._data[position]
        count, stretch = 1, 16
        while count < possible and self._data[position + count * stride] == head:
            stop = min(count + stretch, possible)
            heads = self._bytes[position + count * stride : position + stop * stride : stride]
            others = np.flatnonzero(heads != head)
            if others.size:
                return count + int(others[0])
            count, stretch = stop, stretch * 4
        return count

    def _compressed(self, position: int, head: int) -> int:
        definition = self._definition(position, head >> 5 & 0x03)
        offset = head & 0x1F
        rolled_over = 0x20 if offset < self._last_stamp & 0x1F else 0
        self._last_stamp = (self._last_stamp & ~0x1F) + offset + rolled_over
        self.stamps[position] = self._last_stamp
        definition.run_starts.append(position)
        definition.run_counts.append(1)
        return position + definition.stride

    def _remember_stamp(self, position: int, definition: Definition) -> None:
        place = definition.fields.get(TIMESTAMP)
        if place is not None and place.size == 4:
            raw = self._data[position + place.offset : position + place.offset + 4]
            stamp = int.from_bytes(raw, "big" if definition.big_endian else "little")
            self._last_stamp = stamp if stamp != 0xFFFFFFFF else self._last_stamp

    def _define(self, position: int, head: int) -> int:
        own_fields_end = self._fields_end(position, position + 5)
        end = self._fields_end(position, own_fields_end) if head & 0x20 else own_fields_end
        key = self._data[position + 1 : end]
        if key not in self.known:
            if len(self.known) >= _MOST_DEFINITIONS:
                raise ActivityFileInvalid("it defines more kinds of messages than any recording", offset=position)
            self.known[key] = _parse_definition(key, own_fields_end - position - 1)
        self._local[head & 0x0F] = self.known[key]
        return end

    def _fields_end(self, position: int, count_at: int) -> int:
        """The end of a list of three-byte field definitions that begins with its count."""
        if count_at >= self._end:
            raise _BrokenError(position, "a definition is cut off")
        end = count_at + 1 + 3 * self._data[count_at]
        if end > self._end:
            raise _BrokenError(position, "a definition is cut off")
        return end


def _parse_definition(raw: bytes, developer_count_at: int) -> Definition:
    """``raw`` is a definition without its header byte; see the protocol's "Definition Message"."""
    big_endian = raw[1] == 1
    message = int.from_bytes(raw[2:4], "big" if big_endian else "little")
    fields: dict[FieldKey, FieldPlace] = {}
    offset = 1
    for at in range(5, developer_count_at, 3):
        number, size, base_type = raw[at : at + 3]
        fields.setdefault(number, FieldPlace(offset, size, base_type & 0x1F))
        offset += size
    for at in range(developer_count_at + 1, len(raw), 3):
        number, size, developer = raw[at : at + 3]
        fields.setdefault((developer, number), FieldPlace(offset, size, -1))
        offset += size
    return Definition(message, big_endian, offset, fields)
