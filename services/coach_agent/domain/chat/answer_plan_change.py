"""Answers that change the plan: a session moved, a plan made; what a rule forbids is said and left as it was."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.coach_agent.domain.chat.answer_plan import NAMES, SUGGESTIONS, no_plan, plan_sentence, week_lines
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import QUESTION, Inquiry, observations
from services.coach_agent.domain.chat.intent import Asked, Intent
from services.coach_agent.domain.chat.race_names import said
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind
from services.coach_agent.domain.plans.models import Goal, GoalKind, Plan
from services.coach_agent.domain.plans.service import Plans
from shared.errors import ValidationFailed

USUAL_DAYS, FEWEST_DAYS, MOST_DAYS = 4, 3, 6
_EVERY_DAY = 7
_SUNDAY = 6
_WISHES = {
    "raceDate": "the day",
    "distanceM": "the distance",
    "daysPerWeek": "the number of days a week",
    "targetTimeS": "the time",
}
_PLAN = Source(SourceKind.PLAN, "active")
_BOUNDS = Source(SourceKind.DEFINITION, "days-per-week")


@dataclass(frozen=True, slots=True)
class PlanChangeAnswers:
    plans: Plans

    async def moved(self, inquiry: Inquiry) -> Answer:
        """Put the session of a day on another."""
        intent, book = inquiry.intent, inquiry.book()
        assert intent.day is not None
        plan = await self.plans.active(inquiry.runner.user_id)
        if plan is None:
            return no_plan()
        book.date("date", intent.day, QUESTION)
        workout = plan.on(intent.day)
        if workout is None or not workout.is_run:
            return told(book, "There is no session on {date} that could be moved.")
        if intent.other_day is None:
            return told(book, f"On {{date}} your plan has {NAMES[workout.kind]}. Say to which day it should go.")
        book.date("date.new", intent.other_day, QUESTION)
        try:
            await self.plans.move(inquiry.runner, workout.workout_id, intent.other_day)
        except ValidationFailed as error:
            return told(book, f"I left it on {{date}}: {_reason(error.message)}")
        return told(book, f"Done: {NAMES[workout.kind]} of {{date}} is on {{date.new}} now.")

    async def made(self, inquiry: Inquiry) -> Answer:
        """A plan for the goal that was said; an active one is replaced only once the runner has said so."""
        intent = inquiry.intent
        if intent.asked is Asked.GOAL:
            return _asks("For which race, and on which day? Or is it general fitness that you want?", "General fitness")
        if not _is_complete(intent):
            return told(
                inquiry.book(),
                "I make a plan once I know the race and its day, such as a half marathon on a Sunday in spring, or "
                "that general fitness is what you want.",
            )
        if (few := days_out_of_bounds(inquiry.book(), intent)) is not None:
            return few
        present = await self.plans.active(inquiry.runner.user_id)
        if not intent.confirmed and present is not None:
            asked = _asks("You have an active plan. Shall the new one take its place?", "Replace it")
            return dataclasses.replace(asked, intent=dataclasses.replace(intent, asked=Asked.REPLACE))
        try:
            stored = await self.plans.create(inquiry.runner, goal_of(intent, await self._usual_days(inquiry), present))
        except ValidationFailed as error:
            return out_of_reach(inquiry.book(), error)
        return _made(inquiry.book(), stored.plan)

    async def _usual_days(self, inquiry: Inquiry) -> int:
        """How often the runner runs in a week of the last four."""
        state = await self.plans.fitness.state(inquiry.runner)
        month = next((window for window in state.windows if (window.last_day - window.first_day).days == 27), None)
        if month is None or not month.runs:
            return USUAL_DAYS
        return min(MOST_DAYS, max(FEWEST_DAYS, round(month.runs / 4)))


def _is_complete(intent: Intent) -> bool:
    return intent.topic == "fitness" or (intent.distance_m is not None and intent.day is not None)


def days_out_of_bounds(book: FactBook, intent: Intent) -> Answer | None:
    """Fewer or more days a week than a plan is made for, said; None within the bounds or with nothing asked."""
    days = intent.days_per_week
    if days is None or FEWEST_DAYS <= days <= _EVERY_DAY:
        return None
    book.count("daysPerWeek.fewest", FEWEST_DAYS, _BOUNDS)
    book.count("daysPerWeek.most", _EVERY_DAY, _BOUNDS)
    return told(book, "I make plans of {daysPerWeek.fewest} to {daysPerWeek.most} days a week. Say one of these.")


def goal_of(intent: Intent, usual_days: int, present: Plan | None) -> Goal:
    """The goal that was said; the long run stays on the day that the present plan has it on."""
    race = intent.distance_m is not None and intent.day is not None
    return Goal(
        kind=GoalKind.RACE if race else GoalKind.FITNESS,
        days_per_week=intent.days_per_week or usual_days,
        long_run_weekday=_SUNDAY if present is None else present.goal.long_run_weekday,
        race_day=intent.day if race else None,
        distance_m=intent.distance_m if race else None,
        target_time_s=intent.target_s if race else None,
    )


def _made(book: FactBook, plan: Plan) -> Answer:
    goal = plan.goal
    book.count("weeks", len(plan.weeks), _PLAN)
    book.count("daysPerWeek", goal.days_per_week, _PLAN)
    book.date("date.begins", plan.first_day, _PLAN)
    aim = "general fitness"
    if goal.race_day is not None and goal.distance_m is not None:
        book.date("raceDate", goal.race_day, _PLAN)
        aim = f"the {said(book, goal.distance_m)} on {{raceDate}}"
    peak = max(plan.weeks, key=lambda week: week.distance_m)
    book.distance("distance.peak", peak.distance_m, _PLAN)
    book.date("date.peak", peak.first_day, _PLAN)
    lines = [
        f"Your plan for {aim} is made: {{weeks}} weeks from {{date.begins}}, {{daysPerWeek}} days a week.",
        "The biggest week is that of {date.peak} with {distance.peak}.",
        *week_lines(book, plan.weeks[0])[:3],
    ]
    detail = (
        "It adapts each night and after each run. The days a week, the day of the long run and a finish time can be "
        "set on the Plan page."
    )
    return Answer(observations(book, lines), book.compose(detail), book.facts, suggestions=SUGGESTIONS)


def out_of_reach(book: FactBook, error: ValidationFailed) -> Answer:
    """Why not, and the nearest goal that the compiler would take."""
    details = list(error.details or ())
    why = "; ".join(_obstacle(str(detail.get("field")), str(detail.get("issue"))) for detail in details)
    nearest = next((detail["nearest"] for detail in details if "nearest" in detail), None)
    text = f"I make no plan for that goal: {why}."
    if nearest is not None:
        text += f" Within reach is {_nearest(book, nearest)}."
    return Answer(book.compose(text), Passage(), book.facts, suggestions=("Make me a plan for general fitness",))


def _obstacle(field: str, issue: str) -> str:
    """What stands in the way; an issue with a number in it is said without."""
    words = plan_sentence(issue) or "asks for more than your running of the last weeks carries"
    return f"{_WISHES.get(field, 'it')} {words}"


def _nearest(book: FactBook, goal: Mapping[str, Any]) -> str:
    source = Source(SourceKind.PLAN, "nearest")
    if not goal.get("raceDate") or not goal.get("distanceM"):
        return "a plan for general fitness"
    book.date("nearestDate", dt.date.fromisoformat(str(goal["raceDate"])), source)
    words = f"the {said(book, float(goal['distanceM']))} on {{nearestDate}}"
    if goal.get("targetTimeS"):
        book.duration("nearestTime", float(goal["targetTimeS"]), source)
        words += " in {nearestTime}"
    return words


def told(book: FactBook, text: str) -> Answer:
    return Answer(book.compose(text), Passage(), book.facts, suggestions=SUGGESTIONS)


def _asks(question: str, suggestion: str) -> Answer:
    return Answer(Passage((question,)), Passage(), (), suggestions=(suggestion, "What should I run tomorrow?"))


def _reason(message: str) -> str:
    """The rule's words after the name of the field, left out where they hold a number."""
    words = plan_sentence(message.removeprefix("date "))
    return f"the day {words}" if words else "a rule of the plan stands against it."
