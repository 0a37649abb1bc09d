"""Moments as a runner says them: on the clock of the runner's zone, or by how far away they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from shared.zones import zone

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Moments:
    """``now`` has a zone; ``zone_name`` is the runner's."""

    now: dt.datetime
    zone_name: str

    def ago(self, then: dt.datetime) -> str:
        """How long since ``then``; what lies a little ahead is a clock that differs, and now."""
        seconds = (self.now - then).total_seconds()
        if seconds < _MINUTE_S:
            return "just now"
        if seconds < _HOUR_S:
            return f"{seconds // _MINUTE_S:.0f} min ago"
        if seconds < _DAY_S:
            return f"{_counted(int(seconds // _HOUR_S), 'hour')} ago"
        return f"{_counted(int(seconds // _DAY_S), 'day')} ago"

    def left(self, then: dt.datetime) -> str:
        """How long until ``then``, rounded down; empty when it is over."""
        seconds = (then - self.now).total_seconds()
        if seconds <= 0:
            return ""
        if seconds < _HOUR_S:
            return f"{max(1, int(seconds // _MINUTE_S))} min"
        if seconds < 2 * _DAY_S:
            return _counted(int(seconds // _HOUR_S), "hour")
        return _counted(int(seconds // _DAY_S), "day")

    def at(self, then: dt.datetime) -> str:
        """The time of ``then`` to the minute, with its day where that is not today."""
        local, today = self._local(then), self._local(self.now).date()
        days = (local.date() - today).days
        if days == 0:
            return f"{local:%H:%M}"
        if days in {-1, 1}:
            return f"{local:%H:%M} {'tomorrow' if days == 1 else 'yesterday'}"
        return f"{self.day(local.date())}, {local:%H:%M}"

    def day(self, date: dt.date) -> str:
        """A date, with its year where that is not this one."""
        return f"{date:%-d %B}" if date.year == self.today.year else f"{date:%-d %B %Y}"

    def short_day(self, date: dt.date) -> str:
        """The same where there is little room, as in a table."""
        return f"{date:%-d %b}" if date.year == self.today.year else f"{date:%-d %b %Y}"

    def day_of(self, then: dt.datetime) -> str:
        return self.day(self._local(then).date())

    @property
    def today(self) -> dt.date:
        return self._local(self.now).date()

    def _local(self, then: dt.datetime) -> dt.datetime:
        return then.astimezone(zone(self.zone_name))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
