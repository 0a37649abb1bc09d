"""Counting questions: a place is taken before the coach answers and given back when there was no answer.

Questions count for the date on the runner's wall, not for a span of hours: a runner may change their time zone as they
please, somewhere it has always just been midnight, and each date still has its number of questions only.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from services.subscription.domain.errors import PlanLimit, QueryLimit
from services.subscription.domain.models import Outcome, Quota, Reservation, Standing
from services.subscription.domain.plans import Feature, Plan, PlanCatalog
from services.subscription.domain.ports import QuestionStore
from services.subscription.domain.runner_day import RunnerDay, runner_day
from shared.clock import Clock
from shared.errors import NotFound

# An answer takes 40 s at the most; whoever has not settled after this has died, and the runner gets the place back.
LAPSES_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Questions:
    store: QuestionStore
    catalog: PlanCatalog
    clock: Clock

    async def reserve(self, user_id: uuid.UUID, question_id: uuid.UUID, zone_name: str) -> Quota:
        """Take a place for the question, once however often it is asked for. Raises PlanLimit and QueryLimit."""
        now = self.clock.now()
        day = runner_day(now, zone_name)

        def admit(standing: Standing) -> None:
            if Feature.COACH_CHAT not in self.catalog.of(standing.plan_id).features:
                raise PlanLimit(Feature.COACH_CHAT, self.catalog.cheapest_with(Feature.COACH_CHAT))
            quota = self._quota(standing, day)
            if quota.remaining == 0:
                raise QueryLimit(quota, now=now)

        reservation = Reservation(user_id, question_id, day.local_date, now)
        standing = await self.store.reserve(reservation, live_since=now - LAPSES_AFTER, admit=admit)
        return self._quota(standing, day)

    async def settle(self, user_id: uuid.UUID, question_id: uuid.UUID, outcome: Outcome) -> None:
        """Keep the place of an answered question, give back that of a failed one; the first word stands.

        An answer that comes after its reservation lapsed still counts, for the runner has read it. Raises NotFound.
        """
        if not await self.store.settle(user_id, question_id, outcome):
            raise NotFound("There is no such question.")

    async def today(self, user_id: uuid.UUID, zone_name: str) -> tuple[Plan, Quota]:
        """The runner's plan, and how their day stands, both at one moment."""
        now = self.clock.now()
        day = runner_day(now, zone_name)
        standing = await self.store.standing(user_id, day.local_date, live_since=now - LAPSES_AFTER)
        return self.catalog.of(standing.plan_id), self._quota(standing, day)

    def _quota(self, standing: Standing, day: RunnerDay) -> Quota:
        plan = self.catalog.of(standing.plan_id)
        return Quota(plan.plan_id, plan.questions_per_day, standing.used, day.ends_at)
