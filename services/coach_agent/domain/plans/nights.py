"""When a plan is looked at by itself: in the night of its runner."""

from __future__ import annotations

import datetime as dt

from shared.zones import zone

# After the nights of those who train late have been synced, before anybody is up.
_HOUR = dt.time(3)


def next_night(zone_name: str, now: dt.datetime) -> dt.datetime:
    """The next three o'clock in the zone, in UTC; on a day without that hour, when it would have been."""
    local = zone(zone_name)
    here = now.astimezone(local)
    days = 0 if here.time() < _HOUR else 1
    return dt.datetime.combine(here.date() + dt.timedelta(days=days), _HOUR, local).astimezone(dt.UTC)
