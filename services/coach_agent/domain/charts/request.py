"""Which chart belongs to an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """A chart that belongs to an answer: its kind and the activities it draws, the one asked about first."""

    kind: str
    activity_ids: tuple[uuid.UUID, ...]
