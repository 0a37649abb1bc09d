"""Training plans over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.plans.service import Plans
from services.coach_agent.handlers.asking import Asking
from services.coach_agent.handlers.plan_bodies import GoalBody, PlanAnswer, WhatIfBody, WorkoutBody
from services.coach_agent.handlers.plan_calendar import CALENDAR, calendar
from services.coach_agent.handlers.plan_fit import workout_file
from services.coach_agent.handlers.what_if_answer import ComparisonAnswer
from shared.http.context import signed_in_user
from shared.http.parsing import path_uuid
from shared.http.rendering import json_response, no_content

FIT = "application/vnd.ant.fit"


@dataclass(frozen=True, slots=True)
class PlanHandlers:
    asking: Asking
    plans: Plans
    athletes: Athletes

    async def make_plan(self, _: web.Request, body: GoalBody) -> web.Response:
        """Make a plan for a race or for general fitness; it takes the place of the one before."""
        stored = await self.plans.create(self.asking.runner(), body.wanted)
        return json_response(PlanAnswer.of(stored), status=201)

    async def show_plan(self, _: web.Request) -> web.Response:
        """The plan, with what has happened since taken in and each change with its reason."""
        return json_response(PlanAnswer.of(await self.plans.current(self.asking.runner())))

    async def end_plan(self, _: web.Request) -> web.Response:
        """End the plan."""
        await self.plans.end(signed_in_user())
        return no_content()

    async def what_if(self, _: web.Request, body: WhatIfBody) -> web.Response:
        """Load, fitness and form to expect with another goal, or with sessions skipped, moved or added."""
        runner = self.asking.runner()
        if body.goal is not None:
            return json_response(ComparisonAnswer.of(await self.plans.what_if_goal(runner, body.goal.wanted)))
        alterations = [change.alteration for change in body.changes]
        return json_response(ComparisonAnswer.of(await self.plans.what_if_altered(runner, alterations)))

    async def change_workout(self, request: web.Request, body: WorkoutBody) -> web.Response:
        """Say that a session is done, missed, skipped or planned after all, or move it within its week."""
        runner, workout_id = self.asking.runner(), path_uuid(request, "workout_id")
        if body.status is not None:
            return json_response(PlanAnswer.of(await self.plans.mark(runner, workout_id, body.status)))
        assert body.day is not None
        return json_response(PlanAnswer.of(await self.plans.move(runner, workout_id, body.day)))

    async def show_calendar(self, _: web.Request) -> web.Response:
        """The plan as an iCalendar feed, an all-day event for each session."""
        runner = self.asking.runner()
        stored, units = await self.plans.current(runner), await self.athletes.units(runner.user_id)
        return web.Response(body=calendar(stored, units), content_type=CALENDAR, charset="utf-8")

    async def show_workout_file(self, request: web.Request) -> web.Response:
        """One session as a FIT workout file."""
        runner = self.asking.runner()
        stored, workout = await self.plans.session(runner, path_uuid(request, "workout_id"))
        data = workout_file(workout, await self.athletes.units(runner.user_id), stored.plan.made_at)
        name = {"Content-Disposition": f'attachment; filename="{workout.day}-{workout.kind}.fit"'}
        return web.Response(body=data, content_type=FIT, headers=name)
