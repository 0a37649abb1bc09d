"""Which roads to Garmin are open here, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from services.garmin_ingest.domain.errors import GarminConnectFailed
from services.garmin_ingest.domain.garmin.models import SourceKind
from services.garmin_ingest.domain.garmin.ports import GarminSource

KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


@dataclass(frozen=True, slots=True)
class Offer:
    """A road as the runner sees it; ``note`` says why it is closed."""

    kind: SourceKind
    available: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Sources:
    """``notes`` has a sentence for each kind that is not ``open``."""

    open: Mapping[SourceKind, GarminSource]
    notes: Mapping[SourceKind, str]

    def find(self, kind: SourceKind) -> GarminSource | None:
        return self.open.get(kind)

    def require(self, kind: SourceKind) -> GarminSource:
        """Raises GarminConnectFailed with the reason where this road is closed."""
        source = self.open.get(kind)
        if source is None:
            raise GarminConnectFailed(self._note(kind))
        return source

    def offers(self) -> tuple[Offer, ...]:
        return tuple(
            Offer(kind, available=True, note=None)
            if kind in self.open
            else Offer(kind, available=False, note=self._note(kind))
            for kind in KINDS
        )

    def _note(self, kind: SourceKind) -> str:
        return self.notes.get(kind, "This way to Garmin is not part of this installation.")
