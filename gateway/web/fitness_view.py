"""Where a runner is heading, as the page shows it: figures of now, weeks, races, records and paces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web import measures as say
from gateway.web.answer import Chart
from gateway.web.measures import Figure, Measures
from gateway.web.moments import Moments
from gateway.web.run_view import KeyFigure, effort_name

Item = Mapping[str, Any]

# What is said in its own section, beside what it explains; all else is said at the end of the page.
_SAID_IN_PLACE = frozenset({"activities", "fitness", "predictions", "criticalSpeed"})
_PACES = (
    ("easy", "Easy", "most of your running"),
    ("marathon", "Marathon", "long steady parts"),
    ("threshold", "Threshold", "tempo runs, an hour's race"),
    ("interval", "Interval", "repeats of some minutes"),
    ("repetition", "Repetition", "short and fast, well rested"),
)
_INTENSITIES = (("easyS", "Easy", 1), ("moderateS", "Moderate", 3), ("hardS", "Hard", 5))


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday, the load of all sports."""

    name: str
    runs: int
    distance: Figure
    time: Figure
    longest: Figure
    load: Figure
    easy: Figure


@dataclass(frozen=True, slots=True)
class Race:
    name: str
    time: Figure
    low: Figure
    high: Figure
    pace: Figure
    second: Figure


@dataclass(frozen=True, slots=True)
class Best:
    name: str
    time: Figure
    pace: Figure
    day: str
    address: str


@dataclass(frozen=True, slots=True)
class PaceBand:
    name: str
    use: str
    fast: Figure
    slow: Figure


@dataclass(frozen=True, slots=True)
class CriticalSpeed:
    pace: Figure
    fast: Figure
    slow: Figure
    reserve: Figure
    efforts: int


@dataclass(frozen=True, slots=True)
class Intensity:
    """``left_pct`` and ``share_pct`` place it in the bar; ``zone`` names its colour."""

    name: str
    zone: int
    time: Figure
    share_pct: float
    left_pct: float


@dataclass(frozen=True, slots=True)
class FitnessView:
    """``charts`` are by kind, ``weeks`` newest first. ``why`` says by name what a figure needs that is not there."""

    day: str
    now: tuple[KeyFigure, ...]
    charts: Mapping[str, Chart]
    weeks: tuple[Week, ...]
    races: tuple[Race, ...]
    records: tuple[Best, ...]
    critical_speed: CriticalSpeed | None
    paces: tuple[PaceBand, ...]
    intensities: tuple[Intensity, ...]
    spread: tuple[KeyFigure, ...]
    spread_note: str
    why: Mapping[str, str]
    missing: tuple[str, ...]
    runs: int

    @classmethod
    def of(cls, body: Item, measures: Measures, moments: Moments) -> FitnessView:
        """From ``GET /fitness``."""
        now, why = body["now"], {str(item["key"]): str(item["text"]) for item in body["missing"]}
        speed = now["criticalSpeed"]
        return cls(
            day=moments.day(dt.date.fromisoformat(now["date"])),
            now=_now(now),
            charts={str(item["kind"]): Chart.of(item) for item in body["charts"]},
            weeks=_weeks(body["weeks"], measures, moments),
            races=tuple(_race(item, measures) for item in now["predictions"]),
            records=tuple(_record(item, measures, moments) for item in body["records"]),
            critical_speed=None if speed is None else _critical_speed(speed, measures),
            paces=_paces(now["trainingPaces"], measures),
            intensities=_intensities(body["windows"]["last28Days"]["intensity"]),
            spread=_spread(now),
            spread_note=str(body["contextOnly"]),
            why=why,
            missing=tuple(text for key, text in why.items() if key not in _SAID_IN_PLACE),
            runs=int(body["runs"]),
        )


