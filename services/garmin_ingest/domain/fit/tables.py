"""The messages of a FIT file by their kind, whichever way they were read."""

from __future__ import annotations

from typing import Protocol

from numpy import uint8
from numpy.typing import NDArray

from services.garmin_ingest.domain.fit.wire import Damage, FieldKey
from services.garmin_ingest.domain.streams import Samples


class Table(Protocol):
    """All messages of one kind. Rows are in file order; a column that no message has is all NaN."""

    def __len__(self) -> int: ...

    def has(self, key: FieldKey) -> bool:
        """Whether any message has that field, with or without a value."""
        ...

    def numbers(
        self, key: FieldKey, *, scale: float = 1.0, offset: float = 0.0, developer_type: int | None = None
    ) -> Samples:
        """Raw value over ``scale`` minus ``offset``, NaN where invalid or absent; an array field gives its first item.

        ``developer_type`` is the base type of a developer field, whose definitions do not carry it.
        """
        ...

    def arrays(self, key: FieldKey, *, width: int, developer_type: int | None = None) -> Samples:
        """The first ``width`` items of each field, shape (rows, width); NaN where invalid, absent or fewer."""
        ...

    def bytes_of(self, key: FieldKey, size: int, *, exactly: bool = False) -> NDArray[uint8]:
        """The first ``size`` bytes of a byte field, shape (rows, size); 0xFF where there is none.

        A field of another size gives what it has, or nothing where it has to be ``exactly`` that.
        """
        ...

    def texts(self, key: FieldKey) -> list[str | None]:
        """Strings up to their first NUL, None where empty or absent; what is no UTF-8 is replaced."""
        ...

    def times(self) -> Samples:
        """FIT seconds of each message: its timestamp field, or its compressed-timestamp header."""
        ...


class Tables(Protocol):
    """One FIT file of a chain: a table for each kind of message."""

    @property
    def damage(self) -> Damage | None: ...

    @property
    def checksum_matches(self) -> bool: ...

    def __getitem__(self, message: int) -> Table: ...
