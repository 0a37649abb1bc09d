from __future__ import annotations

import pytest

from gateway.web import measures as say
from gateway.web.measures import Measures

KM, MILES = Measures(), Measures(miles=True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (271, "4:31"), (3121, "52:01"), (3599.5, "1:00:00"), (3750, "1:02:30")],
)
def test_times_read_as_a_watch_shows_them(seconds, text):
    assert str(say.clock(seconds)) == text


def test_distance_and_pace_follow_the_units():
    # A marathon in 3:30:00 is 4:58.6 a kilometre, 8:00.7 a mile (42195 m, 26.219 miles).
    assert str(KM.distance(42_195)) == "42.20 km"
    assert str(MILES.distance(42_195)) == "26.22 mi"
    assert str(KM.speed(42_195, 12_600, "running")) == "4:59 /km"
    assert str(MILES.speed(42_195, 12_600, "running")) == "8:01 /mi"


def test_each_sport_has_the_speed_it_is_spoken_of_in():
    assert str(KM.speed(30_000, 3600, "cycling")) == "30.0 km/h"
    assert str(MILES.speed(1609.344 * 20, 3600, "cycling")) == "20.0 mi/h"
    assert str(KM.speed(1000, 1200, "swimming")) == "2:00 /100 m"


def test_what_was_not_recorded_is_missing_and_never_nought():
    missing = [
        say.clock(None),
        say.heart_rate(None),
        say.heart_rate(0),
        say.cadence(None),
        say.power(0),
        KM.distance(None),
        KM.pace(None),
        KM.speed(None, 10, "running"),
        KM.speed(10, 0, "running"),
        KM.height(None),
        KM.temperature(None),
    ]
    assert not any(missing)
    assert str(KM.temperature(0)) == "0 °C"
    assert str(MILES.temperature(20)) == "68 °F"
    assert str(MILES.height(100)) == "328 ft"
