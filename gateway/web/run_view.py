"""The page of one activity: key figures, splits, laps, zones, best efforts, and what was missing or repaired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.web import measures as say
from gateway.web.activity_view import Item, local_start, name_of
from gateway.web.measures import PACED, Figure, Measures

# Bars leave the slowest split this share of the width, so that a difference of seconds still shows.
_SHORTEST_BAR_PCT = 30.0
_EFFORT_NAMES = {
    400: "400 m", 800: "800 m", 1000: "1 km", 1609: "1 mile", 3000: "3 km", 5000: "5 km", 10000: "10 km",
    15000: "15 km", 21097: "Half marathon", 21098: "Half marathon", 42195: "Marathon",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """``kind`` names the colour of what is measured, empty for ink."""

    label: str
    figure: Figure
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A split or a lap; ``bar_pct`` is its speed among its neighbours."""

    name: str
    distance: Figure
    time: Figure
    speed: Figure
    heart_rate: Figure
    ascent: Figure
    bar_pct: float


@dataclass(frozen=True, slots=True)
class Effort:
    name: str
    figure: Figure
    detail: Figure


@dataclass(frozen=True, slots=True)
class RunView:
    activity_id: str
    name: str
    sport: str
    start: dt.datetime
    device: str
    source: str
    paced: bool
    split_unit: str
    main_figures: tuple[KeyFigure, ...]
    more_figures: tuple[KeyFigure, ...]
    splits: tuple[Stretch, ...]
    laps: tuple[Stretch, ...]
    distance_efforts: tuple[Effort, ...]
    mean_efforts: tuple[tuple[str, tuple[Effort, ...]], ...]
    repaired: tuple[str, ...]

    @classmethod
    def of(cls, activity: Item, measures: Measures) -> RunView:
        """From ``GET /activities/{id}``."""
        sport = str(activity["sport"])
        splits = activity["splits"]["mile" if measures.miles else "km"]
        laps = activity["laps"]
        return cls(
            activity_id=str(activity["id"]),
            name=name_of(activity),
            sport=sport,
            start=local_start(activity),
            device=str(activity["device"] or ""),
            source="uploaded" if activity["source"] == "upload" else "from Garmin",
            paced=sport in PACED,
            split_unit=measures.long_unit,
            main_figures=_main_figures(activity, measures),
            more_figures=_more_figures(activity, measures),
            splits=_with_bars(splits, [_split(item, measures, sport) for item in splits]),
            # A single lap is the whole run again.
            laps=_with_bars(laps, [_lap(item, measures, sport) for item in laps]) if len(laps) > 1 else (),
            distance_efforts=tuple(_distance_efforts(activity["bestEfforts"], measures)),
            mean_efforts=tuple(_mean_efforts(activity["bestEfforts"])),
            repaired=tuple(str(warning["message"]) for warning in activity["warnings"]),
        )


def _main_figures(activity: Item, measures: Measures) -> tuple[KeyFigure, ...]:
    sport = str(activity["sport"])
    speed = measures.speed(activity["distanceM"], activity["movingS"], sport)
    return _present(
        KeyFigure("Distance", measures.distance(activity["distanceM"])),
        KeyFigure("Time", say.clock(activity["timerS"] if activity["timerS"] is not None else activity["elapsedS"])),
        KeyFigure("Pace" if sport in PACED or sport == "swimming" else "Speed", speed, "pace"),
        KeyFigure("Average heart rate", say.heart_rate(activity["averageHeartRateBpm"]), "heart"),
    )


def _more_figures(activity: Item, measures: Measures) -> tuple[KeyFigure, ...]:
    on_foot = activity["sport"] in PACED
    return _present(
        KeyFigure("Highest heart rate", say.heart_rate(activity["maxHeartRateBpm"]), "heart"),
        KeyFigure("Climb", measures.height(activity["ascentM"]), "ground"),
        KeyFigure("Cadence", say.cadence(activity["averageCadenceSpm"]) if on_foot else say.MISSING, "cadence"),
        KeyFigure("Power", say.power(activity["averagePowerW"]), "power"),
        KeyFigure("Temperature", measures.temperature(activity["averageTemperatureC"])),
        KeyFigure("Moving time", _moving(activity)),
    )


def _present(*figures: KeyFigure) -> tuple[KeyFigure, ...]:
    return tuple(figure for figure in figures if figure.figure)


def _moving(activity: Item) -> Figure:
    """Said only where somebody stood still long enough to matter."""
    moving, timer = activity["movingS"], activity["timerS"]
    return say.clock(moving) if moving and timer and timer - moving >= 15 else say.MISSING


def _split(item: Item, measures: Measures, sport: str) -> Stretch:
    partial = bool(item["partial"])
    distance = measures.distance(item["distanceM"])
    return Stretch(
        name=distance.value if partial else str(item["index"] + 1),
        distance=distance,
        time=say.clock(item["elapsedS"]),
        speed=measures.speed(item["distanceM"], item["movingS"], sport),
        heart_rate=say.heart_rate(item["averageHeartRateBpm"]),
        ascent=measures.height(item["ascentM"]),
        bar_pct=0.0,
    )


def _lap(item: Item, measures: Measures, sport: str) -> Stretch:
    seconds = item["timerS"] if item["timerS"] is not None else item["elapsedS"]
    return Stretch(
        name=str(item["index"] + 1),
        distance=measures.distance(item["distanceM"]),
        time=say.clock(seconds),
        speed=measures.speed(item["distanceM"], seconds, sport),
        heart_rate=say.heart_rate(item["averageHeartRateBpm"]),
        ascent=measures.height(item["ascentM"]),
        bar_pct=0.0,
    )


def _with_bars(items: Sequence[Item], stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """The same stretches with bars: the fastest is full, the slowest keeps a part."""
    speeds = [_speed(item) for item in items]
    known = [speed for speed in speeds if speed]
    if not known:
        return tuple(stretches)
    slowest, fastest = min(known), max(known)
    span = (fastest - slowest) or 1.0
    return tuple(
        replace(stretch, bar_pct=_bar_pct((speed - slowest) / span)) if speed else stretch
        for stretch, speed in zip(stretches, speeds, strict=True)
    )


def _bar_pct(share: float) -> float:
    return round(_SHORTEST_BAR_PCT + (100 - _SHORTEST_BAR_PCT) * share, 1)


def _speed(item: Item) -> float | None:
    seconds = item.get("movingS") or item.get("timerS") or item["elapsedS"]
    return float(item["distanceM"] / seconds) if item["distanceM"] and seconds else None


def _distance_efforts(items: Sequence[Mapping[str, Any]], measures: Measures) -> list[Effort]:
    return [
        Effort(
            effort_name(item["distanceM"], measures),
            say.clock(item["elapsedS"]),
            measures.pace(1000 * item["elapsedS"] / item["distanceM"]),
        )
        for item in items
        if item["kind"] == "distance"
    ]


def _mean_efforts(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[Effort, ...]]]:
    """By signal: the best mean over each duration."""
    signals = (("Heart rate", "heartRate", say.heart_rate), ("Power", "power", say.power))
    found = [
        (
            title,
            tuple(
                Effort(duration_name(item["durationS"]), figure(item["value"]), say.MISSING)
                for item in items
                if item["kind"] == kind
            ),
        )
        for title, kind, figure in signals
    ]
    return [(title, efforts) for title, efforts in found if efforts]


def effort_name(distance_m: float, measures: Measures) -> str:
    """A distance that people race or time as they call it, any other one in the runner's unit."""
    return _EFFORT_NAMES.get(round(distance_m), str(measures.distance(distance_m)))


def duration_name(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"
