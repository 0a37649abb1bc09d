"""What plans need from outside."""

from __future__ import annotations

import uuid
from typing import Protocol

from services.coach_agent.domain.plans.models import Plan


class PlanReader(Protocol):
    """The runner's plan as answers, insights and charts read it."""

    async def active(self, user_id: uuid.UUID) -> Plan | None: ...
