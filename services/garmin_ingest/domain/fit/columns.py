"""The messages of one definition, gathered into one array of its stride; each field is a view into that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.fit.base_types import BYTE, BaseType, base_type
from services.garmin_ingest.domain.fit.wire import Definition, FieldKey, FieldPlace
from services.garmin_ingest.domain.streams import Samples


@dataclass(frozen=True, slots=True)
class Group:
    """The messages of one definition: their offsets in the file, and their bytes one after another from ``first``."""

    definition: Definition
    offsets: NDArray[np.int64]
    rows: bytes | NDArray[np.void]
    first: int

    def numbers(self, key: FieldKey, developer_type: int | None = None) -> Samples | None:
        """The first item of each field, NaN where it is invalid; None where the definition has no such number.

        ``developer_type`` is the base type of a developer field, whose definitions do not carry it.
        """
        found = self._field(key, developer_type)
        if found is None:
            return None
        place, kind = found
        if place.size != kind.size and not kind.is_array_of_numbers:
            return None
        dtype = kind.big_endian if self.definition.big_endian else kind.little_endian
        shape, strides = (len(self.offsets),), (self.definition.stride,)
        return _known(np.ndarray(shape, dtype, self.rows, self.first + place.offset, strides), kind)

    def arrays(self, key: FieldKey, width: int, developer_type: int | None = None) -> Samples:
        """The first ``width`` items of each field, shape (messages, width); NaN where invalid, absent or fewer."""
        values = np.full((len(self.offsets), width), np.nan)
        found = self._field(key, developer_type)
        if found is None:
            return values
        place, kind = found
        if kind.is_array_of_numbers or place.size == kind.size:
            items = min(width, place.size // kind.size)
            dtype = kind.big_endian if self.definition.big_endian else kind.little_endian
            values[:, :items] = _known(self._view(place, dtype, items), kind)
        return values

    def bytes_of(self, key: FieldKey, size: int, *, exactly: bool = False) -> NDArray[np.uint8]:
        """The first ``size`` bytes of a byte field, shape (messages, size); 0xFF where there is none.

        A field of another size gives what it has, or nothing where it has to be ``exactly`` that.
        """
        values = np.full((len(self.offsets), size), 0xFF, np.uint8)
        found = self._field(key, None)
        if found is not None and found[1] is BYTE and (found[0].size == size or not exactly):
            items = min(size, found[0].size)
            values[:, :items] = self._view(found[0], np.dtype(np.uint8), items)
        return values

    def _field(self, key: FieldKey, developer_type: int | None) -> tuple[FieldPlace, BaseType] | None:
        """Where that field lies and what it is; None where it is absent, empty or a text."""
        place = self.definition.fields.get(key)
        if place is None or not place.size:
            return None
        code = developer_type if place.base_type is None else place.base_type
        kind = None if code is None else base_type(code, place.size)
        return None if kind is None else (place, kind)

    def _view(self, place: FieldPlace, dtype: np.dtype[Any], items: int) -> NDArray[Any]:
        shape, strides = (len(self.offsets), items), (self.definition.stride, dtype.itemsize)
        return np.ndarray(shape, dtype, self.rows, self.first + place.offset, strides)


def _known(raw: NDArray[Any], kind: BaseType) -> Samples:
    """The numbers as floats, NaN where they stand for none."""
    if kind.invalid is None:
        # One of the many bit patterns that are no number is enough for a warning.
        with np.errstate(invalid="ignore"):
            values = raw.astype(np.float64)
        missing = ~np.isfinite(values)
    else:
        values = raw.astype(np.float64)
        missing = raw == kind.invalid
    if missing.any():
        values[missing] = np.nan
    return values


def gathered(data: bytes, definition: Definition) -> Group:
    offsets = definition.positions()
    if len(definition.runs) == 1 and not definition.singles:
        return Group(definition, offsets, data, definition.runs[0][0])
    stride = definition.stride
    # Every stretch of that length in the file, overlapping; only those that are messages are copied.
    stretches = np.ndarray((len(data) - stride + 1,), np.dtype((np.void, stride)), data, 0, (1,))
    return Group(definition, offsets, stretches[offsets], 0)
