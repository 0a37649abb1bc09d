"""Periods that people name: last week, in March, since June, the past thirty days, the week of 3 November."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from services.coach_agent.domain.chat.calendar_words import DOUBTFUL_MONTHS, MONTHS
from services.coach_agent.domain.chat.days import mentioned_days
from services.coach_agent.domain.chat.intent import Span

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_UNIT = "day|week|month|year"
_LONGEST_AGO = {"day": 36_500, "week": 5200, "month": 1200, "year": 100}

ALL_TIME = re.compile(
    r"\b(ever|in total|all time|all years|overall|lifetime|altogether|since (i|the) (started|start|beginning))\b"
)


def week_of(day: dt.date) -> Span:
    """Monday to Sunday."""
    monday = day - dt.timedelta(day.weekday())
    return Span(monday, monday + dt.timedelta(6))


def month_of(year: int, month: int) -> Span:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return Span(dt.date(year, month, 1), following - dt.timedelta(1))


def year_of(year: int) -> Span:
    return Span(dt.date(year, 1, 1), dt.date(year, 12, 31))


def months_back(day: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, or its last day where that month is shorter."""
    total = day.year * 12 + day.month - 1 - months
    span = month_of(total // 12, total % 12 + 1)
    return min(dt.date(span.first.year, span.first.month, 1) + dt.timedelta(day.day - 1), span.last)


def unit_of(unit: str, day: dt.date) -> Span:
    """The calendar week, month or year (or the day itself) that holds ``day``."""
    if unit == "week":
        return week_of(day)
    if unit == "month":
        return month_of(day.year, day.month)
    return year_of(day.year) if unit == "year" else Span(day, day)


def stepped_back(day: dt.date, unit: str, count: int) -> dt.date:
    """``count`` days, weeks, months or years before ``day``."""
    count = min(count, _LONGEST_AGO[unit])
    if unit in {"day", "week"}:
        return day - dt.timedelta(count * (7 if unit == "week" else 1))
    return months_back(day, count * (12 if unit == "year" else 1))


def before(span: Span) -> Span:
    """The period before one: the calendar unit before where it begins one, else as many days."""
    if span.days > 1:
        for unit in ("week", "month", "year"):
            whole = unit_of(unit, span.first)
            if whole.first == span.first and span.last <= whole.last:
                return unit_of(unit, span.first - dt.timedelta(1))
    return Span(span.first - dt.timedelta(span.days), span.first - dt.timedelta(1))


@dataclass(frozen=True, slots=True)
class PeriodMention:
    start: int
    end: int
    span: Span


def _relative(found: re.Match[str], today: dt.date) -> Span | None:
    which, unit = found[1], found[2]
    if which == "past":
        return Span(stepped_back(today, unit, 1) + dt.timedelta(1), today)
    whole = unit_of(unit, today)
    if which in {"this", "current", "my", "the"}:
        return whole
    return (
        unit_of(unit, whole.last + dt.timedelta(1)) if which == "next" else unit_of(unit, whole.first - dt.timedelta(1))
    )


def _before_last(found: re.Match[str], today: dt.date) -> Span | None:
    return unit_of(found[1], stepped_back(today, found[1], 2))


def _rolling(found: re.Match[str], today: dt.date) -> Span | None:
    return Span(stepped_back(today, found[2], int(found[1])) + dt.timedelta(1), today)


def _ago(found: re.Match[str], today: dt.date) -> Span | None:
    return unit_of(found[2], stepped_back(today, found[2], 1 if found[1] in {"a", "one"} else int(found[1])))


def _weekend(found: re.Match[str], today: dt.date) -> Span | None:
    saturday = week_of(today).first + dt.timedelta(5)
    if found[1] == "next":
        saturday += dt.timedelta(7)
    elif found[1] == "last" or (found[1] != "this" and saturday > today):
        saturday -= dt.timedelta(7)
    return Span(saturday, saturday + dt.timedelta(1))


def _season(found: re.Match[str], today: dt.date) -> Span | None:
    first_month = _SEASONS[found[2]]
    year = int(found[3]) if found[3] else today.year
    begins = dt.date(year, first_month, 1)
    if not found[3] and begins > today:
        begins = dt.date(year - 1, first_month, 1)
    ends = months_back(begins, -3) - dt.timedelta(1)
    if found[1] == "last" and not found[3] and ends >= today:
        return Span(months_back(begins, 12), months_back(begins, 9) - dt.timedelta(1))
    return Span(begins, ends)


def _month(found: re.Match[str], today: dt.date) -> Span | None:
    lead, name, year = found[1], found[2], found[3]
    if name in DOUBTFUL_MONTHS and not lead and not year and found.group() != found.string:
        return None
    number = MONTHS[name]
    if year:
        return month_of(int(year), number)
    span = month_of(today.year, number)
    span = span if span.first <= today else month_of(today.year - 1, number)
    return unit_of("month", months_back(span.first, 12)) if lead == "last" and span.last >= today else span


def _year(found: re.Match[str], _: dt.date) -> Span | None:
    return year_of(int(found[1]))


def _new_year(_: re.Match[str], today: dt.date) -> Span | None:
    return year_of(today.year)


def _quarter(found: re.Match[str], today: dt.date) -> Span | None:
    year = int(found[2]) if found[2] else today.year
    first = dt.date(year, 3 * int(found[1]) - 2, 1)
    return Span(first, months_back(first, -3) - dt.timedelta(1))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], Span | None]], ...] = (
    (re.compile(rf"\b({_UNIT}) before last\b"), _before_last),
    (re.compile(rf"\b(?:last|past|previous|recent|in|over the) (\d{{1,4}}) ({_UNIT})s?\b(?! ago)"), _rolling),
    (re.compile(r"\b(a|one|\d{1,4}) (week|month|year)s? ago\b"), _ago),
    (re.compile(r"\b(?:(this|last|next|past|the) )weekend\b"), _weekend),
    (re.compile(r"\b(this|current|last|previous|past|next) (week|month|year)s?\b"), _relative),
    (re.compile(r"\b(my|the) (week|month|year)(?= so far| to date|$)"), _relative),
    (re.compile(rf"\b(?:(last|this|in|the|since) )?(?:the )?({'|'.join(_SEASONS)})(?: (?:of )?(20\d\d))?\b"), _season),
    (re.compile(rf"\b(?:(in|of|for|last|this|since|during|from|and|vs|than|with|"
        rf"im) )?({_MONTH})\b(?! \d{{1,2}}\b)(?: (?:of )?(20\d\d|19\d\d))?"), _month),
    (re.compile(r"\b(?:the )?new years?(?: day)?\b"), _new_year),
    (re.compile(r"\bq([1-4])(?: (20\d\d))?\b"), _quarter),
    (re.compile(r"(?<![\d./-])(20\d\d|19[89]\d)(?![\d./-])"), _year),
)  # fmt: skip
_WEEK_OF = re.compile(r"\bweek (?:of|from|beginning|starting)(?: the)? $")
_SINCE = re.compile(r"\bsince(?: the)?(?: (?:start|beginning) of)? $")
_UNTIL = re.compile(r"^ ?(?:to|until|till|through|and|-|up to) (?:the )?$")
_MORE = re.compile(rf"\b(?:the )?(?:(\d{{1,4}}) )?({_UNIT})s? (?:before|prior|earlier)\b(?! last| yesterday)")


