"""What insights need from outside."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Protocol

from services.coach_agent.domain.insights.models import ContextNote


class NoteReader(Protocol):
    """The runner's notes as the plan and the answers read them."""

    async def holding_on(self, user_id: uuid.UUID, day: dt.date) -> Sequence[ContextNote]:
        """The notes that hold on a local day, the oldest first."""
        ...
