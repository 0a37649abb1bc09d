"""The advice for a day, with its reasons: the same data lead to the same words and to the same id."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.facts import FactBook, Passage, join, marks, unverified_numbers
from services.coach_agent.domain.insights.deciding import DayDecision, DayDecisions
from services.coach_agent.domain.insights.models import Insight, Reason
from services.coach_agent.domain.insights.ports import InsightStore
from services.coach_agent.domain.insights.rules import (
    SENTENCES,
    Decision,
    Rule,
)
from services.coach_agent.domain.plans.models import WorkoutKind
from services.coach_agent.domain.runner import Runner
from shared.clock import Clock
from shared.errors import InternalError, NotFound, ValidationFailed

_AHEAD = dt.timedelta(days=1)
_WORDS = {
    WorkoutKind.EASY: "an easy run of {sessionDuration}, easy enough to talk throughout",
    WorkoutKind.RECOVERY: "a recovery run of {sessionDuration}, slower than feels natural",
    WorkoutKind.LONG: "a long run of {sessionDuration}, begun slower than feels right",
    WorkoutKind.TEMPO: "a tempo run of {sessionDuration} in all",
    WorkoutKind.INTERVALS: "an interval session of {sessionDuration} in all",
    WorkoutKind.STRIDES: "an easy run of {sessionDuration} with a few relaxed strides",
    WorkoutKind.RACE: "your race",
    WorkoutKind.REST: "rest",
}


@dataclass(frozen=True, slots=True)
class DailyInsights:
    decisions: DayDecisions
    athletes: Athletes
    store: InsightStore
    clock: Clock

    async def of(self, runner: Runner, day: dt.date) -> Insight:
        """The advice for today or tomorrow, or what was advised on an earlier day.

        Raises ValidationFailed for a later day, NotFound for an earlier one without advice, NoData.
        """
        if day > runner.today + _AHEAD:
            issue = "must not be later than tomorrow; what follows is in the plan"
            raise ValidationFailed.of_field("date", issue)
        if day < runner.today:
            return await self._given(runner, day)
        insight = await self._advice(runner, day)
        await self.store.keep(runner.user_id, insight)
        return insight

    async def _given(self, runner: Runner, day: dt.date) -> Insight:
        kept = await self.store.on(runner.user_id, day)
        if kept is None:
            raise NotFound("No advice was given for that day.")
        return kept

    async def _advice(self, runner: Runner, day: dt.date) -> Insight:
        decided = await self.decisions.of(runner, day)
        book = FactBook(await self.athletes.units(runner.user_id))
        decided.add_facts(book)
        return _worded(runner, decided, book, self.clock.now())


def _worded(runner: Runner, decided: DayDecision, book: FactBook, now: dt.datetime) -> Insight:
    decision, day = decided.decision, decided.situation.day
    when = "Today" if day == runner.today else "Tomorrow"
    sentences = {rule: book.compose(SENTENCES[rule]) for rule in decision.rules}
    advice = book.compose(f"{when}: {advice_words(decision)}.")
    text = join((advice, *sentences.values()), " ")
    if unverified_numbers(text.text, book.facts):
        raise InternalError("This advice did not pass our own check, so we do not show it.")
    return Insight(
        insight_id=_id_of(runner.user_id, day, text),
        day=day,
        rule=decision.rules[0],
        advice=decision.advice,
        duration_s=decision.duration_s,
        text=text.text,
        reasons=tuple(Reason(rule, said.text) for rule, said in sentences.items()),
        facts=text.facts,
        marks=marks(text),
        workout_id=None if decision.workout is None else decision.workout.workout_id,
        light=decided.situation.readiness.light,
        made_at=now,
    )


def advice_words(decision: Decision) -> str:
    """What to do, with a slot for ``sessionDuration``."""
    if decision.rules[0] is Rule.DONE:
        return "nothing more"
    return _WORDS[decision.advice] if decision.duration_s or "{" not in _WORDS[decision.advice] else "a run by feel"


def _id_of(user_id: uuid.UUID, day: dt.date, text: Passage) -> uuid.UUID:
    """Made of what was advised, so that asking again finds the same, and other advice for a day is another."""
    return uuid.uuid5(user_id, f"{day} {text.text}")
