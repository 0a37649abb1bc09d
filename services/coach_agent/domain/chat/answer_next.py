"""The next run: what plan, notes, readiness and load leave of it, the same as the advice of the day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.chat.answer_plan import plan_sentence, targets
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry, observations
from services.coach_agent.domain.chat.next_run import Recent, choose_session
from services.coach_agent.domain.chat.next_run_answer import add_last_runs, answer_next_run, recent_words, when_words
from services.coach_agent.domain.errors import NoData
from services.coach_agent.domain.facts import FactBook, Passage, Source, SourceKind, join
from services.coach_agent.domain.fitness.models import FitnessState, Light, Readiness
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.insights.daily import advice_words
from services.coach_agent.domain.insights.ports import NoteReader
from services.coach_agent.domain.insights.rules import (
    HIGHEST_ACUTE_CHRONIC,
    LOWEST_FORM,
    SENTENCES,
    Decision,
    Rule,
    Situation,
    decide,
)
from services.coach_agent.domain.plans.ports import PlanReader
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.recent import RecentRuns

NOTHING_TO_GO_BY = "There is nothing to base advice on yet. Import a run on the Runs page, or make a plan."
_TODAY = Source(SourceKind.FITNESS, "today")
_SPARING = Source(SourceKind.DEFINITION, "sparing")


@dataclass(frozen=True, slots=True)
class NextRunAnswers:
    plans: PlanReader
    notes: NoteReader
    recent: RecentRuns
    fitness: Fitness

    async def next_run(self, inquiry: Inquiry) -> Answer:
        """Advice for a day to come, today included. Raises NoData."""
        day = inquiry.intent.day or inquiry.today + dt.timedelta(1)
        readings = await self.recent.readings(inquiry.runner, day)
        state = await self.fitness.state(inquiry.runner)
        decision = decide(await self._situation(inquiry, day, readings, state))
        if decision is None:
            raise NoData(NOTHING_TO_GO_BY)
        if decision.rules[0] is not Rule.SUGGESTED:
            return _decided(inquiry, decision, readings, state, day=day)
        answer = answer_next_run(readings, inquiry.athlete, day=day, today=inquiry.today)
        further = [SENTENCES[rule] for rule in decision.rules[1:]]
        return answer if not further else _with_lines(answer, further)

    async def why(self, inquiry: Inquiry) -> Answer:
        """What the advice rests on: the advice without its first line."""
        answer = await self.next_run(inquiry)
        pieces = answer.opening.pieces
        reasons = Passage(pieces[pieces.index("\n") + 1 :]) if "\n" in pieces else answer.opening
        return dataclasses.replace(answer, opening=reasons, chart=None)

    async def _situation(
        self, inquiry: Inquiry, day: dt.date, readings: Sequence[Reading], state: FitnessState
    ) -> Situation:
        """How rested somebody is today says nothing about a day further off than tomorrow."""
        runner = inquiry.runner
        plan = await self.plans.active(runner.user_id)
        near = day <= runner.today + dt.timedelta(1)
        return Situation(
            day=day,
            notes=await self.notes.holding_on(runner.user_id, day),
            readiness=state.readiness if near else Readiness(Light.UNKNOWN, ()),
            now=state.now if near and state.runs else None,
            workout=None if plan is None else plan.on(day),
            suggestion=choose_session(Recent(day, tuple(readings))) if readings else None,
        )


def _decided(
    inquiry: Inquiry, decision: Decision, readings: Sequence[Reading], state: FitnessState, *, day: dt.date
) -> Answer:
    """The day's decision: what to do, each rule that speaks, and the last runs behind it."""
    book = inquiry.book()
    _add(book, decision, state, day)
    lines = [f"{when_words(day, inquiry.today)}: {advice_words(decision)}.", *(SENTENCES[r] for r in decision.rules)]
    workout = decision.workout
    if workout is not None and decision.rules[0] is Rule.PLANNED:
        lines += [plan_sentence(workout.reason), targets(book, workout)]
    told = [observations(book, lines)]
    if readings:
        suffixes = add_last_runs(book, readings)
        told.append(Passage(("- ",)) + recent_words(book, readings, suffixes, "Your last runs"))
    return Answer(
        join(told, "\n"),
        Passage(
            ("When you are ill or hurt, note it on the Today page: advice and plan go by it until you close the note.",)
        ),
        book.facts,
        suggestions=("Why?", "How recovered am I?", "What is on my plan this week?"),
    )


def _add(book: FactBook, decision: Decision, state: FitnessState, day: dt.date) -> None:
    plan = Source(SourceKind.PLAN, decision.rules[0])
    book.date("sessionDate", day, plan)
    if decision.duration_s is not None:
        book.duration("sessionDuration", decision.duration_s, plan)
    if state.now.form is not None:
        book.number("form", state.now.form, "load", _TODAY)
        book.number("form.floor", LOWEST_FORM, "load", _SPARING)
    if state.now.acute_chronic_ratio is not None:
        book.number("acuteChronicRatio", state.now.acute_chronic_ratio, "ratio", _TODAY, decimals=1)
        book.number("acuteChronicRatio.ceiling", HIGHEST_ACUTE_CHRONIC, "ratio", _SPARING, decimals=1)


def _with_lines(answer: Answer, sentences: Sequence[str]) -> Answer:
    """Further rules behind the advice; those that hold no slots."""
    said = [Passage((f"- {sentence}",)) for sentence in sentences if "{" not in sentence]
    return dataclasses.replace(answer, opening=join((answer.opening, *said), "\n"))
