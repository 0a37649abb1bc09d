"""Which plan a runner has, and giving them another."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.subscription.domain.models import PlanChange, Subscription
from services.subscription.domain.plans import Plan, PlanCatalog, PlanId
from services.subscription.domain.ports import SubscriptionStore
from services.subscription.domain.questions import Questions
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Subscriptions:
    store: SubscriptionStore
    questions: Questions
    catalog: PlanCatalog
    clock: Clock

    async def show(self, user_id: uuid.UUID, zone_name: str) -> Subscription:
        plan, quota = await self.questions.today(user_id, zone_name)
        return Subscription(plan, quota)

    async def change_plan(
        self, user_id: uuid.UUID, plan_id: PlanId, *, changed_by: uuid.UUID, request_id: str | None
    ) -> Plan:
        """Give a runner a plan; it counts from their next request on."""
        change = PlanChange(
            user_id=user_id,
            plan_id=plan_id,
            changed_by=changed_by,
            changed_at=self.clock.now(),
            request_id=request_id,
        )
        await self.store.change(change)
        return self.catalog.of(plan_id)
