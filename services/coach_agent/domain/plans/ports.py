"""What plans need from outside, and what they offer to the rest of the coach."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.coach_agent.domain.plans.models import Plan


class PlanReader(Protocol):
    """The runner's plan as answers, insights and charts read it."""

    async def active(self, user_id: uuid.UUID) -> Plan | None: ...


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan with its version and with the stamp of what it was adapted to; None before the first adaptation."""

    plan: Plan
    version: int
    stamp: str | None


class PlanStore(Protocol):
    async def active(self, user_id: uuid.UUID) -> StoredPlan | None: ...

    async def replace(
        self, user_id: uuid.UUID, make: Callable[[Plan | None], Plan], *, stamp: str, adapt_at: dt.datetime
    ) -> StoredPlan:
        """Store what ``make`` makes of the active plan; that one is kept, and active no longer."""
        ...

    async def change(
        self,
        user_id: uuid.UUID,
        decide: Callable[[Plan], Plan],
        *,
        stamp: str | None = None,
        adapt_at: dt.datetime | None = None,
    ) -> StoredPlan:
        """Store what ``decide`` makes of the active plan; changes of one plan wait for each other.

        Without ``stamp`` the kept one goes, so that the plan is adapted anew. Raises NotFound, and what ``decide``
        does.
        """
        ...

    async def end(self, user_id: uuid.UUID) -> None:
        """The active plan is active no longer. Raises NotFound."""
        ...

    async def queue_due(self, now: dt.datetime, *, limit: int) -> int:
        """Queue the adaptation of plans whose night has come, and say how many those were."""
        ...

    async def queue(self, user_id: uuid.UUID) -> None:
        """Queue the adaptation of the runner's plan, where there is one."""
        ...
