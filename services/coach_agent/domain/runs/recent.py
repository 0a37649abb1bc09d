"""The last weeks of a runner, read in the light of who they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.coach_agent.domain.athletes import Athletes
from services.coach_agent.domain.models import RUNNING
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.domain.runs.reading import Reading, read_run

DAYS = 28
_FEWEST = 3
_MOST_LISTED = 30
# Enough to judge the last two weeks of somebody who runs daily; older runs count where they are measured already.
_MEASURED_NOW = 10


@dataclass(frozen=True, slots=True)
class RecentRuns:
    athletes: Athletes
    library: RunLibrary

    async def readings(self, runner: Runner, day: dt.date) -> tuple[Reading, ...]:
        """The runs of the 28 days up to ``day``, newest first; where these are under three, the last three.

        Empty for a runner without runs.
        """
        listed = await runner.source.newest(limit=_MOST_LISTED, sport=RUNNING, last_day=day)
        recent = [activity for activity in listed if activity.local_date > day - dt.timedelta(days=DAYS)]
        recent = recent if len(recent) >= _FEWEST else list(listed[:_FEWEST])
        needed = [activity.id for activity in recent[:_MEASURED_NOW]]
        measured = await self.library.measured(runner.user_id, runner.source, recent, needed=needed)
        athlete = await self.athletes.resolve(runner)
        return tuple(read_run(metrics, athlete, measured) for metrics in measured)
