"""Which place and which hour are meant, and what is known of them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from services.coach_agent.domain.weather.models import FORECAST_DAYS, HourlyWeather, Outlook, Place, Reach, When
from services.coach_agent.domain.weather.ports import WeatherProvider
from shared.clock import Clock
from shared.zones import zone

# Place names are shorter, and nothing longer is sent to anybody.
LONGEST_NAME = 80
# Whoever asks for the weather of a run later than that means tomorrow's.
LAST_TIME = dt.time(21)
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Weather:
    provider: WeatherProvider
    clock: Clock

    async def outlook(self, place_name: str, when: When) -> Outlook | None:
        """The weather of a place at a time of its own; None for a place nobody knows. Raises WeatherUnavailable.

        "Lisbon, Portugal" is the Lisbon of which the second part is the country, its code or the region.
        """
        place = await self._find(place_name)
        if place is None:
            return None
        now = self.clock.now().astimezone(zone(place.zone))
        day = _day(when, now)
        last_day = now.date() + dt.timedelta(days=FORECAST_DAYS - 1)
        asked_at = None if when.time is None else dt.datetime.combine(day, when.time, now.tzinfo)
        reach = _reach(day, asked_at, now, last_day)
        if reach is not Reach.WITHIN:
            return Outlook(place, day, last_day, reach, (), None)
        forecast = await self.provider.hours(place)
        hours = tuple(hour for hour in forecast if hour.at.date() == day and _ends_after(hour, now))
        asked = None if asked_at is None else _containing(hours, asked_at)
        if not hours or (asked_at is not None and asked is None):
            return Outlook(place, day, last_day, Reach.BEYOND, (), None)
        return Outlook(place, day, last_day, Reach.WITHIN, hours, asked)

    async def _find(self, place_name: str) -> Place | None:
        parts = [_plain(part) for part in place_name[:LONGEST_NAME].split(",")]
        name, qualifiers = parts[0], [part for part in parts[1:] if part]
        # The geocoder answers one letter with nothing.
        if len(name) < 2:
            return None
        places = await self.provider.find(name)
        return _chosen(places, qualifiers)


def _day(when: When, now: dt.datetime) -> dt.date:
    if when.day is not None:
        return when.day
    if when.days_ahead is not None:
        return now.date() + dt.timedelta(days=when.days_ahead)
    is_over = (when.time or LAST_TIME) < now.time()
    return now.date() + dt.timedelta(days=int(is_over))


def _reach(day: dt.date, asked_at: dt.datetime | None, now: dt.datetime, last_day: dt.date) -> Reach:
    if day < now.date() or (asked_at is not None and asked_at < now.replace(minute=0, second=0, microsecond=0)):
        return Reach.PAST
    return Reach.BEYOND if day > last_day else Reach.WITHIN


def _ends_after(hour: HourlyWeather, moment: dt.datetime) -> bool:
    return hour.at.timestamp() + _HOUR_S > moment.timestamp()


def _containing(hours: Sequence[HourlyWeather], moment: dt.datetime) -> HourlyWeather | None:
    """Counted in time that passes, so that an hour which the clocks leave out or repeat is found as well."""
    return next((h for h in hours if 0 <= moment.timestamp() - h.at.timestamp() < _HOUR_S), None)


def _chosen(places: Sequence[Place], qualifiers: Sequence[str]) -> Place | None:
    """The first place that all qualifiers fit."""

    def fits(place: Place) -> bool:
        own = {_plain(word).casefold() for word in (place.country, place.country_code, place.region)}
        return all(qualifier.casefold() in own for qualifier in qualifiers)

    return next((place for place in places if fits(place)), None)


def _plain(text: str) -> str:
    """One line of letters, digits and what stands between them in names; the rest is no part of a name."""
    normal = unicodedata.normalize("NFKC", text)
    return " ".join("".join(char if _belongs_to_names(char) else " " for char in normal).split())


def _belongs_to_names(char: str) -> bool:
    return char in "-'.\u2019" or unicodedata.category(char)[0] in "LMN"
