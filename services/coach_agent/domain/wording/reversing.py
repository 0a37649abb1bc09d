"""Whether a comparison begins with the wrong side: the rules measure the run asked about against the other one."""

from __future__ import annotations

import calendar
import re

from services.coach_agent.domain.facts import Fact
from services.coach_agent.domain.wording.ground import Ground

_OTHER_FIRST = re.compile(
    r"^\W*(?:(?:the|your) )?(?:(?:run|one|session) before|former"
    r"|(?:previous|earlier|prior|other|older|former) (?:run|one|session))\b",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(rf"^\W*(?:on )?(?P<day>{'|'.join(calendar.day_name)}|yesterday)\b", re.IGNORECASE)


def is_reversed(before: str, facts: list[Fact], ground: Ground) -> bool:
    """``before`` is the clause up to the word that compares. Two figures of it speak for themselves."""
    if ground.primary is None or len({fact.source.id for fact in facts}) > 1:
        return False
    if _OTHER_FIRST.search(before):
        return True
    named, day = _DAY_FIRST.search(before), ground.days.get(ground.primary)
    if named is None or day is None:
        return False
    if named["day"].lower() == "yesterday":
        return (ground.today - day).days != 1
    return named["day"].lower() != calendar.day_name[day.weekday()].lower()
