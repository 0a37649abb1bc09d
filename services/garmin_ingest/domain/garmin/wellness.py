"""Reading the runner's days: sleep, heart-rate variability, resting heart rate, weight."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.garmin_ingest.domain.garmin.days import latest_day
from services.garmin_ingest.domain.garmin.models import Days, StoredDay
from services.garmin_ingest.domain.garmin.ports import WellnessStore
from shared.clock import Clock
from shared.errors import ValidationFailed
from shared.zones import zone as zone_called

_USUAL = dt.timedelta(days=27)
_LONGEST = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class WellnessPage:
    """``has_more`` says that another page follows the last item."""

    items: Sequence[StoredDay]
    has_more: bool


@dataclass(frozen=True, slots=True)
class ShowWellness:
    store: WellnessStore
    clock: Clock

    async def page(
        self,
        user_id: uuid.UUID,
        *,
        first: dt.date | None,
        last: dt.date | None,
        limit: int,
        after: dt.date | None,
        zone: str | None,
    ) -> WellnessPage:
        """Oldest first; the last four weeks where no day is named. ``zone`` tells today, None the latest it can be.

        Raises ValidationFailed.
        """
        days = self._days(first, last, zone)
        found = await self.store.page(user_id, days, limit=limit + 1, after=after)
        return WellnessPage(found[:limit], len(found) > limit)

    def _days(self, first: dt.date | None, last: dt.date | None, zone: str | None) -> Days:
        now = self.clock.now()
        today = latest_day(now) if zone is None else now.astimezone(zone_called(zone)).date()
        end = last or max(today, first or today)
        days = Days(end - _USUAL if first is None else first, end)
        if days.last < days.first:
            raise ValidationFailed.of_field("to", "is before 'from'")
        if days.last - days.first > _LONGEST:
            raise ValidationFailed.of_field("from", "is more than 366 days before 'to'; ask for them in several calls")
        return days
