"""One message as the rules see it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from services.coach_agent.domain.chat.days import mentioned_days
from services.coach_agent.domain.chat.intent import Span, Thread
from services.coach_agent.domain.chat.periods import mentioned_periods
from services.coach_agent.domain.chat.words import mended, plain

SPORTS = {
    "ride": "cycling", "rides": "cycling", "rode": "cycling", "cycling": "cycling", "cycle": "cycling",
    "cycled": "cycling", "bike": "cycling", "biking": "cycling", "swim": "swimming", "swims": "swimming",
    "swam": "swimming", "swimming": "swimming", "walk": "walking", "walks": "walking", "walked": "walking",
    "hike": "hiking", "hikes": "hiking", "hiked": "hiking", "hiking": "hiking",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """``raw`` is the message in plain lower-case words, ``text`` the same with one spelling for each word."""

    raw: str
    text: str
    words: frozenset[str]
    today: dt.date
    thread: Thread

    @classmethod
    def of(cls, message: str, today: dt.date, thread: Thread) -> Question:
        raw = plain(message)
        text = mended(raw)
        return cls(raw, text, frozenset(text.split()), today, thread)

    def has(self, *words: str) -> bool:
        """Whether any of the words stands in the question."""
        return not self.words.isdisjoint(words)

    def says(self, pattern: str) -> bool:
        """Whether the mended text holds the pattern, between word borders."""
        return _compiled(pattern).search(self.text) is not None

    def says_only(self, pattern: str) -> bool:
        """Whether nothing is left of the mended text without the pattern."""
        return not _compiled(pattern).sub("", self.text).strip()

    @property
    def length(self) -> int:
        return self.text.count(" ") + 1

    @property
    def day(self) -> dt.date | None:
        """The first day named, past or present."""
        days = self.days
        return days[0] if days else None

    @property
    def days(self) -> tuple[dt.date, ...]:
        days = (mention.day for mention in mentioned_days(self.text, self.today))
        return tuple(day for day in days if day <= self.today)

    @property
    def coming_day(self) -> dt.date | None:
        """The first day named, present or to come."""
        days = self.coming_days
        return days[0] if days else None

    @property
    def coming_days(self) -> tuple[dt.date, ...]:
        days = (mention.day for mention in mentioned_days(self.text, self.today, forward=True))
        return tuple(day for day in days if day >= self.today)

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(mention.span for mention in mentioned_periods(self.text, self.today))

    @property
    def span(self) -> Span | None:
        """The first period named, else the one day named."""
        spans = self.spans
        if spans:
            return spans[0]
        day = self.day
        return None if day is None else Span(day, day)

    @property
    def coming_span(self) -> Span | None:
        mentions = mentioned_periods(self.text, self.today, ahead=True)
        return mentions[0].span if mentions else None

    @property
    def sport(self) -> str | None:
        """Another sport that is named; None for running."""
        return next((SPORTS[word] for word in self.text.split() if word in SPORTS), None)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")
