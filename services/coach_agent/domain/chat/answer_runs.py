"""Answers about single runs: one analysed, two compared."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Athlete
from services.coach_agent.domain.chat import answers
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.inquiry import HOW_TO_GET_DATA, QUESTION, Inquiry
from services.coach_agent.domain.errors import NoData
from services.coach_agent.domain.facts import Source, SourceKind
from services.coach_agent.domain.models import RUNNING, Activity
from services.coach_agent.domain.reviews.analysis import Analysis, analyse
from services.coach_agent.domain.reviews.comparison import compare_runs
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.reading import read_run
from services.coach_agent.domain.runs.session_kind import SessionType

HISTORY_RUNS = 30
# The run asked about and enough before it to speak of a run before; older ones count where they are measured already.
MEASURED_NOW = 4

NONE_OF_KIND = {
    kind: f"I find no {name} to speak of among your latest runs, so this is of the latest, whatever their kind."
    for kind, name in {
        SessionType.LONG: "long run", SessionType.TEMPO: "tempo run", SessionType.INTERVALS: "interval session",
        SessionType.RACE: "race", SessionType.EASY: "easy run", SessionType.RECOVERY: "recovery run",
        SessionType.PROGRESSION: "progression run",
    }.items()
}  # fmt: skip
MORE_THAN_ONE = "You were out more than once that day; this is the last."


@dataclass(frozen=True, slots=True)
class RunAnswers:
    library: RunLibrary

    async def analysis(self, runner: Runner, activity_id: uuid.UUID, athlete: Athlete) -> Analysis:
        """The analysis of one activity of the runner's. Raises NotFound."""
        metrics = await self.library.one(runner.user_id, runner.source, activity_id)
        history = await self._history(runner, metrics.activity.sport, last_day=metrics.local_date)
        needed = [activity.id for activity in history[:MEASURED_NOW]]
        earlier = await self.library.measured(runner.user_id, runner.source, history, needed=needed)
        return analyse(metrics, athlete, earlier)

    async def last(self, inquiry: Inquiry) -> Answer:
        history = await self._history(inquiry.runner, inquiry.intent.sport)
        session = inquiry.intent.session
        if session is None:
            return await self._about(inquiry, history)
        of_kind = await self._of_kind(inquiry, history, session)
        if of_kind:
            return await self._about(inquiry, [one for one in history if one.start_time <= of_kind[0].start_time])
        return answers.with_note(await self._about(inquiry, history), NONE_OF_KIND[session])

    async def of_day(self, inquiry: Inquiry) -> Answer:
        day, sport = inquiry.intent.day, inquiry.intent.sport
        assert day is not None
        history = await self._history(inquiry.runner, sport, last_day=day)
        on_day = [activity for activity in history if activity.local_date == day]
        if not on_day:
            return await self._no_run_on(inquiry, day)
        answer = await self._about(inquiry, history)
        return answer if len(on_day) == 1 else answers.with_note(answer, MORE_THAN_ONE)

    async def earlier(self, inquiry: Inquiry) -> Answer:
        """The run before the one that the conversation is about."""
        return await self._about(inquiry, await self._before_subject(inquiry))

    async def compared(self, inquiry: Inquiry) -> Answer:
        """Two runs: of two days, of one day and the run before it, or the last two."""
        pair = await self._pair(inquiry)
        if pair is None:
            missing = inquiry.intent.other_day or inquiry.intent.day
            assert missing is not None
            return await self._no_run_on(inquiry, missing)
        measured = await self.library.measured(
            inquiry.runner.user_id, inquiry.runner.source, pair, needed=[activity.id for activity in pair]
        )
        if len(measured) < 2:
            raise NoData("One of these runs has just been deleted. Ask again.")
        answer = compare_runs(measured[0], measured[1], inquiry.athlete)
        session = inquiry.intent.session
        if session is None or await self._of_kind(inquiry, pair, session) == list(pair):
            return answer
        return answers.with_note(answer, NONE_OF_KIND[session])

    async def _pair(self, inquiry: Inquiry) -> Sequence[Activity] | None:
        """The later run and the earlier one; None where a day that is named has none."""
        intent, runner = inquiry.intent, inquiry.runner
        if intent.subject is not None and intent.other_day is None:
            earlier = await self._before_subject(inquiry)
            return [(await runner.source.detail(intent.subject)).activity, earlier[0]]
        history = await self._history(runner, intent.sport or RUNNING, last_day=intent.day)
        if intent.day is not None and (not history or history[0].local_date != intent.day):
            return None
        if intent.other_day is not None:
            others = await self._history(runner, intent.sport or RUNNING, last_day=intent.other_day)
            if not others or others[0].local_date != intent.other_day:
                return None
            return await self._in_order(inquiry, history, others[0])
        if intent.session is not None and len(of_kind := await self._of_kind(inquiry, history, intent.session)) > 1:
            return of_kind[:2]
        if len(history) < 2:
            raise NoData("A comparison takes more than one run. " + HOW_TO_GET_DATA)
        return history[:2]

    async def _of_kind(self, inquiry: Inquiry, history: Sequence[Activity], session: SessionType) -> list[Activity]:
        """Those of ``history`` that are measured and of this kind, newest first."""
        # All of them: of a run that is not measured nobody can say that it is not of the kind.
        needed = [activity.id for activity in history]
        measured = await self.library.measured(inquiry.runner.user_id, inquiry.runner.source, history, needed=needed)
        wanted = {session, SessionType.RECOVERY} if session is SessionType.EASY else {session}
        return [one.activity for one in measured if read_run(one, inquiry.athlete, measured).kind.type in wanted]

    async def _in_order(self, inquiry: Inquiry, history: Sequence[Activity], other: Activity) -> Sequence[Activity]:
        subject = inquiry.intent.subject
        first = history[0] if subject is None else (await inquiry.runner.source.detail(subject)).activity
        if first.id == other.id:
            raise NoData("These are one and the same run. Name two days on which you ran.")
        return sorted((first, other), key=lambda activity: activity.start_time, reverse=True)

    async def _before_subject(self, inquiry: Inquiry) -> Sequence[Activity]:
        """Newest first; at least one. Raises NoData."""
        subject = inquiry.intent.subject
        assert subject is not None
        later = (await inquiry.runner.source.detail(subject)).activity
        history = await self._history(inquiry.runner, later.sport, last_day=later.local_date)
        earlier = [activity for activity in history if activity.start_time < later.start_time]
        if not earlier:
            raise NoData("There is no earlier run of yours. " + HOW_TO_GET_DATA)
        return earlier

    async def _about(self, inquiry: Inquiry, history: Sequence[Activity]) -> Answer:
        """The analysis of the first of ``history``."""
        needed = [activity.id for activity in history[:MEASURED_NOW]]
        measured = await self.library.measured(inquiry.runner.user_id, inquiry.runner.source, history, needed=needed)
        asked: RunMetrics | None = next((one for one in measured if one.activity_id == history[0].id), None)
        if asked is None:
            raise NoData("This run has just been deleted. Ask again about another one.")
        return answers.about_run(analyse(asked, inquiry.athlete, measured))

    async def _no_run_on(self, inquiry: Inquiry, day: dt.date) -> Answer:
        latest = (await self._history(inquiry.runner, inquiry.intent.sport))[0]
        book = inquiry.book()
        book.date("askedDate", day, QUESTION)
        book.date("date.latest", latest.local_date, Source(SourceKind.ACTIVITY, str(latest.id)))
        return answers.no_run_that_day(book)

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
