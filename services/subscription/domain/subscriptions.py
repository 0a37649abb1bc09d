"""Which plan a runner has, and what that opens."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from services.subscription.domain.errors import PlanLimit
from services.subscription.domain.models import PlanChange, Subscription
from services.subscription.domain.plans import Feature, Plan, PlanCatalog, PlanId
from services.subscription.domain.ports import SubscriptionStore
from services.subscription.domain.questions import Questions
from shared.clock import Clock
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Subscriptions:
    store: SubscriptionStore
    questions: Questions
    catalog: PlanCatalog
    clock: Clock

    async def show(self, user_id: uuid.UUID, zone_name: str) -> Subscription:
        plan, quota = await self.questions.today(user_id, zone_name)
        return Subscription(plan, quota)

    async def require(self, user_id: uuid.UUID, feature_name: str) -> None:
        """Raises PlanLimit where the runner's plan lacks the feature, NotFound for a name that no plan knows."""
        try:
            feature = Feature(feature_name)
        except ValueError:
            raise NotFound("There is no such feature.") from None
        plan = self.catalog.of(await self.store.plan_of(user_id))
        if feature not in plan.features:
            raise PlanLimit(feature, self.catalog.cheapest_with(feature))

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
