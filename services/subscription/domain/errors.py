"""What subscription may refuse, in words for the runner who reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from services.subscription.domain.models import Quota
from services.subscription.domain.plans import Feature, Plan
from shared.errors import Kind, ServiceError


class PlanLimit(ServiceError):
    """A feature that the runner's plan does not have; ``details`` name the plan that has it."""

    code = "SUBSCRIPTION_PLAN_LIMIT"
    kind = Kind.FORBIDDEN

    def __init__(self, feature: Feature, plan: Plan) -> None:
        super().__init__(
            f"This is part of the {plan.name} plan. The list of plans shows what each of them has.",
            details=[{"feature": feature.value, "plan": plan.plan_id.value}],
        )


class QueryLimit(ServiceError):
    """The questions of the runner's day are used up until their midnight."""

    code = "SUBSCRIPTION_QUERY_LIMIT"
    kind = Kind.RATE_LIMITED

    def __init__(self, quota: Quota, *, now: datetime) -> None:
        resets_at = quota.resets_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        super().__init__(
            f"Today's questions are used up; your plan has {quota.limit} a day. You can ask again from midnight.",
            details=[{"limit": quota.limit, "resetsAt": resets_at}],
            retry_after_s=(quota.resets_at - now).total_seconds(),
        )
