"""Where the plan leads: fitness and form of a day to come, if it is followed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.chat.answer_fitness import FRESH_FORM
from services.coach_agent.domain.chat.answer_plan import NO_PLAN
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, observations
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind
from services.coach_agent.domain.plans.models import Plan
from services.coach_agent.domain.plans.projection import ProjectedDay, Projection, day_of
from services.coach_agent.domain.plans.rules import LOWEST_FORM
from services.coach_agent.domain.plans.service import Plans
from shared.errors import NotFound

_PROJECTED = Source(SourceKind.PLAN, "projection")
_SUGGESTIONS = ("Am I getting fitter?", "How many weeks until my race?", "Predict my race times")
_MEANING = (
    "It is your load so far carried on with the load of each planned session. Form is that of the morning, fitness and "
    "fatigue those at the end of the day. What you run more or less than planned changes it."
)


@dataclass(frozen=True, slots=True)
class ProjectionAnswers:
    plans: Plans

    async def projected(self, inquiry: Inquiry) -> Answer:
        """Fitness, fatigue and form of the day that is named, else of the race or the last day of the plan."""
        try:
            plan, projection = await self.plans.projected(inquiry.runner)
        except NotFound:
            said = f"Without a plan I cannot know what you will run until then. {NO_PLAN}"
            return Answer(Passage((said,)), Passage(), (), suggestions=("Make me a plan for a half marathon",))
        book, day = inquiry.book(), inquiry.intent.day
        if day is not None and projection.series.index(day) >= len(projection.series.load):
            book.date("date.end", plan.last_day, _PROJECTED)
            return Answer(
                book.compose("Your plan ends on {date.end}, and what comes after it is open."),
                Passage(), book.facts, suggestions=_SUGGESTIONS,
            )  # fmt: skip
        then = projection.goal if day is None else day_of(projection.series, day)
        return _told(book, plan, projection, then)


def _told(book: FactBook, plan: Plan, projection: Projection, then: ProjectedDay) -> Answer:
    now = day_of(projection.series, projection.series.first_day)
    book.date("date.projected", then.day, _PROJECTED)
    for label, value in (("fitness", then.fitness), ("fatigue", then.fatigue), ("form", then.form)):
        book.number(f"{label}.projected", value, "load", _PROJECTED)
    book.number("fitness.today", now.fitness, "load", _PROJECTED)
    book.number("form", now.form, "load", _PROJECTED)
    leading = f"On {{date.projected}}{_what_day(plan, then.day)} your fitness comes to {{fitness.projected}}, if you"
    lines = [
        f"{leading} follow your plan; with today's session it is {{fitness.today}}.",
        "Form is {form.projected} that morning against {form} today, and fatigue {fatigue.projected} at its end.",
        _judged(then),
    ]
    return Answer(observations(book, lines), book.compose(_MEANING), book.facts, suggestions=_SUGGESTIONS)


def _what_day(plan: Plan, day: dt.date) -> str:
    if day == plan.goal.race_day:
        return ", your race day,"
    return ", the last of your plan," if day == plan.last_day else ""


def _judged(then: ProjectedDay) -> str:
    if then.form > FRESH_FORM:
        return "That is fresh: rested enough to race."
    if then.form < LOWEST_FORM:
        return "That is deep in fatigue, as in the hardest weeks of training."
    return "That is neither fresh nor worn out, as in the middle of training."
