"""Questions and their answers: which runs an intent needs, and what is made of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.chat import answers
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.intent import Intent, IntentKind
from services.coach_agent.domain.chat.next_run_answer import answer_next_run
from services.coach_agent.domain.errors import NoData
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.models import RUNNING, Activity
from services.coach_agent.domain.reviews.analysis import Analysis, analyse
from services.coach_agent.domain.reviews.comparison import compare_runs
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary, days_before
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import read_run
from shared.errors import InternalError

HISTORY_RUNS = 30
# The run asked about and enough before it to speak of a run before; older ones count where they are measured already.
MEASURED_NOW = 4
ADVICE_DAYS = 28
FEWEST_FOR_ADVICE = 3
MEASURED_FOR_ADVICE = 10

MORE_THAN_ONE = "You were out more than once that day; this is the last."
HOW_TO_GET_DATA = "Import a FIT, TCX or GPX file on the Runs page, and ask again."


@dataclass(frozen=True, slots=True)
class Coach:
    athletes: Athletes
    library: RunLibrary

    async def answer(self, runner: Runner, intent: Intent) -> Answer:
        """The answer to one intent, which it carries. Raises NoData."""
        answer = await self._answered(runner, intent)
        return answer if answer.intent is not None else dataclasses.replace(answer, intent=intent)

    async def _answered(self, runner: Runner, intent: Intent) -> Answer:
        match intent.kind:
            case IntentKind.ANALYSE_LAST:
                return await self._about_last(runner, intent.sport)
            case IntentKind.ANALYSE_DAY if intent.day is not None:
                return await self._about_day(runner, intent.sport, intent.day)
            case IntentKind.ANALYSE_EARLIER if intent.subject is not None:
                return await self._about_earlier(runner, intent.subject)
            case IntentKind.COMPARE:
                return await self._comparison(runner)
            case IntentKind.NEXT_RUN if intent.day is not None:
                return await self._next_run(runner, intent.day)
            case _:
                return answers.not_yet()

    async def analyse(self, runner: Runner, activity_id: uuid.UUID) -> Analysis:
        """The analysis of one activity of the runner's. Raises NotFound."""
        metrics = await self.library.one(runner.user_id, runner.source, activity_id)
        history = await self._history(runner, metrics.activity.sport, last_day=metrics.local_date)
        earlier = await self.library.measured(
            runner.user_id, runner.source, history, needed=[a.id for a in history[:MEASURED_NOW]]
        )
        analysis = analyse(metrics, await self.athletes.resolve(runner), earlier)
        if answers.about_run(analysis).unverified:
            raise InternalError("This analysis did not pass our own check, so we do not show it.")
        return analysis

    async def _about_last(self, runner: Runner, sport: str | None) -> Answer:
        history = await self._history(runner, sport)
        return await self._about(runner, history, 0)

    async def _about_day(self, runner: Runner, sport: str | None, day: dt.date) -> Answer:
        history = await self._history(runner, sport, last_day=day)
        on_day = [activity for activity in history if activity.local_date == day]
        if not on_day:
            return await self._no_run_on(runner, sport, day)
        answer = await self._about(runner, history, 0)
        return answer if len(on_day) == 1 else answers.with_note(answer, MORE_THAN_ONE)

    async def _about_earlier(self, runner: Runner, subject: uuid.UUID) -> Answer:
        later = (await runner.source.detail(subject)).activity
        history = await self._history(runner, later.sport, last_day=later.local_date)
        earlier = [activity for activity in history if activity.start_time < later.start_time]
        if not earlier:
            raise NoData("There is no earlier run of yours. " + HOW_TO_GET_DATA)
        return await self._about(runner, earlier, 0)

    async def _about(self, runner: Runner, history: Sequence[Activity], index: int) -> Answer:
        needed = [activity.id for activity in history[index : index + MEASURED_NOW]]
        measured = await self.library.measured(runner.user_id, runner.source, history, needed=needed)
        athlete = await self.athletes.resolve(runner)
        asked = next((metrics for metrics in measured if metrics.activity_id == history[index].id), None)
        if asked is None:
            raise NoData("This run has just been deleted. Ask again about another one.")
        return answers.about_run(analyse(asked, athlete, measured))

    async def _no_run_on(self, runner: Runner, sport: str | None, day: dt.date) -> Answer:
        latest = (await self._history(runner, sport))[0]
        book = FactBook((await self.athletes.resolve(runner)).profile.units)
        book.date("askedDate", day, Source(SourceKind.MESSAGE, "question"))
        book.date("date.latest", latest.local_date, Source(SourceKind.ACTIVITY, str(latest.id)))
        return answers.no_run_that_day(book)

    async def _comparison(self, runner: Runner) -> Answer:
        history = await self._history(runner, RUNNING)
        if len(history) < 2:
            raise NoData("A comparison takes more than one run. " + HOW_TO_GET_DATA)
        pair = history[:2]
        measured = await self._all_measured(runner, pair)
        if len(measured) < 2:
            raise NoData("One of these runs has just been deleted. Ask again.")
        athlete = await self.athletes.resolve(runner)
        return compare_runs(measured[0], measured[1], athlete)

    async def _next_run(self, runner: Runner, day: dt.date) -> Answer:
        history = await self._history(runner, RUNNING)
        recent = [a for a in history if a.local_date > days_before(day, ADVICE_DAYS)]
        recent = recent if len(recent) >= FEWEST_FOR_ADVICE else list(history[:FEWEST_FOR_ADVICE])
        needed = [activity.id for activity in recent[:MEASURED_FOR_ADVICE]]
        measured = await self.library.measured(runner.user_id, runner.source, recent, needed=needed)
        if not measured:
            raise NoData("These runs have just been deleted. Ask again.")
        athlete = await self.athletes.resolve(runner)
        readings = [read_run(metrics, athlete, measured) for metrics in measured]
        return answer_next_run(readings, athlete, day=day, today=runner.today)

    async def _all_measured(self, runner: Runner, activities: Sequence[Activity]) -> tuple[RunMetrics, ...]:
        needed = [activity.id for activity in activities]
        return await self.library.measured(runner.user_id, runner.source, activities, needed=needed)

    async def _history(
        self, runner: Runner, sport: str | None, *, last_day: dt.date | None = None
    ) -> Sequence[Activity]:
        """The newest activities of a sport, up to a day. Raises NoData when there is none at all."""
        found = await runner.source.newest(limit=HISTORY_RUNS, sport=sport, last_day=last_day)
        if found or last_day is not None:
            return found
        others = await runner.source.newest(limit=1) if sport is not None else ()
        if others:
            raise NoData(f"There is no {_noun(sport)} among your activities yet. {HOW_TO_GET_DATA}")
        raise NoData("There is nothing to analyse yet. " + HOW_TO_GET_DATA)


def _noun(sport: str | None) -> str:
    return "run" if sport == RUNNING else "such activity"
