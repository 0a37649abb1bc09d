"""Days and periods against the calendar of 2026, where 20 November is a Friday."""

import datetime as dt

import pytest

from services.coach_agent.domain.chat.days import mentioned_days
from services.coach_agent.domain.chat.intent import Span
from services.coach_agent.domain.chat.periods import before, mentioned_periods
from tests.unit.coach_agent.chat.naming import named_day, named_period

TODAY = dt.date(2026, 11, 20)


def span(first: str, last: str) -> Span:
    return Span(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("yesterday", "2026-11-19"),
        ("the day before yesterday", "2026-11-18"),
        ("on friday", "2026-11-20"),
        ("last friday", "2026-11-13"),
        ("on saturday", "2026-11-14"),
        ("2026-03-01", "2026-03-01"),
        ("18.11.2026", "2026-11-18"),
        ("on 18/11", "2026-11-18"),
        ("18/11/2026", "2026-11-18"),
        ("11/18/2026", "2026-11-18"),
        ("3 nov", "2026-11-03"),
        ("24 december", "2025-12-24"),
        ("december 24th", "2025-12-24"),
        ("18. märz 2026", "2026-03-18"),
        ("le 18 mars 2026", "2026-03-18"),
        ("18 de marzo de 2026", "2026-03-18"),
        ("1 settembre", "2026-09-01"),
        ("5 days ago", "2026-11-15"),
    ],
)
def test_a_day_that_is_past(text, day):
    assert str(named_day(text, TODAY)) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-11-21"),
        ("on friday", "2026-11-20"),
        ("next friday", "2026-11-27"),
        ("on tuesday", "2026-11-24"),
        ("12 april", "2027-04-12"),
        ("in 3 days", "2026-11-23"),
        ("the day after tomorrow", "2026-11-22"),
        ("29 february", "2027-02-29"),
        ("on saturday 5 december", "2026-12-05"),
        ("on saturday, the 5th of december", "2026-12-05"),
        ("sat 5 dec", "2026-12-05"),
    ],
)
def test_a_day_to_come(text, day):
    found = named_day(text, TODAY, forward=True)
    assert (None if found is None else str(found)) == (None if day == "2027-02-29" else day)


@pytest.mark.parametrize("text", ["2026-02-30", "31 february", "99.99.2026", "nothing", "80/20", "5.30 pace", "may be"])
def test_what_is_no_day(text):
    assert named_day(text, TODAY) is None


def test_the_sunday_before_is_a_week_earlier():
    days = [mention.day for mention in mentioned_days("sunday and the sunday before", TODAY)]
    assert days == [dt.date(2026, 11, 15), dt.date(2026, 11, 8)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("this week", span("2026-11-16", "2026-11-20")),
        ("last week", span("2026-11-09", "2026-11-15")),
        ("past week", span("2026-11-14", "2026-11-20")),
        ("the week before last", span("2026-11-02", "2026-11-08")),
        ("last month", span("2026-10-01", "2026-10-31")),
        ("this year", span("2026-01-01", "2026-11-20")),
        ("in 2025", span("2025-01-01", "2025-12-31")),
        ("in march", span("2026-03-01", "2026-03-31")),
        ("in december", span("2025-12-01", "2025-12-31")),
        ("march 2025", span("2025-03-01", "2025-03-31")),
        ("since june", span("2026-06-01", "2026-11-20")),
        ("since 2026-06-15", span("2026-06-15", "2026-11-20")),
        ("last 30 days", span("2026-10-22", "2026-11-20")),
        ("past 3 months", span("2026-08-21", "2026-11-20")),
        ("last 2 weeks", span("2026-11-07", "2026-11-20")),
        ("the week of 3 nov", span("2026-11-02", "2026-11-08")),
        ("last summer", span("2026-06-01", "2026-08-31")),
        ("last winter", span("2025-12-01", "2026-02-28")),
        ("last weekend", span("2026-11-14", "2026-11-15")),
        ("2 weeks ago", span("2026-11-02", "2026-11-08")),
        ("between 1 october and 15 october", span("2026-10-01", "2026-10-15")),
        ("from 2026-10-05 to 2026-10-11", span("2026-10-05", "2026-10-11")),
        ("q1 2026", span("2026-01-01", "2026-03-31")),
        ("since new year", span("2026-01-01", "2026-11-20")),
        ("im oktober", span("2026-10-01", "2026-10-31")),
    ],
)
def test_a_period(text, expected):
    assert named_period(text, TODAY) == expected


@pytest.mark.parametrize("text", ["", "i may run", "march on", "a marathon in 3:30", "in 20 minutes", "next week"])
def test_what_is_no_period_of_the_past(text):
    assert named_period(text, TODAY) is None


def test_a_period_to_come_only_where_it_is_looked_ahead_at():
    assert named_period("next week", TODAY, ahead=True) == span("2026-11-23", "2026-11-29")


def test_the_same_month_twice_is_that_of_the_year_before():
    found = [mention.span for mention in mentioned_periods("this october and last october", TODAY)]
    assert found == [span("2026-10-01", "2026-10-31"), span("2025-10-01", "2025-10-31")]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (span("2026-11-16", "2026-11-20"), span("2026-11-09", "2026-11-15")),
        (span("2026-11-01", "2026-11-20"), span("2026-10-01", "2026-10-31")),
        (span("2026-01-01", "2026-11-20"), span("2025-01-01", "2025-12-31")),
        (span("2026-10-22", "2026-11-20"), span("2026-09-22", "2026-10-21")),
        (span("2026-11-16", "2026-11-16"), span("2026-11-15", "2026-11-15")),
    ],
)
def test_the_period_before(now, then):
    assert before(now) == then
