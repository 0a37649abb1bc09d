"""The weather in words: every number a fact, also where there is no forecast."""

from __future__ import annotations

import datetime as dt

import pytest

from services.coach_agent.clients.open_meteo import unavailable
from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.facts import SourceKind
from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.weather.advice import cues
from services.coach_agent.domain.weather.answer import WeatherQuestion, answer_weather, best_hour
from services.coach_agent.domain.weather.models import HourlyWeather, Place
from services.coach_agent.domain.weather.service import Weather
from tests.support.clock import FakeClock

NOW = dt.datetime(2026, 7, 10, 6, tzinfo=dt.UTC)
TODAY = NOW.date()
LISBON = Place("Lisbon", "Portugal", "PT", "Lisbon", 38.7, -9.1, "UTC")
EASY = PaceRange(330.0, 360.0)


def an_hour(hour: int = 7, temperature_c: float = 14.0, dew_point_c: float = 8.0, **fields) -> HourlyWeather:
    values = {
        "at": dt.datetime(2026, 7, 11, hour, tzinfo=dt.UTC), "apparent_temperature_c": temperature_c,
        "precipitation_probability_pct": 10.0, "precipitation_mm": 0.0, "wind_m_per_s": 3.0, "code": 1,
    } | fields  # fmt: skip
    return HourlyWeather(temperature_c=temperature_c, dew_point_c=dew_point_c, **values)


class Provider:
    def __init__(self, *hours: HourlyWeather, place: Place | None = LISBON, away: bool = False) -> None:
        self.known, self.place, self.away = hours, place, away

    async def find(self, _):
        if self.away:
            raise unavailable()
        return [self.place] if self.place else []

    async def hours(self, _):
        return self.known


async def answered(provider: Provider, *, hour: int | None = 7, ahead: int = 1, units=Units.KILOMETRES, easy=None):
    question = WeatherQuestion("Lisbon", TODAY + dt.timedelta(days=ahead), hour, TODAY)
    answer = await answer_weather(Weather(provider, FakeClock(NOW)), question, units=units, easy_pace=easy)
    assert answer.unverified == ()
    return answer, {fact.label: fact for fact in answer.facts}


async def test_a_mild_hour_is_told_and_asks_for_nothing():
    answer, facts = await answered(Provider(an_hour()))
    assert answer.opening.text.splitlines() == [
        "- Lisbon, Portugal on 11 July 2026 at 07:00, local time: 14 °C and mostly clear sky.",
        "- Dew point 8 °C, feels like 14 °C, chance of rain 10 %, wind 11 km/h.",
        "- Neither heat nor humidity asks for a slower pace.",
    ]
    assert answer.detail.text.startswith("Nothing in the air stands in the way")
    assert facts["forecastTime"].value == 7 * 3600
    assert {fact.source.kind for fact in answer.facts} == {SourceKind.WEATHER}


async def test_warm_and_humid_air_adjusts_the_easy_pace_and_names_its_source():
    """25 and 20 degrees are 77 + 68 = 145 F: 3 % to 4.5 %; 5:30 becomes 5:40 and 6:00 becomes 6:16."""
    answer, facts = await answered(Provider(an_hour(temperature_c=25.0, dew_point_c=20.0)), easy=EASY)
    assert "the same effort is 3 % to 4.5 % slower" in answer.opening.text
    assert "Your easy pace of 5:30 /km to 6:00 /km becomes 5:40 /km to 6:16 /km." in answer.opening.text
    assert "Mark Hadley's table of temperature plus dew point" in answer.opening.text
    assert facts["heatPaceSlow"].source.kind is SourceKind.DEFINITION
    assert facts["slowdownLow"].source.id == "heat.temperaturePlusDewPoint"
    assert "It knows nothing of sun and wind" in answer.detail.text


async def test_without_any_training_data_the_share_is_told_and_no_pace():
    answer, facts = await answered(Provider(an_hour(temperature_c=25.0, dew_point_c=20.0)))
    assert "3 % to 4.5 % slower" in answer.opening.text
    assert not {"easyPaceFast", "heatPaceFast"} & facts.keys()


async def test_a_cooler_hour_of_the_same_day_is_named():
    hours = [an_hour(hour, temperature_c=20.0 + 0.8 * (hour - 6), dew_point_c=16.0) for hour in range(24)]
    answer, facts = await answered(Provider(*hours), hour=14)
    assert "It is easier from 06:00, with 20 °C." in answer.opening.text
    assert facts["temperature.best"].value == 20.0


