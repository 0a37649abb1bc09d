"""What the rules said about made-up runs, for a model to word."""

from __future__ import annotations

import asyncio
import datetime as dt

from services.coach_agent.domain.chat.answers import Answer, about_run
from services.coach_agent.domain.chat.intent import Intent
from services.coach_agent.domain.chat.next_run_answer import answer_next_run
from services.coach_agent.domain.facts import Passage
from services.coach_agent.domain.reviews.analysis import analyse
from services.coach_agent.domain.reviews.comparison import compare_runs
from services.coach_agent.domain.runs.reading import read_run
from services.coach_agent.domain.wording.ground import Ground
from services.coach_agent.domain.wording.tools import Found
from tests.unit.coach_agent import runs

# A Friday; the run asked about is of the Thursday before.
TODAY = runs.TODAY
YESTERDAY = TODAY - dt.timedelta(days=1)


def drifting() -> Answer:
    """An easy run of 75 minutes whose heart rate goes from 140 to 158 while pace fades a little."""
    asked = runs.run(
        4500, lambda t: 3.0 - 0.00003 * t, lambda t: 138 + 0.0045 * t, day=YESTERDAY, ascent_m=55.0, temperature_c=18.0
    )
    return about_run(analyse(asked, runs.athlete(), [asked]))


def compared() -> Answer:
    """The latest run is faster at the same heart rate, shorter than the one before on Monday."""
    latest = runs.run(2700, 3.1, 142.0, day=YESTERDAY)
    earlier = runs.run(3000, 2.9, 142.0, day=TODAY - dt.timedelta(days=4))
    return compare_runs(latest, earlier, runs.athlete())


def advised() -> Answer:
    """What to run tomorrow after three runs this week."""
    days = [TODAY - dt.timedelta(days=n) for n in (1, 3, 5, 8, 10, 12)]
    history = [runs.run(2700, 2.9, 142.0, day=day) for day in days]
    readings = [read_run(metrics, runs.athlete(), history) for metrics in history]
    return answer_next_run(readings, runs.athlete(), day=TODAY + dt.timedelta(days=1), today=TODAY)


def ground(answer: Answer, *, is_latest: bool = True) -> Ground:
    primary = None if answer.subject is None else str(answer.subject)
    return Ground.of(answer.facts, answer.passage, TODAY, primary=primary, latest=primary if is_latest else None)


async def forever() -> None:
    """Whoever waits here stays until they are told to stop."""
    await asyncio.Event().wait()


async def nothing(_: Intent) -> Found:
    """A computation that brings nothing to light."""
    return Found((), Passage())
