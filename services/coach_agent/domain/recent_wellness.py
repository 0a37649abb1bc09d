"""The last weeks of wellness days, for whoever reads something from them."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, replace

from services.coach_agent.domain.runner import Runner
from services.coach_agent.domain.wellness import WellnessDay
from shared.errors import ServiceError

# What is usual for a runner is read from 60 days; a week more gives the first of them a mean of their own.
WELLNESS_DAYS = 67
# Several parts of one answer read the same days. Longer than a minute, and a night that has just been synced is missed.
_FRESH_S = 60.0
_CACHED_RUNNERS = 512


@dataclass(frozen=True, slots=True)
class Nights:
    """Wellness days, oldest first; ``read`` is false where they could not be had, which is not the same as none."""

    days: tuple[WellnessDay, ...]
    read: bool = True


NO_NIGHTS = Nights(())


class RecentWellness:
    """The days are read once a minute a runner; while they cannot be read, the last ones known stand in."""

    def __init__(self) -> None:
        self._cached: OrderedDict[uuid.UUID, tuple[dt.date, float, Nights]] = OrderedDict()

    async def of(self, runner: Runner) -> Nights:
        """The days up to the runner's today. An importer that is away is no error, but ``read`` says so."""
        day, at, known = self._cached.get(runner.user_id, (None, 0.0, Nights((), read=False)))
        if day == runner.today and time.monotonic() - at < _FRESH_S:
            return known
        first = runner.today - dt.timedelta(days=WELLNESS_DAYS - 1)
        try:
            nights = Nights(tuple(await runner.wellness.days(first, runner.today)))
        except ServiceError:
            return known if day == runner.today else replace(known, read=False)
        self._cached[runner.user_id] = (runner.today, time.monotonic(), nights)
        self._cached.move_to_end(runner.user_id)
        if len(self._cached) > _CACHED_RUNNERS:
            self._cached.popitem(last=False)
        return nights
