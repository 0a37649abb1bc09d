"""Questions and their answers: which family answers each kind of intent."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.chat import answer_talk as talk
from services.coach_agent.domain.chat import answers
from services.coach_agent.domain.chat.activity_log import ActivityLog
from services.coach_agent.domain.chat.answer_chart import charted
from services.coach_agent.domain.chat.answer_counting import CountingAnswers
from services.coach_agent.domain.chat.answer_fitness import FitnessAnswers
from services.coach_agent.domain.chat.answer_health import NoteAnswers, answer_health
from services.coach_agent.domain.chat.answer_long_run import LongRunAnswers
from services.coach_agent.domain.chat.answer_memory import MemoryAnswers
from services.coach_agent.domain.chat.answer_next import NextRunAnswers
from services.coach_agent.domain.chat.answer_periods import PeriodAnswers
from services.coach_agent.domain.chat.answer_plan import PlanAnswers
from services.coach_agent.domain.chat.answer_plan_change import PlanChangeAnswers
from services.coach_agent.domain.chat.answer_plan_goal import PlanGoalAnswers
from services.coach_agent.domain.chat.answer_projection import ProjectionAnswers
from services.coach_agent.domain.chat.answer_racing import RacingAnswers
from services.coach_agent.domain.chat.answer_runs import RunAnswers
from services.coach_agent.domain.chat.answer_sky import SkyAnswers
from services.coach_agent.domain.chat.answer_trend import TrendAnswers
from services.coach_agent.domain.chat.answer_zones import ZoneAnswers, answer_zones
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import Inquiry
from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.chat.run_list import RunList
from services.coach_agent.domain.fitness.service import Fitness
from services.coach_agent.domain.insights.deciding import DayDecisions
from services.coach_agent.domain.insights.memory import Memories
from services.coach_agent.domain.insights.notes import Notes
from services.coach_agent.domain.plans.service import Plans
from services.coach_agent.domain.reviews.analysis import Analysis
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.domain.runs.recent import RecentRuns
from services.coach_agent.domain.weather.service import Weather
from shared.errors import InternalError

_Answerer = Callable[[Inquiry], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the coach looks things up in."""

    athletes: Athletes
    library: RunLibrary
    fitness: Fitness
    weather: Weather
    plans: Plans
    notes: Notes
    memories: Memories


class Coach:
    def __init__(self, knowledge: Knowledge) -> None:
        self._athletes = knowledge.athletes
        self._runs = RunAnswers(knowledge.library)
        recent = RecentRuns(knowledge.athletes, knowledge.library)
        decisions = DayDecisions(knowledge.plans, knowledge.notes.store, recent, knowledge.fitness)
        self._next = NextRunAnswers(decisions)
        counting = CountingAnswers(RunList(knowledge.fitness))
        periods = PeriodAnswers(ActivityLog(knowledge.fitness))
        racing = RacingAnswers(knowledge.fitness)
        standing = FitnessAnswers(knowledge.fitness)
        self._answerers: dict[IntentKind, _Answerer] = {
            IntentKind.ANALYSE_LAST: self._runs.last,
            IntentKind.ANALYSE_DAY: self._runs.of_day,
            IntentKind.ANALYSE_EARLIER: self._runs.earlier,
            IntentKind.COMPARE: self._runs.compared,
            IntentKind.COMPARE_PERIODS: periods.compared,
            IntentKind.TOTALS: periods.totals,
            IntentKind.COUNT: counting.counted,
            IntentKind.EXTREME: counting.extreme,
            IntentKind.TREND: TrendAnswers(knowledge.fitness).trend,
            IntentKind.FITNESS: standing.fitness_now,
            IntentKind.READINESS: standing.readiness,
            IntentKind.PREDICTION: racing.predictions,
            IntentKind.RECORDS: racing.records,
            IntentKind.PACES: racing.paces,
            IntentKind.ZONE_TIME: ZoneAnswers(knowledge.fitness).time,
            IntentKind.NEXT_RUN: self._next.next_run,
            IntentKind.LONG_RUN: LongRunAnswers(decisions).long_run,
            IntentKind.MEMORY: MemoryAnswers(knowledge.memories).remembered,
            **_about_the_plan(knowledge.plans),
            IntentKind.NOTE: NoteAnswers(knowledge.notes).note,
            IntentKind.WEATHER: SkyAnswers(knowledge.weather, knowledge.fitness).weather,
        }

    async def answer(self, runner: Runner, intent: Intent) -> Answer:
        """The answer to one intent, which it carries. Raises NoData."""
        inquiry = Inquiry(runner, intent, await self._athlete(runner, intent))
        answer = charted(await self._answered(inquiry), intent)
        return answer if answer.intent is not None else dataclasses.replace(answer, intent=intent)

    async def _answered(self, inquiry: Inquiry) -> Answer:
        kind = inquiry.intent.kind
        if kind is IntentKind.WHY and inquiry.intent.topic == IntentKind.NEXT_RUN:
            return await self._next.why(inquiry)
        at_once = _AT_ONCE.get(kind)
        return at_once(inquiry) if at_once is not None else await self._answerers[kind](inquiry)

    async def analyse(self, runner: Runner, activity_id: uuid.UUID) -> Analysis:
        """The analysis of one activity of the runner's. Raises NotFound."""
        analysis = await self._runs.analysis(runner, activity_id, await self._athletes.resolve(runner))
        if answers.about_run(analysis).unverified:
            raise InternalError("This analysis did not pass our own check, so we do not show it.")
        return analysis

    async def _athlete(self, runner: Runner, intent: Intent) -> Athlete:
        """The runner in the units that the question asks for."""
        athlete = await self._athletes.resolve(runner)
        if intent.units is None:
            return athlete
        return dataclasses.replace(athlete, profile=dataclasses.replace(athlete.profile, units=intent.units))


def _about_the_plan(plans: Plans) -> dict[IntentKind, _Answerer]:
    plan, changes, goals = PlanAnswers(plans), PlanChangeAnswers(plans), PlanGoalAnswers(plans)
    return {
        IntentKind.PLAN: plan.planned,
        IntentKind.PLAN_MOVE: changes.moved,
        IntentKind.PLAN_MAKE: changes.made,
        IntentKind.PLAN_CHANGE: goals.altered,
        IntentKind.PLAN_SKIP: goals.skipped,
        IntentKind.PLAN_END: goals.ended,
        IntentKind.PROJECTION: ProjectionAnswers(plans).projected,
    }


_AT_ONCE: dict[IntentKind, Callable[[Inquiry], Answer]] = {
    IntentKind.RED_FLAG: lambda _: answers.red_flag(),
    IntentKind.HEALTH: answer_health,
    IntentKind.ZONES: answer_zones,
    IntentKind.EXPLAIN: talk.explained,
    IntentKind.WHY: talk.behind,
    IntentKind.SMALL_TALK: talk.small_talk,
    IntentKind.OUT_OF_SCOPE: talk.out_of_scope,
    IntentKind.CLARIFY: talk.asked_back,
    IntentKind.UNKNOWN: lambda _: talk.unknown(),
}
