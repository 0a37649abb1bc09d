"""The decision about a day, for the advice of the day and for the conversation alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.errors import NoData
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.models import FitnessState, Light, Readiness
from services.coach_agent.domain.fitness.ports import FitnessReader
from services.coach_agent.domain.insights.next_run import Recent, choose_session
from services.coach_agent.domain.insights.ports import NoteReader
from services.coach_agent.domain.insights.rules import Decision, Situation, decide
from services.coach_agent.domain.plans.ports import PlanReader
from services.coach_agent.domain.plans.rules import HIGHEST_ACUTE_CHRONIC, LOWEST_FORM
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.reading import Reading
from services.coach_agent.domain.runs.recent import RecentRuns

_NOTHING_TO_GO_BY = "There is nothing to base advice on yet. Import a run on the Runs page, or make a plan."
_TODAY = Source(SourceKind.FITNESS, "today")
_SPARING = Source(SourceKind.DEFINITION, "sparing")


@dataclass(frozen=True, slots=True)
class DayDecision:
    """A decision with what it rests on. ``readings`` are the last runs, the newest first."""

    decision: Decision
    situation: Situation
    state: FitnessState
    readings: Sequence[Reading]

    def add_facts(self, book: FactBook) -> None:
        """What the sentences of the rules have slots for."""
        decision, now = self.decision, self.state.now
        if decision.duration_s is not None:
            book.duration("sessionDuration", decision.duration_s, Source(SourceKind.PLAN, decision.rules[0]))
        if now.form is not None:
            book.number("form", now.form, "load", _TODAY)
            book.number("form.floor", LOWEST_FORM, "load", _SPARING)
        if now.acute_chronic_ratio is not None:
            book.number("acuteChronicRatio", now.acute_chronic_ratio, "ratio", _TODAY, decimals=1)
            book.number("acuteChronicRatio.ceiling", HIGHEST_ACUTE_CHRONIC, "ratio", _SPARING, decimals=1)


@dataclass(frozen=True, slots=True)
class DayDecisions:
    plans: PlanReader
    notes: NoteReader
    recent: RecentRuns
    fitness: FitnessReader

    async def of(self, runner: Runner, day: dt.date) -> DayDecision:
        """What the rules decide about today or a later day. Raises NoData."""
        readings = await self.recent.readings(runner, day)
        state = await self.fitness.state(runner)
        plan = await self.plans.active(runner.user_id)
        # How rested somebody is today says nothing about a day further off than tomorrow.
        near = day <= runner.today + dt.timedelta(days=1)
        situation = Situation(
            day=day,
            notes=await self.notes.holding_on(runner.user_id, day),
            readiness=state.readiness if near else Readiness(Light.UNKNOWN, ()),
            now=state.now if near and state.runs else None,
            workout=None if plan is None else plan.on(day),
            suggestion=choose_session(Recent(day, readings)) if readings else None,
        )
        decision = decide(situation)
        if decision is None:
            raise NoData(_NOTHING_TO_GO_BY)
        return DayDecision(decision, situation, state, readings)
