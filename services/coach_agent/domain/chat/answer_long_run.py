"""How long the long run should be: what the plan holds, or without one what the last weeks carry."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.chat.answer_plan import about_plan
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, nothing_yet, observations
from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.facts import Source, SourceKind
from services.coach_agent.domain.insights.deciding import DayDecisions
from services.coach_agent.domain.insights.models import SPARING
from services.coach_agent.domain.insights.next_run import Recent, next_long_run
from services.coach_agent.domain.plans.models import WorkoutKind, WorkoutStatus
from services.coach_agent.domain.runs.reading import Reading

_ADVISED = Source(SourceKind.PLAN, "longRun")
_SPARED = "You noted an injury or an illness: no long run until that note is closed. After it, begin shorter than this:"
_PACE = "Nearly all of it is easy: you should be able to talk throughout."
_SUGGESTIONS = ("What should I run tomorrow?", "What is a long run?", "What are my training paces?")


@dataclass(frozen=True, slots=True)
class LongRunAnswers:
    decisions: DayDecisions

    async def long_run(self, inquiry: Inquiry) -> Answer:
        """The next long run of the plan, else the longest that the last weeks carry. Raises NoData without a run."""
        runner, today = inquiry.runner, inquiry.today
        plan = await self.decisions.plans.active(runner.user_id)
        if plan is not None and any(
            one.kind is WorkoutKind.LONG and one.day >= today and one.status is WorkoutStatus.PLANNED
            for one in plan.workouts
        ):
            return about_plan(inquiry.book(), plan, Intent(IntentKind.PLAN, topic="long run"), today)
        readings = await self.decisions.recent.readings(runner, today)
        if not readings:
            raise nothing_yet()
        notes = await self.decisions.notes.holding_on(runner.user_id, today)
        return _advised(inquiry, readings, is_spared=any(note.kind in SPARING for note in notes))


def _advised(inquiry: Inquiry, readings: tuple[Reading, ...], *, is_spared: bool) -> Answer:
    book, recent = inquiry.book(), Recent(inquiry.today + dt.timedelta(days=1), readings)
    session = next_long_run(recent)
    book.duration("sessionDuration", session.duration_s, _ADVISED)
    longest = max(recent.within(28) or readings, key=lambda reading: reading.metrics.moving_s or 0.0)
    source = Source(SourceKind.ACTIVITY, str(longest.metrics.activity_id))
    book.duration("longest", longest.metrics.moving_s or 0.0, source)
    book.date("date.longest", longest.metrics.local_date, source)
    held = "It grows with the rest of your week: run more on the other days, and it may be longer."
    lines = [
        _SPARED if is_spared else "",
        "Your next long run: about {sessionDuration}.",
        "The longest of your last weeks took {longest}, on {date.longest}; a long run grows by a tenth at most.",
        held if session.held else "",
        _PACE,
    ]
    return Answer(
        observations(book, lines),
        book.compose("With a plan its length follows the week and the race."),
        book.facts,
        suggestions=_SUGGESTIONS,
    )
