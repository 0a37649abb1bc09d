"""All messages of one kind in one FIT part as columns, whatever definitions they were written with: with numpy."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.fit.base_types import STRING
from services.garmin_ingest.domain.fit.columns import gathered
from services.garmin_ingest.domain.fit.stamps import TIMESTAMP, Stamps
from services.garmin_ingest.domain.fit.wire import Damage, Definition, FieldKey, FieldPlace, FitPart
from services.garmin_ingest.domain.streams import Samples

# More than eleven days at one sample a second.
_MOST_MESSAGES = 1_000_000


class FastTables:
    """One FIT file of a chain, a table for each kind of message; each is made once."""

    def __init__(self, part: FitPart) -> None:
        self.damage: Damage | None = part.damage
        self.checksum_matches = part.checksum_matches
        self._part = part
        self._tables: dict[int, FastTable] = {}
        self._definitions: dict[int, list[Definition]] = defaultdict(list)
        for definition in part.definitions:
            if len(definition):
                self._definitions[definition.message].append(definition)

    def __getitem__(self, message: int) -> FastTable:
        if message not in self._tables:
            self._tables[message] = FastTable(self._part.data, self._definitions.get(message, []), self._stamps)
        return self._tables[message]

    @functools.cached_property
    def _stamps(self) -> Stamps:
        return Stamps(self._part)


class FastTable:
    """See ``Table``."""

    def __init__(self, data: bytes, definitions: list[Definition], stamps: Stamps) -> None:
        if sum(len(found) for found in definitions) > _MOST_MESSAGES:
            raise ActivityFileInvalid("it holds more samples than any recording", too_much=True)
        self._data = data
        self._stamps = stamps
        self._groups = [gathered(data, found) for found in definitions]
        joined = _joined([group.offsets for group in self._groups], np.empty(0, dtype=np.int64))
        self._order = np.argsort(joined, kind="stable") if len(self._groups) > 1 else None
        self._offsets: NDArray[np.int64] = self._in_order(joined)

    def __len__(self) -> int:
        return len(self._offsets)

    def has(self, key: FieldKey) -> bool:
        return any(key in group.definition.fields for group in self._groups)

    def numbers(
        self, key: FieldKey, *, scale: float = 1.0, offset: float = 0.0, developer_type: int | None = None
    ) -> Samples:
        values = self._first_items(key, developer_type)
        if scale != 1.0:
            values = values / scale
        return values - offset if offset else values

    def _first_items(self, key: FieldKey, developer_type: int | None) -> Samples:
        parts = [group.numbers(key, developer_type) for group in self._groups]
        if all(part is None for part in parts):
            return np.full(len(self), np.nan)
        known = [
            np.full(len(group.offsets), np.nan) if part is None else part
            for group, part in zip(self._groups, parts, strict=True)
        ]
        return self._in_order(_joined(known, np.empty(0)))

    def arrays(self, key: FieldKey, *, width: int, developer_type: int | None = None) -> Samples:
        parts = [group.arrays(key, width, developer_type) for group in self._groups]
        return self._in_order(_joined(parts, np.empty((0, width))))

    def bytes_of(self, key: FieldKey, size: int, *, exactly: bool = False) -> NDArray[np.uint8]:
        parts = [group.bytes_of(key, size, exactly=exactly) for group in self._groups]
        return self._in_order(_joined(parts, np.empty((0, size), np.uint8)))

    def texts(self, key: FieldKey) -> list[str | None]:
        found: list[str | None] = []
        for group in self._groups:
            place = group.definition.fields.get(key)
            found += [self._text(at, place) for at in group.offsets.tolist()]
        return found if self._order is None else [found[index] for index in self._order.tolist()]

    def times(self) -> Samples:
        return self._stamps.fill(self.numbers(TIMESTAMP), self._offsets)

    def _in_order(self, joined: NDArray[Any]) -> NDArray[Any]:
        return joined if self._order is None else joined[self._order]

    def _text(self, at: int, place: FieldPlace | None) -> str | None:
        if place is None or place.base_type != STRING:
            return None
        raw = self._data[at + place.offset : at + place.offset + place.size]
        text = raw.split(b"\0", 1)[0].decode(errors="replace").strip()
        return text or None


def _joined(parts: list[NDArray[Any]], none: NDArray[Any]) -> NDArray[Any]:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else none
