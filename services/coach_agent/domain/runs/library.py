"""The runs of one runner with their metrics: kept ones where they are current, measured on demand where not."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.coach_agent.domain.models import Activity
from services.coach_agent.domain.ports import ActivitySource, RunMetricsStore
from services.coach_agent.domain.runs.metrics import RunMetrics, measure_run
from shared.errors import NotFound

# Recordings fetched side by side: enough to hide the way there, few enough to leave the importer in peace.
_SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True)
class RunLibrary:
    """Works on what ``source`` lists: an activity that was deleted there is never seen here."""

    metrics: RunMetricsStore

    async def measured(
        self,
        user_id: uuid.UUID,
        source: ActivitySource,
        activities: Sequence[Activity],
        *,
        needed: Collection[uuid.UUID],
    ) -> tuple[RunMetrics, ...]:
        """Metrics of ``activities`` in their order: of all ``needed``, and of the others where they are at hand."""
        kept = await self.metrics.load(user_id, [activity.id for activity in activities])
        current = {a.id: kept[a.id] for a in activities if a.id in kept and kept[a.id].is_current(a)}
        missing = [activity.id for activity in activities if activity.id in needed and activity.id not in current]
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def catch_up(activity_id: uuid.UUID) -> None:
            async with gate:
                measured = await self._measured_now(user_id, source, activity_id)
            if measured is not None:
                current[activity_id] = measured

        try:
            async with asyncio.TaskGroup() as tasks:
                for activity_id in missing:
                    tasks.create_task(catch_up(activity_id))
        except BaseExceptionGroup as group:
            # The others were cancelled with the first; whoever asked has use for one reason only.
            raise group.exceptions[0] from None
        return tuple(dataclasses.replace(current[a.id], activity=a) for a in activities if a.id in current)

    async def one(self, user_id: uuid.UUID, source: ActivitySource, activity_id: uuid.UUID) -> RunMetrics:
        """Metrics of one activity. Raises NotFound."""
        detail = await source.detail(activity_id)
        kept = (await self.metrics.load(user_id, [activity_id])).get(activity_id)
        if kept is not None and kept.is_current(detail.activity):
            return dataclasses.replace(kept, activity=detail.activity)
        measured = await self.measure(user_id, source, activity_id)
        return dataclasses.replace(measured, activity=detail.activity)

    async def measure(self, user_id: uuid.UUID, source: ActivitySource, activity_id: uuid.UUID) -> RunMetrics:
        """Fetch, measure and keep one activity. Raises NotFound."""
        detail, streams = await asyncio.gather(source.detail(activity_id), source.streams(activity_id))
        metrics = await asyncio.to_thread(measure_run, detail, streams)
        await self.metrics.keep(user_id, metrics)
        return metrics

    async def _measured_now(
        self, user_id: uuid.UUID, source: ActivitySource, activity_id: uuid.UUID
    ) -> RunMetrics | None:
        """None for an activity deleted since it was listed."""
        try:
            return await self.measure(user_id, source, activity_id)
        except NotFound:
            return None
