"""From a goal and a runner's ability to a plan, by rules alone: the same input always gives the same plan."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.plans.ability import Ability
from services.coach_agent.domain.plans.effort import Efforts
from services.coach_agent.domain.plans.feasibility import reachable
from services.coach_agent.domain.plans.models import Goal, Plan, PlanWeek, Workout
from services.coach_agent.domain.plans.outline import WeekOutline
from services.coach_agent.domain.plans.reasons import week_reason
from services.coach_agent.domain.plans.sessions import Maker, Naming


@dataclass(frozen=True, slots=True)
class Frame:
    """What a plan is made with besides goal and ability: its id, the moment, the runner's day then and their zone."""

    plan_id: uuid.UUID
    made_at: dt.datetime
    today: dt.date
    zone: str


def compile_plan(goal: Goal, ability: Ability, frame: Frame) -> Plan:
    """The plan for ``goal``. Raises ValidationFailed with the nearest goal that can be reached."""
    weeks = reachable(goal, ability, frame.today)
    maker = Maker(Efforts.of(goal, ability), Naming(frame.plan_id, frame.made_at))
    return Plan(
        plan_id=frame.plan_id,
        goal=goal,
        zone=frame.zone,
        made_at=frame.made_at,
        weeks=tuple(_week(week, goal, maker) for week in weeks),
    )


def _week(week: WeekOutline, goal: Goal, maker: Maker) -> PlanWeek:
    monday, phase = week.season.first_day, week.season.phase
    runs = {draft.weekday: maker.workout(draft, monday, phase) for draft in week.drafts}
    if week.season.race_weekday is not None and goal.race_day is not None:
        runs[week.season.race_weekday] = maker.race(goal, goal.race_day, phase)
    days: list[Workout] = []
    for weekday in range(7):
        run = runs.get(weekday)
        days.append(maker.rest(monday + dt.timedelta(days=weekday), phase) if run is None else run)
    return PlanWeek(monday, phase, tuple(days), week_reason(phase, lighter=week.season.lighter))
