"""What was shown of a run, kept so that a figure that moved can be explained."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Protocol

from services.coach_agent.domain.runs.explanation import Explanation, KeptReading, explain, kept_reading
from services.coach_agent.domain.runs.reading import Reading


class ReadingStore(Protocol):
    async def settle(self, user_id: uuid.UUID, activity_id: uuid.UUID, now: KeptReading) -> KeptReading | None:
        """Keep ``now``; what was kept before becomes the earlier one where a figure of it differs.

        Gives the earlier reading back, None while nothing has ever moved.
        """
        ...


@dataclass(frozen=True, slots=True)
class Readings:
    store: ReadingStore

    async def explained(self, user_id: uuid.UUID, reading: Reading) -> Explanation:
        """Keep what is about to be shown, and explain it."""
        now = kept_reading(reading)
        earlier = await self.store.settle(user_id, reading.metrics.activity_id, now)
        return explain(reading, now, earlier)
