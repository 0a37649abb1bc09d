"""An activity as the pages show it: in the runner's units, at the local time of the place where it began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web import measures as say
from gateway.web.measures import Figure, Measures

Item = Mapping[str, Any]

_SPORTS = {
    "running": "run",
    "cycling": "ride",
    "swimming": "swim",
    "walking": "walk",
    "hiking": "hike",
}
_DAYTIMES = ((4, "Night"), (11, "Morning"), (14, "Lunch"), (18, "Afternoon"), (22, "Evening"), (24, "Night"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    activity_id: str
    name: str
    sport: str
    day: dt.date
    start: dt.datetime
    distance: Figure
    time: Figure
    speed: Figure
    heart_rate: Figure

    @classmethod
    def of(cls, item: Item, measures: Measures) -> Row:
        start = local_start(item)
        sport = str(item["sport"])
        return cls(
            activity_id=str(item["id"]),
            name=name_of(item),
            sport=sport,
            day=start.date(),
            start=start,
            distance=measures.distance(item["distanceM"]),
            time=say.clock(item["timerS"] if item["timerS"] is not None else item["elapsedS"]),
            speed=measures.speed(item["distanceM"], item["movingS"], sport),
            heart_rate=say.heart_rate(item["averageHeartRateBpm"]),
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Running over some days."""

    title: str
    runs: int
    distance: Figure
    time: Figure


def local_start(item: Item) -> dt.datetime:
    """When it began on the clock of the place; without a zone, since the offset has been added."""
    utc = dt.datetime.fromisoformat(item["startTime"]).astimezone(dt.UTC)
    return (utc + dt.timedelta(seconds=item["utcOffsetS"] or 0)).replace(tzinfo=None)


def name_of(item: Item) -> str:
    """The activity's own name, else what and when it was."""
    if item["name"]:
        return str(item["name"])
    hour = local_start(item).hour
    daytime = next(word for until, word in _DAYTIMES if hour < until)
    sport = str(item["sport"])
    return f"{daytime} {_SPORTS.get(sport, sport.replace('_', ' '))}"


def by_month(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Rows under the name of their month, in the order they come."""
    months: list[tuple[str, list[Row]]] = []
    for row in rows:
        title = f"{row.day:%B %Y}"
        if not months or months[-1][0] != title:
            months.append((title, []))
        months[-1][1].append(row)
    return months


def totals(items: Sequence[Item], today: dt.date, measures: Measures) -> tuple[Totals, Totals]:
    """This week from Monday, and the last four weeks with today; ``items`` cover at least 28 days."""
    monday = today - dt.timedelta(days=today.weekday())
    return (
        _total("This week", items, monday, measures),
        _total("Last 4 weeks", items, today - dt.timedelta(days=27), measures),
    )


def _total(title: str, items: Iterable[Item], first: dt.date, measures: Measures) -> Totals:
    chosen = [item for item in items if local_start(item).date() >= first]
    return Totals(
        title,
        len(chosen),
        measures.distance(sum(item["distanceM"] or 0.0 for item in chosen), decimals=1),
        say.hours(sum(item["timerS"] or item["elapsedS"] or 0.0 for item in chosen)),
    )
