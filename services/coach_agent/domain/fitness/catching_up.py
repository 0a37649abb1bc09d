"""The newest activities, whether or not the event about them has arrived."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.coach_agent.domain.fitness.ports import HistoryStore, MeasuredAs
from services.coach_agent.domain.models import Activity
from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.runs.library import RunLibrary
from services.coach_agent.domain.runs.metrics import FORMULA_VERSION
from shared.errors import ServiceError

NEWEST = 30
# Measuring one takes some hundredths of a second; more than a handful at once are an import, which a worker measures.
MEASURED_NOW = 5
# The list is by time and the days are local: journeys across the date line put a day or so between the two orders.
_LATE_DAYS = 2


@dataclass(frozen=True, slots=True)
class News:
    """``unmeasured`` of the newest are not measured yet, ``gone`` are measured and deleted since.

    ``read`` is false where the newest could not be listed, so that what is measured already has to do.
    """

    read: bool
    unmeasured: int = 0
    gone: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class CatchingUp:
    store: HistoryStore
    library: RunLibrary

    async def catch_up(self, runner: Runner) -> News:
        """Measure the newest few that are not measured yet, and tell what is missing beyond them."""
        try:
            return await self._catch_up(runner)
        except ServiceError:
            return News(read=False)

    async def _catch_up(self, runner: Runner) -> News:
        listed = await runner.source.newest(limit=NEWEST)
        after = _complete_after(listed)
        measured = await self.store.measured_after(runner.user_id, after)
        waiting = [activity for activity in listed if _counts(activity, after) and not _is_current(activity, measured)]
        gone = frozenset(measured) - {activity.id for activity in listed}
        if gone:
            # An activity may have been imported and measured since the list was read.
            gone &= await self._still_gone(runner, measured)
        if not waiting or len(waiting) > MEASURED_NOW:
            return News(read=True, unmeasured=len(waiting), gone=gone)
        needed = [activity.id for activity in waiting]
        await self.library.measured(runner.user_id, runner.source, waiting, needed=needed)
        return News(read=True, gone=gone)

    async def _still_gone(self, runner: Runner, measured: Mapping[uuid.UUID, MeasuredAs]) -> frozenset[uuid.UUID]:
        listed = await runner.source.newest(limit=NEWEST)
        after = _complete_after(listed)
        known = {activity.id for activity in listed}
        return frozenset(
            activity_id
            for activity_id, one in measured.items()
            if activity_id not in known and (after is None or one.local_date > after)
        )


def _complete_after(listed: Sequence[Activity]) -> dt.date | None:
    """The day after which the list holds every activity there is; None where it holds all of them."""
    if len(listed) < NEWEST:
        return None
    return min(activity.local_date for activity in listed) + dt.timedelta(days=_LATE_DAYS)


def _counts(activity: Activity, after: dt.date | None) -> bool:
    return after is None or activity.local_date > after


def _is_current(activity: Activity, measured: Mapping[uuid.UUID, MeasuredAs]) -> bool:
    one = measured.get(activity.id)
    return one is not None and (one.activity_version, one.formula_version) == (activity.version, FORMULA_VERSION)
