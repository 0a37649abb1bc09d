"""What goes in and out over HTTP."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from services.subscription.domain.models import Quota, Subscription
from services.subscription.domain.plans import Plan, PlanCatalog, PlanId
from shared.http.parsing import ApiModel


class PriceAnswer(ApiModel):
    """``amount`` is a decimal number as text, so that no client rounds money; ``currency`` is ISO 4217."""

    amount: str
    currency: str
    per: Literal["month"] = "month"


class PlanItem(ApiModel):
    id: PlanId
    name: str
    summary: str
    features: list[str]
    questions_per_day: int
    price: PriceAnswer

    @classmethod
    def of(cls, plan: Plan) -> PlanItem:
        return cls(
            id=plan.plan_id,
            name=plan.name,
            summary=plan.summary,
            features=sorted(plan.features),
            questions_per_day=plan.questions_per_day,
            price=PriceAnswer(amount=f"{plan.price_cents / 100:.2f}", currency=plan.currency),
        )


class PaymentAnswer(ApiModel):
    available: bool = False
    message: str = "Paid plans cannot be bought yet. Free has everything you need to start."


class PlanList(ApiModel):
    items: list[PlanItem]
    next_cursor: str | None = None
    payment: PaymentAnswer = PaymentAnswer()

    @classmethod
    def of(cls, catalog: PlanCatalog) -> PlanList:
        return cls(items=[PlanItem.of(plan) for plan in catalog.plans])


class LimitsAnswer(ApiModel):
    questions_per_day: int


class UsageAnswer(ApiModel):
    """The questions of the runner's day; ``resets_at`` is the end of it."""

    used: int
    remaining: int
    resets_at: datetime


class SubscriptionAnswer(ApiModel):
    """``renewal`` is when the plan is next paid for: null while nothing is paid."""

    plan: PlanId
    status: Literal["active"] = "active"
    features: list[str]
    limits: LimitsAnswer
    usage: UsageAnswer
    renewal: datetime | None = None

    @classmethod
    def of(cls, subscription: Subscription) -> SubscriptionAnswer:
        plan, quota = subscription.plan, subscription.quota
        return cls(
            plan=plan.plan_id,
            features=sorted(plan.features),
            limits=LimitsAnswer(questions_per_day=quota.limit),
            usage=UsageAnswer(used=quota.used, remaining=quota.remaining, resets_at=quota.resets_at),
        )


class PlanBody(ApiModel):
    plan: PlanId


class GivenPlanAnswer(ApiModel):
    user_id: uuid.UUID
    plan: PlanId
    status: Literal["active"] = "active"


class QuestionBody(ApiModel):
    question_id: uuid.UUID


class QuotaAnswer(ApiModel):
    plan: PlanId
    remaining: int
    limit: int
    resets_at: datetime

    @classmethod
    def of(cls, quota: Quota) -> QuotaAnswer:
        return cls(plan=quota.plan_id, remaining=quota.remaining, limit=quota.limit, resets_at=quota.resets_at)


class SettlementBody(ApiModel):
    outcome: Literal["answered", "failed"]
