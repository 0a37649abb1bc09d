"""Answers to wishes about the plan as a whole: another goal proposed, the plan ended, one session left out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.chat.answer_plan import NAMES, NEXT_KINDS, SUGGESTIONS, no_plan
from services.coach_agent.domain.chat.answer_plan_change import days_out_of_bounds, goal_of, out_of_reach, told
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import QUESTION, Inquiry, observations
from services.coach_agent.domain.chat.intent import Asked, Intent, IntentKind
from services.coach_agent.domain.chat.race_names import said
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind
from services.coach_agent.domain.plans.models import Goal, GoalKind, Plan, Workout, WorkoutKind, WorkoutStatus
from services.coach_agent.domain.plans.service import Plans
from services.coach_agent.domain.plans.what_if import Comparison
from shared.errors import NotFound, ValidationFailed

_PROPOSED = Source(SourceKind.PLAN, "proposed")
# "1:35" is hours from here on, for nobody runs that far in minutes.
_HOURS_FROM_M, _MINUTES_BELOW_S = 15_000.0, 600.0
_CLOSED = {WorkoutStatus.DONE: "done", WorkoutStatus.MISSED: "missed", WorkoutStatus.SKIPPED: "skipped"}


@dataclass(frozen=True, slots=True)
class PlanGoalAnswers:
    plans: Plans

    async def altered(self, inquiry: Inquiry) -> Answer:
        """A plan for the present goal with the change that was wished, proposed; it replaces nothing yet."""
        plan = await self.plans.active(inquiry.runner.user_id)
        if plan is None:
            return no_plan()
        wish = _wish(plan.goal, inquiry.intent)
        if wish.distance_m is not None and wish.day is None:
            ask = Passage(("On which day is the race?",))
            return Answer(ask, Passage(), (), intent=dataclasses.replace(wish, asked=Asked.GOAL))
        if (few := days_out_of_bounds(inquiry.book(), wish)) is not None:
            return few
        goal = goal_of(wish, plan.goal.days_per_week, plan)
        try:
            comparison = await self.plans.what_if_goal(inquiry.runner, goal)
        except ValidationFailed as error:
            return out_of_reach(inquiry.book(), error)
        return dataclasses.replace(
            _proposed(inquiry.book(), goal, comparison), intent=dataclasses.replace(wish, asked=Asked.REPLACE)
        )

    async def ended(self, inquiry: Inquiry) -> Answer:
        """Put the plan away, once the runner has said so twice."""
        intent, user_id = inquiry.intent, inquiry.runner.user_id
        if await self.plans.active(user_id) is None:
            return no_plan()
        if not intent.confirmed:
            ask = Passage(("Shall I end your training plan? Its sessions go with it; your runs stay.",))
            asked = dataclasses.replace(intent, asked=Asked.END)
            return Answer(ask, Passage(), (), suggestions=("End it", "What is on my plan this week?"), intent=asked)
        await self.plans.end(user_id)
        return Answer(
            Passage(("Done: your training plan has ended. Advice goes by your last runs from now on.",)),
            Passage(),
            (),
            suggestions=("Make me a plan for a half marathon", "What should I run tomorrow?"),
        )

    async def skipped(self, inquiry: Inquiry) -> Answer:
        """Leave a session out, at once, as it can be taken back on the Plan page."""
        book = inquiry.book()
        try:
            plan = (await self.plans.current(inquiry.runner)).plan
        except NotFound:
            return no_plan()
        workout = _meant(plan, inquiry.intent, inquiry.today)
        if workout is None:
            return _no_such_session(book, inquiry.intent.day)
        book.date("date", workout.day, Source(SourceKind.PLAN, str(workout.workout_id)))
        if workout.kind is WorkoutKind.RACE:
            return told(book, "The race on {date} is what the plan is for: end the plan, or change its race.")
        if workout.status is not WorkoutStatus.PLANNED:
            return told(book, f"I left it as it is: {NAMES[workout.kind]} of {{date}} is {_CLOSED[workout.status]}.")
        await self.plans.mark(inquiry.runner, workout.workout_id, WorkoutStatus.SKIPPED)
        return told(
            book,
            f"Done: {NAMES[workout.kind]} of {{date}} is skipped, and not made up. The Plan page takes it back.",
        )


def _no_such_session(book: FactBook, day: dt.date | None) -> Answer:
    if day is None:
        return told(book, "Your plan holds no such session that is still to come.")
    book.date("date", day, QUESTION)
    return told(book, "There is no session on {date} that could be skipped.")


def _meant(plan: Plan, intent: Intent, today: dt.date) -> Workout | None:
    """The session of the day that is named, or the next there is, of its kind where one is named."""
    kinds = NEXT_KINDS.get(intent.topic or "")
    if intent.day is not None:
        on_day = plan.on(intent.day)
        return on_day if on_day is not None and on_day.is_run else None
    ahead = (one for one in plan.workouts if one.day >= today and one.is_run)
    still = (one for one in ahead if one.status is WorkoutStatus.PLANNED)
    return next((one for one in still if kinds is None or one.kind in kinds), None)


def _wish(present: Goal, intent: Intent) -> Intent:
    """The whole goal that is wished for. A finish time belongs to its distance and goes with it."""
    distance_m = intent.distance_m or present.distance_m
    kept_s = present.target_time_s if intent.distance_m in {None, present.distance_m} else None
    target_s = intent.target_s
    if target_s is not None and (distance_m or 0.0) >= _HOURS_FROM_M and target_s < _MINUTES_BELOW_S:
        target_s *= 60.0
    return Intent(
        IntentKind.PLAN_MAKE,
        day=intent.day or present.race_day,
        distance_m=distance_m,
        target_s=target_s or kept_s,
        days_per_week=intent.days_per_week or present.days_per_week,
        topic="fitness" if distance_m is None else None,
    )


def _proposed(book: FactBook, goal: Goal, comparison: Comparison) -> Answer:
    """What the new plan is for and what it leads to, beside the present one where both end on the same day."""
    book.count("daysPerWeek", goal.days_per_week, _PROPOSED)
    aim = "general fitness"
    if goal.kind is GoalKind.RACE and goal.race_day is not None and goal.distance_m is not None:
        book.date("raceDate", goal.race_day, _PROPOSED)
        aim = f"the {said(book, goal.distance_m)} on {{raceDate}}"
    if goal.target_time_s is not None:
        book.duration("targetTime", goal.target_time_s, _PROPOSED)
        aim += " in {targetTime}"
    lines = [f"That is a new plan for {aim}, with {{daysPerWeek}} runs a week.", _leading(book, comparison)]
    lines.append("Shall it take the place of the plan you have?")
    return Answer(observations(book, lines), Passage(), book.facts, suggestions=("Replace it", *SUGGESTIONS[1:2]))


def _leading(book: FactBook, comparison: Comparison) -> str:
    changed, present = comparison.changed.goal, comparison.present
    book.number("fitness.proposed", changed.fitness, "load", _PROPOSED)
    book.number("form.proposed", changed.form, "load", _PROPOSED)
    text = "It leads to a fitness of {fitness.proposed} and a form of {form.proposed} at its end"
    if present is None or present.goal.day != changed.day:
        return f"{text}."
    book.number("fitness.present", present.goal.fitness, "load", Source(SourceKind.PLAN, "active"))
    return f"{text}; the plan you have leads to a fitness of {{fitness.present}}."
