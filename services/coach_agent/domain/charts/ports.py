"""What charts need from the runner's other parts."""

from __future__ import annotations

import uuid
from typing import Protocol

from services.coach_agent.domain.fitness.models import FitnessState, History
from services.coach_agent.domain.runner import Runner


class FitnessReader(Protocol):
    """The runner over time."""

    async def state(self, runner: Runner) -> FitnessState: ...

    async def history(self, user_id: uuid.UUID) -> History: ...
