"""Distance week by week, and what the plan asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.spec import Described, Spec, frame, unit_m
from services.coach_agent.domain.charts.theme import PALETTES, Palette, Theme
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.models import Week
from services.coach_agent.domain.plans.models import Plan

_DAYS = 7
_TICKS = 9


@dataclass(frozen=True, slots=True)
class VolumeWeek:
    """Seven days from ``first_day``; None where the week is still to come, or no plan covers it."""

    first_day: dt.date
    run_m: float | None
    planned_m: float | None


def volume_weeks(
    weeks: Sequence[Week], plan: Plan | None, *, first_day: dt.date, last_day: dt.date
) -> tuple[VolumeWeek, ...]:
    """The weeks that lie in the days, those run and those planned, without gaps."""
    run = {week.first_day: week.distance_m for week in weeks}
    planned = _planned(plan)
    known = [day for day in run.keys() | planned.keys() if day <= last_day and day + dt.timedelta(_DAYS) > first_day]
    if not known:
        return ()
    start, count = min(known), (max(known) - min(known)).days // _DAYS + 1
    days = [start + dt.timedelta(_DAYS * place) for place in range(count)]
    return tuple(VolumeWeek(day, run.get(day), planned.get(day)) for day in days)


def _planned(plan: Plan | None) -> Mapping[dt.date, float]:
    """By the Mondays of the weeks, whatever weekday a plan's own weeks begin on."""
    planned: dict[dt.date, float] = {}
    for workout in () if plan is None else plan.workouts:
        monday = workout.day - dt.timedelta(workout.day.weekday())
        planned[monday] = planned.get(monday, 0.0) + workout.distance_m
    return planned


def describe_volume(weeks: Sequence[VolumeWeek], units: Units) -> Described:
    title = "Distance a week"
    run = [week for week in weeks if week.run_m is not None]
    if not weeks:
        return Described(title, "There is no week to show yet.")
    book, source = FactBook(units), Source(SourceKind.FITNESS, "weeks")
    said = []
    if run:
        book.date("firstDate", run[0].first_day, source)
        book.date("lastDate", run[-1].first_day, source)
        metres = [week.run_m or 0.0 for week in run]
        book.distance("distance", metres[-1], source)
        book.distance("distanceMean", sum(metres) / len(metres), source)
        book.distance("distanceHighest", max(metres), source)
        said.append(
            "From the week of {firstDate} to that of {lastDate}: {distanceMean} a week on average, {distanceHighest} "
            "at most, {distance} in the last."
        )
    planned = [week for week in weeks if week.planned_m is not None]
    if planned:
        book.distance(
            "plannedHighest", max(week.planned_m or 0.0 for week in planned), Source(SourceKind.PLAN, "weeks")
        )
        said.append("The plan's largest week shown holds {plannedHighest}.")
    return Described(title, book.compose(" ".join(said)).text, book.facts)


def volume_chart(weeks: Sequence[VolumeWeek], units: Units, theme: Theme) -> Spec:
    """A bar a week, and an outline for what was planned."""
    palette = PALETTES[theme]
    rows: list[Spec] = [
        {
            "week": str(week.first_day),
            "distance": None if week.run_m is None else round(week.run_m / unit_m(units), 2),
            "planned": None if week.planned_m is None else round(week.planned_m / unit_m(units), 2),
        }
        for week in weeks
    ]
    highest = max((max(row["distance"] or 0.0, row["planned"] or 0.0) for row in rows), default=0.0)
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, max(highest, 1.0)], "nice": True},
        "axis": {"title": f"Distance a week ({units})"},
    }
    layers = [_run(_week(weeks), y, palette, len(rows))]
    if any(row["planned"] is not None for row in rows):
        layers.append(_planned_outlines(_week(weeks), y, palette, len(rows)))
    spec = frame(describe_volume(weeks, units), theme, layers if rows else [], rows=rows)
    spec.pop("resolve", None)
    return spec


def _run(x: Spec, y: Spec, palette: Palette, weeks: int) -> Spec:
    return {
        "mark": {"type": "bar", "width": _width(0.62, weeks), "cornerRadiusEnd": 2},
        "encoding": {
            "x": x,
            "y": {"field": "distance", **y},
            "fill": {"datum": "run", "scale": {"domain": ["run"], "range": [palette.volume]}},
        },
    }


def _planned_outlines(x: Spec, y: Spec, palette: Palette, weeks: int) -> Spec:
    """A little wider than the bars, so that both show."""
    mark = {"type": "bar", "filled": False, "width": _width(0.84, weeks), "strokeWidth": 1.3, "strokeDash": [4, 2]}
    return {
        "mark": mark,
        "encoding": {
            "x": x,
            "y": {"field": "planned", **y},
            "stroke": {"datum": "planned", "scale": {"domain": ["planned"], "range": [palette.text]}},
        },
    }


def _width(share: float, weeks: int) -> Spec:
    return {"expr": f"max(1, {share} * width / {max(1, weeks)})"}


def _week(weeks: Sequence[VolumeWeek]) -> Spec:
    """An axis whose ticks are Mondays."""
    step = -(-len(weeks) // _TICKS)
    mondays = [week.first_day for week in weeks[::step]] if weeks else []
    midnights = [dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000 for day in mondays]
    return {
        "field": "week",
        "type": "temporal",
        "scale": {"type": "utc", "padding": {"expr": f"0.5 * width / {max(1, len(weeks))}"}},
        "title": "Week from Monday",
        "axis": {"grid": False, "labelOverlap": True, "values": midnights, "format": "%-d %b"},
    }
