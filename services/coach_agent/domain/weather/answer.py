"""The answer to "what will the weather be for my run?": the hour, what it costs, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.chat.answers import Answer
from services.coach_agent.domain.chat.conversation import Notice
from services.coach_agent.domain.errors import WeatherUnavailable
from services.coach_agent.domain.facts import FactBook, Passage, join, unverified_numbers
from services.coach_agent.domain.fitness.models import PaceRange
from services.coach_agent.domain.weather import forecast_facts as add
from services.coach_agent.domain.weather import sky
from services.coach_agent.domain.weather.advice import cues
from services.coach_agent.domain.weather.heat import adjusted, of_hour, slowdown
from services.coach_agent.domain.weather.models import FORECAST_DAYS, HourlyWeather, Outlook, Place, Reach, When
from services.coach_agent.domain.weather.service import LAST_TIME, Weather

SUGGESTIONS = ("What is the weather for a run in Lisbon tomorrow morning?", "What should I run tomorrow?")
# When people run, where nothing else is said.
FIRST_HOUR, LAST_HOUR = 6, LAST_TIME.hour
# Mild, warm and hot, for a runner who must do without a forecast: temperature and dew point in degrees Celsius.
_EXAMPLES = ((20.0, 15.0, ".mild"), (25.0, 20.0, ".warm"), (30.0, 24.0, ".hot"))
_TABLE = "Mark Hadley's table of temperature plus dew point"
_LIMITS = (
    f"The adjustment is {_TABLE}, a rule of coaching for continuous running; marathon results point the same way, and "
    "more so for slower runners. It knows nothing of sun and wind, nor of how used you are to heat, so effort decides."
)


@dataclass(frozen=True, slots=True)
class WeatherQuestion:
    """``place`` as the runner named it, ``day`` by their calendar, on which it is ``today``, and ``hour`` at the place.

    Each of the three is None where it was not named.
    """

    place: str | None
    day: dt.date | None
    hour: int | None
    today: dt.date

    @property
    def when(self) -> When:
        """Today and tomorrow are those of the place, whatever day the runner's calendar shows."""
        time = None if self.hour is None else dt.time(self.hour)
        ahead = None if self.day is None else (self.day - self.today).days
        return When(days_ahead=ahead, time=time) if ahead in {0, 1} else When(day=self.day, time=time)


async def answer_weather(
    weather: Weather, question: WeatherQuestion, *, units: Units, easy_pace: PaceRange | None = None
) -> Answer:
    """The weather for a run; ``easy_pace`` is the runner's in cool air, where it is known. Needs no data of theirs."""
    book = FactBook(units)
    if easy_pace is not None:
        add.add_easy_pace(book, easy_pace)
    if question.place is None:
        return _said(book, "Where will you run? Name a town and, if you like, the day and the time of day there.")
    try:
        outlook = await weather.outlook(question.place, question.when)
    except WeatherUnavailable as error:
        return _without_forecast(book, error)
    if outlook is None:
        return _said(
            book, "I found no place of that name. Check its spelling, or name the nearest town and its country."
        )
    if outlook.reach is not Reach.WITHIN:
        return _out_of_reach(book, outlook)
    return _forecast(book, outlook, easy_pace)


def _said(book: FactBook, sentence: str) -> Answer:
    return Answer(book.compose(sentence), Passage(), (), suggestions=SUGGESTIONS)


def _out_of_reach(book: FactBook, outlook: Outlook) -> Answer:
    book.date("lastForecastDate", outlook.last_day, add.FORECAST)
    book.count("forecastDays", FORECAST_DAYS, add.FORECAST)
    if outlook.reach is Reach.PAST:
        said = f"That time has passed in {_name(outlook.place)}. I can look from now on, up to {{lastForecastDate}}."
    else:
        said = (
            f"The forecast for {_name(outlook.place)} covers {{forecastDays}} days and ends with {{lastForecastDate}}. "
            "Ask again when the day is nearer."
        )
    return Answer(book.compose(said), Passage(), book.facts, suggestions=SUGGESTIONS)


def _without_forecast(book: FactBook, error: WeatherUnavailable) -> Answer:
    """What helps all the same: what kinds of air cost, to be held against any other forecast."""
    said = []
    for temperature_c, dew_point_c, suffix in _EXAMPLES:
        book.temperature(f"temperature{suffix}", temperature_c, add.HEAT)
        book.temperature(f"dewPoint{suffix}", dew_point_c, add.HEAT)
        add.add_slowdown(book, slowdown(temperature_c, dew_point_c), suffix)
        said.append(
            f"- {{temperature{suffix}}} with a dew point of {{dewPoint{suffix}}}: "
            f"{{slowdownLow{suffix}}} to {{slowdownHigh{suffix}}} slower"
        )
    opening = f"{error.message} What the air costs you can read off any other forecast: in cool air nothing, then"
    pace = " Your easy pace in cool air is {easyPaceFast} to {easyPaceSlow}." if "easyPaceFast" in book else ""
    return Answer(
        opening=book.compose(opening + "\n" + "\n".join(said)),
        detail=book.compose(_LIMITS + pace),
        facts=book.facts,
        suggestions=SUGGESTIONS,
        notices=(Notice(error.code, error.message),),
    )


