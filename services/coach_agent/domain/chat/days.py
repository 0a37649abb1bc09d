"""Days that people name: yesterday, on Monday, 18 November, 18/11/2026, in three days."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from services.coach_agent.domain.chat.calendar_words import MONTHS, SHORT_WEEKDAYS, WEEKDAYS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(WEEKDAYS)
_SHORT = "|".join(SHORT_WEEKDAYS)
FARTHEST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class Mention:
    """A day and where in the text it is named."""

    start: int
    end: int
    day: dt.date


@dataclass(frozen=True, slots=True)
class _Seen:
    """From where a day is looked at; ``forward`` says that days without a year or week are those to come."""

    today: dt.date
    forward: bool


def _iso(found: re.Match[str], _: _Seen) -> dt.date | None:
    return _date(int(found[1]), int(found[2]), int(found[3]))


def _figures(found: re.Match[str], seen: _Seen) -> dt.date | None:
    """Day before month, as most of the world writes it, unless only the other order is a date."""
    day, month, year = int(found[1]), int(found[2]), found[3]
    if month > 12 >= day:
        day, month = month, day
    return _dated(seen, month, day, None if not year else int(year) + (2000 if len(year) == 2 else 0))


def _day_month(found: re.Match[str], seen: _Seen) -> dt.date | None:
    return _dated(seen, MONTHS[found[2]], int(found[1]), None if not found[3] else int(found[3]))


def _month_day(found: re.Match[str], seen: _Seen) -> dt.date | None:
    return _dated(seen, MONTHS[found[1]], int(found[2]), None if not found[3] else int(found[3]))


def _shifted(days: int) -> Callable[[re.Match[str], _Seen], dt.date | None]:
    return lambda _, seen: seen.today + dt.timedelta(days)


def _ago(found: re.Match[str], seen: _Seen) -> dt.date | None:
    return seen.today - dt.timedelta(min(int(found[1]), 36_500))


def _ahead(found: re.Match[str], seen: _Seen) -> dt.date | None:
    return seen.today + dt.timedelta(min(int(found[1]), 3650))


def _weekday(found: re.Match[str], seen: _Seen) -> dt.date | None:
    which, name = found[1] or "", found[2]
    wanted = WEEKDAYS.index(name) if name in WEEKDAYS else SHORT_WEEKDAYS[name]
    if seen.forward and which not in {"last", "past", "previous"}:
        ahead = (wanted - seen.today.weekday()) % 7
        return seen.today + dt.timedelta(ahead or (7 if which in {"next", "coming"} else 0))
    back = (seen.today.weekday() - wanted) % 7
    return seen.today - dt.timedelta(back or (7 if which in {"last", "past", "previous"} else 0))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Seen], dt.date | None]], ...] = (
    (re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"), _iso),
    (re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})\b"), _figures),
    (re.compile(r"\b(\d{1,2})\.(\d{1,2})\.()(?!\d)"), _figures),
    (re.compile(r"\b(?:on|of|from|for|the|since|run|to) (\d{1,2})[./](\d{1,2})()(?![\d./:]| ?(?:km|miles))"), _figures),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.?(?: of| de)? ({_MONTH})\b(?:,? (?:de )?(\d{{4}})\b)?"), _day_month),
    (re.compile(rf"\b({_MONTH}) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,? (\d{{4}})\b)?"), _month_day),
    (re.compile(r"\bday before yesterday\b"), _shifted(-2)),
    (re.compile(r"\bday after tomorrow\b"), _shifted(2)),
    (re.compile(r"\b(?:yesterdays?|last night)\b"), _shifted(-1)),
    (re.compile(r"\b(?:todays?|tonight|this (?:morning|afternoon|evening))\b"), _shifted(0)),
    (re.compile(r"\btomorrows?\b"), _shifted(1)),
    (re.compile(r"\b(\d{1,5}) days? (?:ago|back)\b"), _ago),
    (re.compile(r"\bin (\d{1,4}) days?\b"), _ahead),
    (re.compile(rf"\b(?:(last|past|previous|next|coming|this) )?({_WEEKDAY})s?\b"), _weekday),
    (re.compile(rf"\b(?:on )?(last|past|next|this|on) ({_SHORT})\b"), _weekday),
    (re.compile(r"^()(mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)$"), _weekday),
)  # fmt: skip
_ENDS_IN_WEEKDAY = re.compile(rf"\b({_WEEKDAY}|{_SHORT})s?$")
_BETWEEN = re.compile(r"\.?,? ?(?:the )?")
_BEFORE = re.compile(r"^ (?:before(?! yesterday)|prior|earlier)\b")


def mentioned_days(text: str, today: dt.date, *, forward: bool = False) -> tuple[Mention, ...]:
    """The days that lower-case ``text`` names, in its order.

    A weekday is its latest occurrence, today included, or with ``forward`` its next; so is a day without a year.
    """
    seen = _Seen(today, forward)
    found: list[Mention] = []
    for pattern, read in _KINDS:
        for match in pattern.finditer(text):
            if any(other.start < match.end() and match.start() < other.end for other in found):
                continue
            day = read(match, seen)
            if day is not None:
                found.append(Mention(match.start(), match.end(), day))
    found.sort(key=lambda mention: mention.start)
    return tuple(_weeks_apart(text, _dates_beside_weekdays(text, found)))


def _dates_beside_weekdays(text: str, found: list[Mention]) -> list[Mention]:
    """Of "Saturday, 5 December" the date alone: the weekday before it names no other day."""
    return [
        mention
        for mention, following in itertools.zip_longest(found, found[1:])
        if following is None
        or _ENDS_IN_WEEKDAY.search(text[mention.start : mention.end]) is None
        or _ENDS_IN_WEEKDAY.search(text[following.start : following.end])
        or _BETWEEN.fullmatch(text[mention.end : following.start]) is None
    ]


def _weeks_apart(text: str, found: list[Mention]) -> list[Mention]:
    """Of "Sunday and the Sunday before" the second is a week before the first."""
    moved: list[Mention] = []
    for mention in found:
        same = moved and moved[-1].day == mention.day
        early = _BEFORE.match(text[mention.end :])
        day = mention.day - dt.timedelta(7) if early and same else mention.day
        moved.append(Mention(mention.start, mention.end, day))
    return moved


def _dated(seen: _Seen, month: int, day: int, year: int | None) -> dt.date | None:
    """A day of the calendar; without a year the nearest one on the side that is looked at."""
    if year is not None:
        return _date(year, month, day)
    this_year = _date(seen.today.year, month, day)
    if this_year is None:
        return _date(seen.today.year + (1 if seen.forward else -1), month, day)
    if seen.forward:
        return this_year if this_year >= seen.today else _date(seen.today.year + 1, month, day)
    return this_year if this_year <= seen.today else _date(seen.today.year - 1, month, day)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if year <= FARTHEST_YEAR else None
    except ValueError:
        return None
