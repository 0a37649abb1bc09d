"""The first of the days or periods that a text names."""

from __future__ import annotations

import datetime as dt

from services.coach_agent.domain.chat.days import mentioned_days
from services.coach_agent.domain.chat.periods import Span, mentioned_periods


def named_day(text: str, today: dt.date, *, forward: bool = False) -> dt.date | None:
    return next((mention.day for mention in mentioned_days(text, today, forward=forward)), None)


def named_period(text: str, today: dt.date, *, ahead: bool = False) -> Span | None:
    return next((mention.span for mention in mentioned_periods(text, today, ahead=ahead)), None)
