"""Days that people name: yesterday, on Monday, 18 November, 2026-11-18."""

from __future__ import annotations

import datetime as dt
import re

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)

_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})?(?!\d)")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(MONTHS)})(?: (\d{{4}}))?\b")
_MONTH_DAY = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b")
_AGO = re.compile(r"\b(\d{1,3}) days? ago\b")
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b")


def named_day(text: str, today: dt.date) -> dt.date | None:
    """The past or present day that lower-case ``text`` names, seen from ``today``; None without one.

    A weekday is its latest occurrence, today included; a day without a year is the latest one not after today.
    """
    if "day before yesterday" in text:
        return today - dt.timedelta(days=2)
    if re.search(r"\b(yesterdays?|last night)\b", text):
        return today - dt.timedelta(days=1)
    if re.search(r"\b(todays?|this (morning|afternoon|evening)|tonight)\b", text):
        return today
    if ago := _AGO.search(text):
        return today - dt.timedelta(days=int(ago[1]))
    if weekday := _WEEKDAY.search(text):
        return today - dt.timedelta(days=(today.weekday() - WEEKDAYS.index(weekday[1])) % 7)
    return _calendar_day(text, today)


def _calendar_day(text: str, today: dt.date) -> dt.date | None:
    if iso := _ISO.search(text):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if dotted := _DOTTED.search(text):
        return _latest(int(dotted[2]), int(dotted[1]), dotted[3], today)
    if named := _DAY_MONTH.search(text):
        return _latest(MONTHS.index(named[2]) + 1, int(named[1]), named[3], today)
    if named := _MONTH_DAY.search(text):
        return _latest(MONTHS.index(named[1]) + 1, int(named[2]), named[3], today)
    return None


def _latest(month: int, day: int, year: str | None, today: dt.date) -> dt.date | None:
    if year:
        return _date(int(year), month, day)
    this_year = _date(today.year, month, day)
    return this_year if this_year is not None and this_year <= today else _date(today.year - 1, month, day)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
