"""THE table of subscription: who may call what.

Questions are not in the gateway's table: only a service that the gateway lets speak for the user reaches them.
"""

from __future__ import annotations

from services.subscription.domain.errors import PlanLimit, QueryLimit
from services.subscription.handlers import bodies
from services.subscription.handlers.questions import QuestionHandlers
from services.subscription.handlers.subscriptions import SubscriptionHandlers
from shared.errors import NotFound
from shared.http.routing import Access, Route


def routes(subscriptions: SubscriptionHandlers, questions: QuestionHandlers) -> list[Route]:
    return [
        Route(
            method="GET", path="/api/v1/subscription/plans", handler=subscriptions.list_plans, access=Access.ANYONE,
            tag="Subscription", returns=bodies.PlanList,
        ),
        Route(
            method="GET", path="/api/v1/subscription", handler=subscriptions.show_subscription, access=Access.USER,
            tag="Subscription", returns=bodies.SubscriptionAnswer,
        ),
        Route(
            method="PUT", path="/api/v1/admin/users/{user_id}/plan", handler=subscriptions.give_plan,
            access=Access.ADMIN, tag="Admin", body=bodies.PlanBody, returns=bodies.GivenPlanAnswer, errors=(NotFound,),
        ),
        # Repeating is harmless by the question's own id, and the answer says how things stand now: nothing to keep.
        Route(
            method="POST", path="/api/v1/subscription/questions", handler=questions.reserve_question,
            access=Access.USER, tag="Subscription", body=bodies.QuestionBody, returns=bodies.QuotaAnswer, status=201,
            errors=(PlanLimit, QueryLimit), replayable=False,
        ),
        Route(
            method="POST", path="/api/v1/subscription/questions/{question_id}/settle",
            handler=questions.settle_question, access=Access.USER, tag="Subscription", body=bodies.SettlementBody,
            status=204, errors=(NotFound,), replayable=False,
        ),
    ]  # fmt: skip