def mentioned_periods(text: str, today: dt.date, *, ahead: bool = False) -> tuple[PeriodMention, ...]:
    """The periods that lower-case ``text`` names, in its order; days to come are cut off unless looked ``ahead`` at."""
    found = _from_days(text, today)
    taken = [(mention.start, mention.end) for mention in mentioned_days(text, today)]
    taken += [(mention.start, mention.end) for mention in found]
    for pattern, read in _KINDS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            span = read(match, today)
            if span is not None:
                if _SINCE.search(text[: match.start()]) or match.group().startswith("since "):
                    span = Span(span.first, max(today, span.first))
                found.append(PeriodMention(match.start(), match.end(), span))
                taken.append((match.start(), match.end()))
    found.sort(key=lambda mention: mention.start)
    found = _told_apart(_with_earlier(text, found, taken))
    return tuple(found) if ahead else tuple(_past(found, today))


def _from_days(text: str, today: dt.date) -> list[PeriodMention]:
    """Periods made of days: the week of one, since one, from one to another."""
    days, found = mentioned_days(text, today), []
    for mention in days:
        lead = text[: mention.start]
        if week := _WEEK_OF.search(lead):
            found.append(PeriodMention(week.start(), mention.end, week_of(mention.day)))
        elif (since := _SINCE.search(lead)) and mention.day <= today:
            found.append(PeriodMention(since.start(), mention.end, Span(mention.day, today)))
    if (
        len(days) == 2
        and _UNTIL.match(text[days[0].end : days[1].start])
        and re.search(r"\b(between|from)\b|- |\bto\b|\buntil\b", text)
    ):
        first, last = sorted((days[0].day, days[1].day))
        found.append(PeriodMention(days[0].start, days[1].end, Span(first, last)))
    return found


def _with_earlier(text: str, found: list[PeriodMention], taken: list[tuple[int, int]]) -> list[PeriodMention]:
    """What "and the week before" adds: as long as its unit, straight before the period named first."""
    if not found:
        return found
    added = list(found)
    for match in _MORE.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        base = found[0].span
        count = int(match[1]) if match[1] else None
        last = base.first - dt.timedelta(1)
        span = unit_of(match[2], last) if count is None else Span(stepped_back(base.first, match[2], count), last)
        added.append(PeriodMention(match.start(), match.end(), span))
    return sorted(added, key=lambda mention: mention.start)


def _told_apart(found: list[PeriodMention]) -> list[PeriodMention]:
    """Of "this October and last October" the second is that of the year before."""
    apart: list[PeriodMention] = []
    for mention in found:
        span = mention.span
        if any(other.span.first == span.first for other in apart) and unit_of("month", span.first) == span:
            span = unit_of("month", months_back(span.first, 12))
        apart.append(PeriodMention(mention.start, mention.end, span))
    return apart


def _past(found: list[PeriodMention], today: dt.date) -> list[PeriodMention]:
    return [
        PeriodMention(mention.start, mention.end, Span(mention.span.first, min(mention.span.last, today)))
        for mention in found
        if mention.span.first <= today
    ]
