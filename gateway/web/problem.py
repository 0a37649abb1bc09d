"""An error as a runner meets it: the envelope's own words, the field it belongs to, and when to try again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import ServiceError
from shared.zones import zone

# Shorter waits are said in seconds, longer ones by the clock.
_BY_CLOCK_FROM_S = 120


@dataclass(frozen=True, slots=True)
class Problem:
    """``fields`` maps a form field to what is wrong with it; ``again`` says when a new try makes sense."""

    message: str
    request_id: str
    again: str
    fields: Mapping[str, str]

    @classmethod
    def of(cls, error: ServiceError, request_id: str, now: dt.datetime, zone_name: str) -> Problem:
        fields = {
            str(detail["field"]): str(detail["issue"])
            for detail in error.details
            if "field" in detail and "issue" in detail
        }
        return cls(error.message, request_id, _again(error.retry_after_s, now, zone_name), fields)


def _again(retry_after_s: float | None, now: dt.datetime, zone_name: str) -> str:
    if retry_after_s is None:
        return ""
    if retry_after_s < _BY_CLOCK_FROM_S:
        seconds = max(1, round(retry_after_s))
        return f"You can try again in {seconds} second{'' if seconds == 1 else 's'}."
    there = zone(zone_name)
    today, then = now.astimezone(there), (now + dt.timedelta(seconds=retry_after_s)).astimezone(there)
    # Midnight may come out as 23:59:59.x: a wait is said to the next full minute.
    then = (then + dt.timedelta(seconds=59)).replace(second=0, microsecond=0)
    day = (
        ""
        if then.date() == today.date()
        else " tomorrow"
        if (then.date() - today.date()).days == 1
        else f" on {then:%-d %B}"
    )
    if (then.hour, then.minute) == (0, 0) and day == " tomorrow":
        return "You can try again after midnight."
    return f"You can try again at {then:%H:%M}{day}."
