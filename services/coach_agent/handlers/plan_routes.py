"""The part of THE table that is about training plans."""

from __future__ import annotations

from services.coach_agent.handlers import plan_bodies
from services.coach_agent.handlers.feeding import FeedAnswer, FeedHandlers
from services.coach_agent.handlers.plan_calendar import CALENDAR
from services.coach_agent.handlers.planning import FIT, PlanHandlers
from services.coach_agent.handlers.what_if_answer import ComparisonAnswer
from shared.errors import NotFound
from shared.http.routing import Access, Route

_PLANS = "/api/v1/training-plans"
_ACTIVE = f"{_PLANS}/active"


def plan_routes(planning: PlanHandlers) -> list[Route]:
    return [
        Route(
            method="POST", path=_PLANS, handler=planning.make_plan, access=Access.USER, tag="Training plans",
            status=201, body=plan_bodies.GoalBody, returns=plan_bodies.PlanAnswer,
        ),
        Route(
            method="GET", path=_ACTIVE, handler=planning.show_plan, access=Access.USER, tag="Training plans",
            returns=plan_bodies.PlanAnswer, errors=(NotFound,),
        ),
        Route(
            method="DELETE", path=_ACTIVE, handler=planning.end_plan, access=Access.USER, tag="Training plans",
            status=204, errors=(NotFound,),
        ),
        Route(
            method="POST", path=f"{_PLANS}/what-if", handler=planning.what_if, access=Access.USER,
            tag="Training plans", body=plan_bodies.WhatIfBody, returns=ComparisonAnswer, errors=(NotFound,),
        ),
        Route(
            method="PATCH", path=f"{_ACTIVE}/workouts/{{workout_id}}", handler=planning.change_workout,
            access=Access.USER, tag="Training plans", body=plan_bodies.WorkoutBody, returns=plan_bodies.PlanAnswer,
            errors=(NotFound,),
        ),
        Route(
            method="GET", path=f"{_ACTIVE}/calendar.ics", handler=planning.show_calendar, access=Access.USER,
            tag="Training plans", media_types=(CALENDAR,), errors=(NotFound,),
        ),
        Route(
            method="GET", path=f"{_ACTIVE}/workouts/{{workout_id}}/workout.fit", handler=planning.show_workout_file,
            access=Access.USER, tag="Training plans", media_types=(FIT,), errors=(NotFound,),
        ),
    ]  # fmt: skip


def feed_routes(feeding: FeedHandlers) -> list[Route]:
    return [
        Route(
            # The answer opens the plan to whoever has it, so it is not kept to be replayed.
            method="POST", path=f"{_ACTIVE}/calendar-link", handler=feeding.open_feed, access=Access.USER,
            tag="Training plans", status=201, returns=FeedAnswer, replayable=False,
        ),
        Route(
            method="DELETE", path=f"{_ACTIVE}/calendar-link", handler=feeding.close_feed, access=Access.USER,
            tag="Training plans", status=204, errors=(NotFound,),
        ),
        Route(
            method="GET", path=f"{_PLANS}/feeds/{{secret}}/calendar.ics", handler=feeding.show_feed,
            access=Access.ANYONE, tag="Training plans", media_types=(CALENDAR,), errors=(NotFound,),
        ),
    ]  # fmt: skip
