"""Plans and subscriptions over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.subscription.domain.plans import PlanCatalog
from services.subscription.domain.subscriptions import Subscriptions
from services.subscription.handlers.bodies import GivenPlanAnswer, PlanBody, PlanList, SubscriptionAnswer
from shared.http.context import current, signed_in_caller, signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response


@dataclass(frozen=True, slots=True)
class SubscriptionHandlers:
    subscriptions: Subscriptions
    catalog: PlanCatalog

    async def list_plans(self, _: web.Request) -> web.Response:
        """The plans, what each has and costs, and whether it can be bought."""
        return json_response(PlanList.of(self.catalog))

    async def show_subscription(self, _: web.Request) -> web.Response:
        """The caller's plan, its limits, and what is used of them today."""
        subscription = await self.subscriptions.show(signed_in_user(), signed_in_caller().zone)
        return json_response(SubscriptionAnswer.of(subscription))

    async def give_plan(self, request: web.Request, body: PlanBody) -> web.Response:
        """Give a runner a plan, from now on."""
        user_id, context = path_uuid(request, "user_id"), current()
        request_id = context.request_id if context else None
        plan = await self.subscriptions.change_plan(
            user_id, body.plan, changed_by=signed_in_user(), request_id=request_id
        )
        return json_response(GivenPlanAnswer(user_id=user_id, plan=plan.plan_id))
