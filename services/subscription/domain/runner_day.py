"""The day a runner lives in, by the clock on their wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.zones import zone


@dataclass(frozen=True, slots=True)
class RunnerDay:
    """``ends_at`` is the first instant of the next day, in UTC: 23 to 25 hours after the first of this one."""

    local_date: date
    ends_at: datetime


def runner_day(now: datetime, zone_name: str) -> RunnerDay:
    """The day that ``now`` belongs to in the IANA zone ``zone_name``; UTC where that is not known."""
    local_zone = zone(zone_name)
    today = now.astimezone(local_zone).date()
    # A midnight that the clocks skip becomes the moment they jump; one that they show twice is the first that is ahead.
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=local_zone)
    first, second = (midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return RunnerDay(today, first if first > now else second)