async def test_a_day_without_an_hour_gets_its_range_and_its_best_hour():
    hours = [an_hour(hour, temperature_c=10.0 + hour, dew_point_c=12.0) for hour in range(24)]
    answer, facts = await answered(Provider(*hours), hour=None)
    assert "10 °C to 33 °C. The best hour to run is from 06:00" in answer.opening.text
    assert facts["temperatureHigh"].value == 33.0


async def test_miles_come_with_fahrenheit_and_miles_an_hour():
    answer, _ = await answered(Provider(an_hour()), units=Units.MILES)
    assert "57 °F" in answer.opening.text
    assert "wind 7 mph" in answer.opening.text


async def test_without_the_provider_the_answer_names_it_and_is_still_of_use():
    answer, facts = await answered(Provider(away=True), easy=EASY)
    [notice] = answer.notices
    assert notice.code == "WEATHER_UNAVAILABLE"
    assert answer.opening.text.startswith(notice.message)
    assert "- 25 °C with a dew point of 20 °C: 3 % to 4.5 % slower" in answer.opening.text
    assert "Your easy pace in cool air is 5:30 /km to 6:00 /km." in answer.detail.text
    assert {"slowdownHigh.hot", "easyPaceFast"} <= facts.keys()


async def test_an_unknown_place_is_said_without_repeating_what_was_typed():
    answer, facts = await answered(Provider(place=None))
    assert answer.opening.text.startswith("I found no place of that name.")
    assert facts == {}


async def test_without_a_place_the_answer_asks_for_one():
    question = WeatherQuestion(None, None, None, TODAY)
    answer = await answer_weather(Weather(Provider(), FakeClock(NOW)), question, units=Units.KILOMETRES)
    assert answer.opening.text.startswith("Where will you run?")


@pytest.mark.parametrize(("ahead", "said"), [(-1, "has passed"), (30, "covers 16 days and ends with 25 July 2026")])
async def test_outside_of_the_forecast_the_answer_says_how_far_it_reaches(ahead, said):
    answer, _ = await answered(Provider(an_hour()), ahead=ahead)
    assert said in answer.passage.text


async def test_a_name_with_a_number_in_it_is_not_repeated():
    answer, _ = await answered(Provider(an_hour(), place=Place("Two Rivers", "US", "US", "", 44.1, -87.5, "UTC")))
    assert answer.opening.text.startswith("- The place you named on 11 July 2026")


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"code": 95}, "thunderstorms"),
        ({"code": 75, "temperature_c": -2.0}, "ice or snow"),
        ({"precipitation_mm": 1.0, "temperature_c": -1.0}, "ice or snow"),
        ({"precipitation_probability_pct": 80.0}, "Rain is likely"),
        ({"temperature_c": 38.0, "dew_point_c": 27.0}, "too warm and humid for hard running"),
        ({"temperature_c": 28.0, "dew_point_c": 18.0}, "take water with you"),
        ({"temperature_c": 18.0, "dew_point_c": 13.0}, "a little slower"),
        ({"temperature_c": -15.0, "dew_point_c": -20.0}, "bitterly cold"),
        ({"wind_m_per_s": 12.0}, "against the wind"),
        ({}, "Nothing in the air"),
    ],
)
def test_each_kind_of_weather_has_its_advice(fields, word):
    assert word in " ".join(cues(an_hour(**fields)))


def test_the_best_hour_avoids_thunder_before_heat_before_rain():
    stormy = an_hour(7, code=95)
    hot = an_hour(12, temperature_c=30.0, dew_point_c=20.0)
    wet = an_hour(18, precipitation_probability_pct=90.0)
    dry = an_hour(20)
    assert best_hour([stormy, hot, wet, dry]) is dry
    assert best_hour([stormy, hot, wet]) is wet
    assert best_hour([stormy, hot]) is hot


def test_the_night_counts_only_when_nothing_else_is_left():
    night, noon = an_hour(23), an_hour(12, temperature_c=30.0)
    assert best_hour([noon, night]) is noon
    assert best_hour([night]) is night


@pytest.mark.parametrize(("day", "ahead"), [(TODAY, 0), (TODAY + dt.timedelta(days=1), 1)])
def test_today_and_tomorrow_are_counted_at_the_place(day, ahead):
    assert WeatherQuestion("Lisbon", day, 7, TODAY).when.days_ahead == ahead


def test_any_other_day_is_a_date():
    when = WeatherQuestion("Lisbon", TODAY + dt.timedelta(days=4), None, TODAY).when
    assert (when.day, when.days_ahead, when.time) == (TODAY + dt.timedelta(days=4), None, None)
