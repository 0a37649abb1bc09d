from __future__ import annotations

import datetime as dt

import pytest

from gateway.web.moments import Moments
from shared.zones import known_zones

# Friday, 07:00 in Berlin.
NOW = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
BERLIN = Moments(NOW, "Europe/Berlin")


def later(**difference: float) -> dt.datetime:
    return NOW + dt.timedelta(**difference)


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ({"seconds": 5}, "just now"),
        ({"seconds": -59}, "just now"),
        ({"minutes": -12}, "12 min ago"),
        ({"minutes": -60}, "1 hour ago"),
        ({"hours": -23, "minutes": -59}, "23 hours ago"),
        ({"hours": -24}, "1 day ago"),
        ({"days": -40}, "40 days ago"),
    ],
)
def test_the_past_is_told_by_how_long_ago_it_was(difference, words):
    assert BERLIN.ago(later(**difference)) == words


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ({"seconds": 0}, ""),
        ({"days": -1}, ""),
        ({"seconds": 20}, "1 min"),
        ({"minutes": 59}, "59 min"),
        ({"hours": 1}, "1 hour"),
        ({"hours": 47}, "47 hours"),
        ({"hours": 71}, "2 days"),
    ],
)
def test_what_is_left_is_counted_down(difference, words):
    assert BERLIN.left(later(**difference)) == words


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ({"hours": 7, "minutes": 5}, "14:05"),
        ({"hours": 17}, "00:00 tomorrow"),
        ({"hours": -8}, "23:00 yesterday"),
        ({"days": 4}, "24 November, 07:00"),
        ({"days": 60}, "19 January 2027, 07:00"),
    ],
)
def test_a_time_is_on_the_clock_of_the_runner(difference, words):
    assert "Europe/Berlin" in known_zones()
    assert BERLIN.at(later(**difference)) == words


def test_today_is_the_runners():
    assert Moments(NOW, "Pacific/Honolulu").today == dt.date(2026, 11, 19)
