"""What fitness needs from storage, and what it offers to the rest of the coach."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from services.coach_agent.domain.fitness.models import FitnessState, History
from services.coach_agent.domain.runner import Runner


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the measuring is: ``data_version`` grows with each change, ``unmeasured`` activities are known of."""

    data_version: int
    unmeasured: int


@dataclass(frozen=True, slots=True)
class MeasuredAs:
    activity_version: int
    formula_version: int
    local_date: dt.date


class FitnessReader(Protocol):
    """Where the runner stands, and what they ran."""

    async def state(self, runner: Runner) -> FitnessState: ...

    async def history(self, user_id: uuid.UUID) -> History: ...


class HistoryStore(Protocol):
    async def history(self, user_id: uuid.UUID) -> History: ...

    async def standing(self, user_id: uuid.UUID) -> Standing: ...

    async def measured_after(self, user_id: uuid.UUID, day: dt.date | None) -> Mapping[uuid.UUID, MeasuredAs]:
        """What is measured of activities later than ``day``, of all without one."""
        ...


class FitnessStore(Protocol):
    async def load(self, user_id: uuid.UUID, stamp: str) -> FitnessState | None:
        """The state kept under this very stamp."""
        ...

    async def keep(self, user_id: uuid.UUID, stamp: str, state: FitnessState, *, zone: str) -> None: ...

    async def zone(self, user_id: uuid.UUID) -> str | None:
        """The time zone of the last who asked."""
        ...
