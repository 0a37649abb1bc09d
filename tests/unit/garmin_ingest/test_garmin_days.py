"""Ranges of days against sets of days: every answer is checked day by day."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from services.garmin_ingest.domain.garmin.days import joined, latest_day, pieces, without
from services.garmin_ingest.domain.garmin.models import Days

DAY_ONE = dt.date(2024, 2, 20)


def _range(first: int, length: int) -> Days:
    return Days(DAY_ONE + dt.timedelta(days=first), DAY_ONE + dt.timedelta(days=first + length - 1))


RANGES = st.builds(_range, st.integers(0, 60), st.integers(1, 20))


def _days(*ranges: Days) -> list[dt.date]:
    return [
        each.first + dt.timedelta(days=number) for each in ranges for number in range((each.last - each.first).days + 1)
    ]


@given(st.lists(RANGES, max_size=6))
def test_joined_ranges_have_the_same_days_once_and_do_not_touch(ranges: list[Days]):
    found = joined(ranges)
    assert _days(*found) == sorted(set(_days(*ranges)))
    assert all((after.first - before.last).days > 1 for before, after in itertools.pairwise(found))


@given(RANGES, st.lists(RANGES, max_size=6))
def test_what_is_left_of_a_range_is_what_no_other_has(days: Days, others: list[Days]):
    assert _days(*without(days, others)) == sorted(set(_days(days)) - set(_days(*others)))


@given(st.lists(RANGES, max_size=4))
def test_pieces_come_newest_first_have_every_day_once_and_at_most_their_size(ranges: list[Days]):
    found = pieces(ranges, sizes=(3, 7))
    assert _days(*reversed(found)) == sorted(set(_days(*ranges)))
    assert all((piece.last - piece.first).days + 1 <= (7 if number else 3) for number, piece in enumerate(found))


def test_a_range_that_ends_before_it_begins_has_no_days():
    assert joined([Days(DAY_ONE, DAY_ONE - dt.timedelta(days=1))]) == []
    assert pieces([], sizes=(3,)) == []


def test_the_latest_day_is_that_of_the_line_islands():
    assert latest_day(dt.datetime(2026, 3, 1, 9, 59, tzinfo=dt.UTC)) == dt.date(2026, 3, 1)
    assert latest_day(dt.datetime(2026, 3, 1, 10, 0, tzinfo=dt.UTC)) == dt.date(2026, 3, 2)