def _now(now: Item) -> tuple[KeyFigure, ...]:
    if now["fitness"] is None:
        return ()
    return (
        KeyFigure("Fitness", say.number(now["fitness"]), "load"),
        KeyFigure("Fatigue", say.number(now["fatigue"])),
        KeyFigure("Form", say.number(now["form"], signed=True), "ground"),
        KeyFigure("Fitness over 7 days", say.number(now["ramp"], decimals=1, signed=True)),
    )


def _weeks(items: Sequence[Item], measures: Measures, moments: Moments) -> tuple[Week, ...]:
    """Newest first; weeks before the first run of the range tell nothing and are left out."""
    first = next((place for place, item in enumerate(items) if item["runs"] or item["load"]), len(items))
    return tuple(_week(item, measures, moments) for item in reversed(items[first:]))


def _week(item: Item, measures: Measures, moments: Moments) -> Week:
    intensity = item["intensity"]
    known = sum(intensity.values())
    return Week(
        name=moments.short_day(dt.date.fromisoformat(item["firstDate"])),
        runs=int(item["runs"]),
        distance=measures.distance(item["distanceM"], decimals=1),
        time=say.hours(item["movingS"]),
        longest=say.hours(item["longestS"]) if item["longestS"] else say.MISSING,
        load=say.number(item["load"]),
        easy=Figure(f"{100 * intensity['easyS'] / known:.0f}", "%") if known else say.MISSING,
    )


def _race(item: Item, measures: Measures) -> Race:
    return Race(
        name=effort_name(item["distanceM"], measures),
        time=say.clock(item["timeS"]),
        low=say.clock(item["lowS"]),
        high=say.clock(item["highS"]),
        pace=measures.pace(1000 * item["timeS"] / item["distanceM"]),
        second=say.clock(item["riegelS"]),
    )


def _record(item: Item, measures: Measures, moments: Moments) -> Best:
    return Best(
        name=effort_name(item["distanceM"], measures),
        time=say.clock(item["elapsedS"]),
        pace=measures.pace(1000 * item["elapsedS"] / item["distanceM"]),
        day=moments.short_day(dt.date.fromisoformat(item["date"])),
        address=f"/runs/{item['activityId']}",
    )


def _critical_speed(item: Item, measures: Measures) -> CriticalSpeed:
    """As a pace: the highest speed is the lowest pace."""
    speed = item["speedMPerS"]
    return CriticalSpeed(
        pace=measures.pace(1000 / speed["value"]),
        fast=measures.pace(1000 / speed["high"]),
        slow=measures.pace(1000 / speed["low"]),
        reserve=measures.height(item["reserveM"]),
        efforts=int(item["efforts"]),
    )


def _paces(item: Item | None, measures: Measures) -> tuple[PaceBand, ...]:
    if item is None:
        return ()
    return tuple(
        PaceBand(name, use, measures.pace(item[key]["fastSPerKm"]), measures.pace(item[key]["slowSPerKm"]))
        for key, name, use in _PACES
    )


def _intensities(item: Item) -> tuple[Intensity, ...]:
    """Shares of the time with heart rate; none where there is no such time."""
    known = sum(item[key] for key, _, _ in _INTENSITIES)
    shown: list[Intensity] = []
    left = 0.0
    for key, name, zone in _INTENSITIES if known else ():
        share = 100 * item[key] / known
        shown.append(Intensity(name, zone, say.hours(item[key]), round(share, 1), round(left, 2)))
        left += share
    return tuple(shown)


def _spread(now: Item) -> tuple[KeyFigure, ...]:
    figures = (
        KeyFigure("Acute:chronic ratio", say.number(now["acuteChronicRatio"], decimals=2)),
        KeyFigure("The same, recent days weighing more", say.number(now["acuteChronicEwmaRatio"], decimals=2)),
        KeyFigure("Monotony", say.number(now["monotony"], decimals=1)),
        KeyFigure("Strain", say.number(now["strain"])),
    )
    return tuple(key for key in figures if key.figure)
