"""Questions, quotas, subscriptions: the values this service deals in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.subscription.domain.plans import Plan, PlanId

Outcome = Literal["answered", "failed"]


@dataclass(frozen=True, slots=True)
class Reservation:
    """A question being answered. ``local_date`` is the day of the runner that it counts for."""

    user_id: uuid.UUID
    question_id: uuid.UUID
    local_date: date
    reserved_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a runner stands on one of their days.

    ``plan_id`` is None for a runner who never had another plan than the first; ``used`` counts questions that were
    answered or are being answered.
    """

    plan_id: PlanId | None
    used: int


@dataclass(frozen=True, slots=True)
class Quota:
    """The questions of one day of a runner in their plan; ``resets_at`` is the end of that day, in UTC."""

    plan_id: PlanId
    limit: int
    used: int
    resets_at: datetime

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Subscription:
    plan: Plan
    quota: Quota


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """An administrator gives a runner a plan; ``request_id`` is that of the request that asked for it."""

    user_id: uuid.UUID
    plan_id: PlanId
    changed_by: uuid.UUID
    changed_at: datetime
    request_id: str | None
