"""Which place and which hour are meant, with places and hours from memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from services.coach_agent.domain.weather.models import HourlyWeather, Place, Reach, When
from services.coach_agent.domain.weather.service import Weather
from shared.zones import zone
from tests.support.clock import FakeClock


def place(country: str = "Portugal", code: str = "PT", region: str = "Lisbon", in_zone: str = "Europe/Lisbon") -> Place:
    return Place("Lisbon", country, code, region, 38.7, -9.1, in_zone)


def hours_of(place: Place, today: dt.date, days: int = 16) -> tuple[HourlyWeather, ...]:
    local = zone(place.zone)
    first = dt.datetime.combine(today, dt.time(0), local).timestamp()
    times = [dt.datetime.fromtimestamp(first + 3600 * i, local) for i in range(24 * days)]
    return tuple(HourlyWeather(at, float(at.hour), 5.0, None, None, None, None, None) for at in times)


class Provider:
    """Answers with what it holds, and remembers the names asked for."""

    def __init__(self, *places: Place, today: dt.date) -> None:
        self.places = places
        self.today = today
        self.names: list[str] = []

    async def find(self, name: str) -> Sequence[Place]:
        self.names.append(name)
        return self.places

    async def hours(self, place: Place) -> Sequence[HourlyWeather]:
        return hours_of(place, self.today)


def at(moment: str, *places: Place) -> tuple[Weather, Provider]:
    clock = FakeClock(dt.datetime.fromisoformat(moment))
    found = places or (place(),)
    today = clock.now().astimezone(zone(found[0].zone)).date()
    provider = Provider(*found, today=today)
    return Weather(provider, clock), provider


async def test_tomorrow_at_seven_is_that_of_the_place():
    """At 20:00 UTC on the 20th it is the 21st already in Auckland, so tomorrow there is the 22nd."""
    weather, _ = at("2026-11-20T20:00:00+00:00", place(in_zone="Pacific/Auckland"))
    outlook = await weather.outlook("Lisbon", When(days_ahead=1, time=dt.time(7)))
    assert outlook is not None
    assert outlook.day == dt.date(2026, 11, 22)
    assert outlook.asked is not None
    assert outlook.asked.at.isoformat() == "2026-11-22T07:00:00+13:00"


@pytest.mark.parametrize(("asked", "hour"), [("07:00", 7), ("07:40", 7), ("23:59", 23)])
async def test_the_hour_is_the_one_that_the_time_lies_in(asked, hour):
    weather, _ = at("2026-11-20T06:00:00+00:00")
    outlook = await weather.outlook("Lisbon", When(days_ahead=0, time=dt.time.fromisoformat(asked)))
    assert outlook is not None
    assert outlook.asked is not None
    assert outlook.asked.at.hour == hour


async def test_an_hour_that_the_clocks_leave_out_is_found_as_the_one_after_it():
    """In Lisbon 28 March 2027 has no 01:30: at 01:00 the clocks show 02:00."""
    weather, _ = at("2027-03-27T12:00:00+00:00")
    outlook = await weather.outlook("Lisbon", When(days_ahead=1, time=dt.time(1, 30)))
    assert outlook is not None
    assert outlook.asked is not None
    assert outlook.asked.at.hour == 2


@pytest.mark.parametrize(
    ("when", "reach"),
    [
        (When(day=dt.date(2026, 11, 19)), Reach.PAST),
        (When(days_ahead=0, time=dt.time(5, 59)), Reach.PAST),
        (When(days_ahead=0, time=dt.time(6)), Reach.WITHIN),
        (When(day=dt.date(2026, 12, 5)), Reach.WITHIN),
        (When(day=dt.date(2026, 12, 6)), Reach.BEYOND),
        (When(day=dt.date(2028, 1, 1), time=dt.time(7)), Reach.BEYOND),
    ],
)
async def test_the_forecast_reaches_from_this_hour_to_the_sixteenth_day(when, reach):
    weather, _ = at("2026-11-20T06:15:00+00:00")
    outlook = await weather.outlook("Lisbon", when)
    assert outlook is not None
    assert outlook.reach is reach
    assert outlook.last_day == dt.date(2026, 12, 5)
    assert bool(outlook.hours) is (reach is Reach.WITHIN)


async def test_without_a_day_the_next_such_time_is_meant():
    weather, _ = at("2026-11-20T12:00:00+00:00")
    morning = await weather.outlook("Lisbon", When(time=dt.time(7)))
    evening = await weather.outlook("Lisbon", When(time=dt.time(18)))
    assert morning is not None
    assert evening is not None
    assert (morning.day.day, evening.day.day) == (21, 20)


async def test_of_a_day_that_has_begun_only_what_is_left_is_told():
    weather, _ = at("2026-11-20T12:30:00+00:00")
    outlook = await weather.outlook("Lisbon", When(days_ahead=0))
    assert outlook is not None
    assert [hour.at.hour for hour in outlook.hours] == list(range(12, 24))


@pytest.mark.parametrize("asked", ["Lisbon, Ohio", "lisbon, us", "Lisbon, United States", "Lisbon,Ohio, US"])
async def test_what_follows_a_comma_chooses_among_places_of_one_name(asked):
    american = place("United States", "US", "Ohio", "America/New_York")
    weather, provider = at("2026-11-20T12:00:00+00:00", place(), american)
    outlook = await weather.outlook(asked, When(days_ahead=1))
    assert outlook is not None
    assert outlook.place is american
    assert provider.names == [asked.partition(",")[0]]


async def test_a_place_that_is_not_where_it_is_said_to_be_is_unknown():
    weather, _ = at("2026-11-20T12:00:00+00:00")
    assert await weather.outlook("Lisbon, Iceland", When()) is None


@pytest.mark.parametrize("asked", ["", " ", "x", ",Portugal", "??", "\x00\x1b"])
async def test_what_is_no_name_is_not_asked_for(asked):
    weather, provider = at("2026-11-20T12:00:00+00:00")
    assert await weather.outlook(asked, When()) is None
    assert provider.names == []


async def test_a_name_is_sent_as_one_short_line_of_letters():
    weather, provider = at("2026-11-20T12:00:00+00:00")
    await weather.outlook("São\nPaulo<script>&x=1#" + "y" * 500, When())
    [name] = provider.names
    assert name.startswith("São Paulo script x 1 y")
    assert len(name) <= 80
