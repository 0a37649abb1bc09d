"""The plans, as data: what each opens, how many questions a day it has, and what it costs."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class Feature(enum.StrEnum):
    """What a plan may open; the values are the names in the API."""

    ACTIVITY_IMPORT = "activityImport"
    GARMIN_SYNC = "garminSync"
    RUN_ANALYSIS = "runAnalysis"
    COACH_CHAT = "coachChat"
    DAILY_INSIGHTS = "dailyInsights"
    TRAINING_PLANS = "trainingPlans"


class PlanId(enum.StrEnum):
    FREE = "free"
    PRO = "pro"


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan. ``price_cents`` is hundredths of ``currency`` (ISO 4217) a month, taxes included."""

    plan_id: PlanId
    name: str
    summary: str
    features: frozenset[Feature]
    questions_per_day: int
    price_cents: int
    currency: str


# What a runner meets while they get to know Pace42: their own runs, measured and talked about.
_FREE_FEATURES = frozenset({Feature.ACTIVITY_IMPORT, Feature.GARMIN_SYNC, Feature.RUN_ANALYSIS, Feature.COACH_CHAT})
_PRO_FEATURES = _FREE_FEATURES | {Feature.DAILY_INSIGHTS, Feature.TRAINING_PLANS}
# More than a person asks in a day; it only keeps a program with somebody's password from asking all night.
_PRO_QUESTIONS_PER_DAY = 200
_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class PlanCatalog:
    """All plans, the cheapest first. The first one is everybody's who has not chosen another."""

    plans: Sequence[Plan]

    @classmethod
    def with_free_questions(cls, questions_per_day: int) -> PlanCatalog:
        """The catalogue with this many daily questions on the free plan; pro never has fewer."""
        free = Plan(
            plan_id=PlanId.FREE,
            name="Free",
            summary="Bring in your runs, see each one analysed, and ask the coach about them.",
            features=_FREE_FEATURES,
            questions_per_day=questions_per_day,
            price_cents=0,
            currency=_CURRENCY,
        )
        pro = Plan(
            plan_id=PlanId.PRO,
            name="Pro",
            summary="Everything in Free, training plans that follow your running, and a look at each day.",
            features=_PRO_FEATURES,
            questions_per_day=max(_PRO_QUESTIONS_PER_DAY, questions_per_day),
            price_cents=990,
            currency=_CURRENCY,
        )
        return cls((free, pro))

    def of(self, plan_id: PlanId | None) -> Plan:
        """The plan with this id; for None, a runner who never chose one, the first."""
        return next((plan for plan in self.plans if plan.plan_id == plan_id), self.plans[0])

    def cheapest_with(self, feature: Feature) -> Plan:
        return next(plan for plan in self.plans if feature in plan.features)
