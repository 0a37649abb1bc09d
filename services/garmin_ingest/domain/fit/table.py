"""All messages of one kind in one FIT part as columns, whatever definitions they were written with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.wire import TIMESTAMP, Definition, FieldKey, FieldPlace, FitPart
from services.garmin_ingest.domain.streams import Samples

# More than eleven days at one sample a second.
_MOST_MESSAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class _BaseType:
    code: str
    invalid: int | None


# By base type number, with the value that means "none". Source: FIT protocol, "Base Types".
_BASE_TYPES = {
    0x00: _BaseType("u1", 0xFF),
    0x01: _BaseType("i1", 0x7F),
    0x02: _BaseType("u1", 0xFF),
    0x03: _BaseType("i2", 0x7FFF),
    0x04: _BaseType("u2", 0xFFFF),
    0x05: _BaseType("i4", 0x7FFFFFFF),
    0x06: _BaseType("u4", 0xFFFFFFFF),
    0x08: _BaseType("f4", None),
    0x09: _BaseType("f8", None),
    0x0A: _BaseType("u1", 0),
    0x0B: _BaseType("u2", 0),
    0x0C: _BaseType("u4", 0),
    0x0D: _BaseType("u1", 0xFF),
    0x0E: _BaseType("i8", 0x7FFFFFFFFFFFFFFF),
    0x0F: _BaseType("u8", 0xFFFFFFFFFFFFFFFF),
    0x10: _BaseType("u8", 0),
}


_TypedField = tuple[FieldKey, int | None]


class Table:
    """Rows are messages in file order; a column that no definition has is all NaN."""

    def __init__(self, part: FitPart, message: int) -> None:
        self._part = part
        self._bytes = np.frombuffer(part.data, dtype=np.uint8)
        definitions = part.of_message(message)
        if sum(sum(found.run_counts) for found in definitions) > _MOST_MESSAGES:
            raise ActivityFileInvalid("it holds more samples than any recording")
        self._groups = [(found, found.positions()) for found in definitions]
        positions = [places for _, places in self._groups]
        self.offsets: NDArray[np.int64] = np.concatenate(positions) if positions else np.empty(0, dtype=np.int64)
        self._order = np.argsort(self.offsets, kind="stable")
        self.offsets = self.offsets[self._order]

    def __len__(self) -> int:
        return len(self.offsets)

    def numbers(
        self, key: FieldKey, *, scale: float = 1.0, offset: float = 0.0, base_type: int | None = None
    ) -> Samples:
        """Raw value over ``scale`` minus ``offset``, NaN where invalid or absent; an array field gives its first item.

        ``base_type`` is needed for developer fields, whose definitions do not carry it.
        """
        parts = [self._group_numbers(group, places, (key, base_type)) for group, places in self._groups]
        joined = np.concatenate(parts) if parts else np.empty(0)
        return joined[self._order] / scale - offset

    def raw(self, key: FieldKey, size: int) -> NDArray[np.uint8]:
        """The bytes of a field of that size, shape (rows, size); 0xFF where it is absent."""
        parts = []
        for group, places in self._groups:
            place = group.fields.get(key)
            known = place is not None and place.size >= size
            parts.append(
                self._gather(places, place, size)
                if place is not None and known
                else np.full((len(places), size), 0xFF, np.uint8)
            )
        joined = np.concatenate(parts) if parts else np.empty((0, size), np.uint8)
        return joined[self._order]

    def texts(self, key: FieldKey) -> list[str | None]:
        """Strings up to their first NUL, None where empty or absent; what is no UTF-8 is replaced."""
        found: list[str | None] = []
        for group, places in self._groups:
            place = group.fields.get(key)
            found += [self._text(int(at), place) for at in places]
        return [found[index] for index in self._order]

    def times(self) -> Samples:
        """FIT seconds of each message: its timestamp field, or its compressed-timestamp header."""
        stamps = self.numbers(TIMESTAMP)
        if self._part.stamps:
            compressed = [self._part.stamps.get(offset, np.nan) for offset in self.offsets.tolist()]
            stamps = np.where(np.isnan(stamps), compressed, stamps)
        return stamps

    def _group_numbers(
        self, group: Definition, places: NDArray[np.int64], field: tuple[FieldKey, int | None]
    ) -> Samples:
        key, base_type = field
        place = group.fields.get(key)
        kind = _BASE_TYPES.get(place.base_type if base_type is None else base_type & 0x1F) if place else None
        if place is None or kind is None:
            return np.full(len(places), np.nan)
        dtype = np.dtype((">" if group.big_endian else "<") + kind.code)
        if place.size < dtype.itemsize:
            return np.full(len(places), np.nan)
        raw = self._gather(places, place, dtype.itemsize).view(dtype).reshape(len(places))
        values = raw.astype(np.float64)
        if kind.invalid is None:
            values[~np.isfinite(values)] = np.nan
        else:
            values[raw == np.array(kind.invalid, dtype=dtype)] = np.nan
        return values

    def _gather(self, places: NDArray[np.int64], place: FieldPlace, size: int) -> NDArray[np.uint8]:
        return np.ascontiguousarray(self._bytes[places[:, None] + (place.offset + np.arange(size))])

    def _text(self, at: int, place: FieldPlace | None) -> str | None:
        if place is None:
            return None
        raw = self._part.data[at + place.offset : at + place.offset + place.size]
        text = raw.split(b"\0", 1)[0].decode(errors="replace").strip()
        return text or None