def _forecast(book: FactBook, outlook: Outlook, easy_pace: PaceRange | None) -> Answer:
    hour = outlook.asked or best_hour(outlook.hours)
    book.date("forecastDate", outlook.day, add.FORECAST)
    add.add_hour(book, hour)
    lines = [_headline(book, outlook, hour), _air(book), _cost(book, hour, easy_pace), _cooler(book, outlook, hour)]
    said = [book.compose(f"- {line}") for line in lines if line]
    detail = [" ".join(cues(hour)), _LIMITS if of_hour(hour).matters else "", "The forecast is Open-Meteo's."]
    return Answer(
        opening=join(said, "\n"),
        detail=book.compose("\n\n".join(part for part in detail if part)),
        facts=book.facts,
        suggestions=SUGGESTIONS[1:],
    )


def _headline(book: FactBook, outlook: Outlook, hour: HourlyWeather) -> str:
    where = _name(outlook.place)
    above = sky.words(hour.code)
    there = f"{{temperature}}{f' and {above}' if above else ''}"
    if outlook.asked is not None:
        return f"{where} on {{forecastDate}} at {{forecastTime}}, local time: {there}."
    temperatures = [each.temperature_c for each in outlook.hours]
    book.temperature("temperatureLow", min(temperatures), add.FORECAST)
    book.temperature("temperatureHigh", max(temperatures), add.FORECAST)
    return (
        f"{where} on {{forecastDate}}: {{temperatureLow}} to {{temperatureHigh}}. The best hour to run is from "
        f"{{forecastTime}}, local time, with {there}."
    )


def _air(book: FactBook) -> str:
    parts = ["Dew point {dewPoint}"]
    parts += ["feels like {feelsLike}"] if "feelsLike" in book else []
    parts += ["chance of rain {rainChance}"] if "rainChance" in book else []
    parts += ["wind {wind}"] if "wind" in book else []
    return ", ".join(parts) + "."


def _cost(book: FactBook, hour: HourlyWeather, easy_pace: PaceRange | None) -> str:
    slower = of_hour(hour)
    if not slower.matters:
        return "Neither heat nor humidity asks for a slower pace."
    add.add_slowdown(book, slower)
    more = "" if slower.hard_running else " or more"
    said = f"By {_TABLE} the same effort is {{slowdownLow}} to {{slowdownHigh}}{more} slower."
    if easy_pace is None:
        return said
    add.add_heat_pace(book, adjusted(easy_pace, slower))
    return (
        f"{said} Your easy pace of {{easyPaceFast}} to {{easyPaceSlow}} becomes {{heatPaceFast}} to {{heatPaceSlow}}."
    )


def _cooler(book: FactBook, outlook: Outlook, hour: HourlyWeather) -> str:
    """The best hour of the day, where it costs less than the one asked for."""
    best = best_hour(outlook.hours)
    if of_hour(best).high_pct >= of_hour(hour).high_pct:
        return ""
    add.add_time(book, "forecastTime.best", best.at)
    book.temperature("temperature.best", best.temperature_c, add.FORECAST)
    return "It is easier from {forecastTime.best}, with {temperature.best}."


def best_hour(hours: Sequence[HourlyWeather]) -> HourlyWeather:
    """The hour with the least thunder, ice, heat, rain and cold, in this order, among those in which people run."""
    usual = [hour for hour in hours if FIRST_HOUR <= hour.at.hour <= LAST_HOUR] or list(hours)

    def cost(hour: HourlyWeather) -> tuple[bool, bool, float, float, float, dt.datetime]:
        rain = hour.precipitation_probability_pct or 0.0
        # Rain is told in steps, since a few per cent are no reason to run in the cold.
        cold = max(0.0, 10.0 - hour.temperature_c)
        return sky.thunders(hour), sky.is_slippery(hour), of_hour(hour).high_pct, rain // 25, cold, hour.at

    return min(usual, key=cost)


def _name(place: Place) -> str:
    """As the geocoder has it; a name with a number in it would be one without a source."""
    name = ", ".join(part for part in (place.name, place.country) if part)
    return name if not unverified_numbers(name, ()) else "The place you named"
