"""What training has cost, run by run and over months."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.spec import Described, Paint, Spec, frame, line, main_part, or_none, strip
from services.coach_agent.domain.charts.theme import PALETTES, Palette, Theme
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness.models import FitnessSeries
from services.coach_agent.domain.models import Column

# Past this a bar stands for more than a day: single days would hide what the weeks add up to.
MOST_DAILY_BARS = 42
MOST_BARS = 110
# Up to here ticks are days, and above months.
MOST_DATED_DAYS = 120
# A line has no use for more points than a screen has columns for it.
MOST_POINTS = 400
_DAY_PX = 46
_FIGURES = ("fitness", "fatigue", "form")


def describe_recent_load(loads: Sequence[tuple[dt.date, str, float]], units: Units) -> Described:
    if not loads:
        return Described("Load of your last runs", "There is no load to show yet.")
    book, source = FactBook(units), Source(SourceKind.FITNESS, "load")
    book.date("firstDate", loads[0][0], source)
    book.date("lastDate", loads[-1][0], source)
    book.number("load", loads[-1][2], "load", source)
    book.number("loadHighest", max(load for _, _, load in loads), "load", source)
    said = "One bar a run, from {firstDate} to {lastDate}; the last has a load of {load}, the highest {loadHighest}."
    return Described("Load of your last runs", book.compose(said).text, book.facts)


def recent_load_chart(loads: Sequence[tuple[dt.date, str, float]], units: Units, theme: Theme) -> Spec:
    """One bar a run: (day, session kind, load), oldest first."""
    palette = PALETTES[theme]
    rows: list[Spec] = [
        {"day": f"{day.day} {day:%b}", "order": i, "kind": kind, "load": round(load, 1)}
        for i, (day, kind, load) in enumerate(loads)
    ]
    x: Spec = {"field": "order", "type": "ordinal"}
    bars: Spec = {
        "mark": {"type": "bar", "color": palette.load, "cornerRadiusEnd": 2},
        "encoding": {
            "x": {**x, "title": None, "axis": {"labels": False, "ticks": False}, "scale": {"padding": 0.3}},
            "y": {"field": "load", "type": "quantitative", "title": "Load"},
        },
    }
    # Where bars stand closer than their days are wide, every second or third is named.
    some = f"datum.order % ceil({_DAY_PX * len(rows)} / width) == 0"
    text = {"condition": {"test": some, "field": "day"}, "value": ""}
    labels: Spec = {
        "mark": {"type": "text", "baseline": "top", "dy": 6, "fontSize": 11},
        "encoding": {"x": x, "y": {"datum": 0}, "text": text},
    }
    spec = frame(describe_recent_load(loads, units), theme, [bars, labels] if rows else [], rows=rows)
    spec.pop("resolve", None)
    return spec


def describe_fitness(series: FitnessSeries, units: Units) -> Described:
    """The days of ``series``, which may begin and end where nothing is known."""
    days = len(series.load)
    title = "Load, fitness and form"
    known = np.flatnonzero(np.isfinite(series.fitness))
    if not known.size:
        return Described(title, "Too little is known of these days to speak of fitness.")
    book, source = FactBook(units), Source(SourceKind.FITNESS, "fitness")
    first, last = int(known[0]), int(known[-1])
    book.date("firstDate", series.first_day + dt.timedelta(days=first), source)
    book.date("lastDate", series.first_day + dt.timedelta(days=last), source)
    for label in _FIGURES:
        column: Column = getattr(series, label)
        for place, suffix in ((first, ".first"), (last, "")):
            if math.isfinite(column[place]):
                book.number(f"{label}{suffix}", float(column[place]), "load", source)
    said = "From {firstDate} to {lastDate} fitness goes from {fitness.first} to {fitness}"
    said += ", fatigue ends at {fatigue}" if "fatigue" in book else ""
    said += " and form at {form}" if "form" in book else ""
    grain = "Bars are the load of each day." if bar_days(days) == 1 else "Bars are means of the daily load."
    return Described(title, book.compose(f"{said}. {grain}").text, book.facts)


def fitness_chart(series: FitnessSeries, units: Units, theme: Theme) -> Spec:
    """Bars of load with fitness and fatigue over them, which are its long and short means; form in a strip below."""
    palette, days = PALETTES[theme], bar_days(len(series.load))
    rows, x = _bars(series, days), _day_axis(len(series.load))
    scale = {"domain": [0, _top(series, rows)], "nice": True, "range": main_part()}
    title = "Load a day" if days == 1 else f"Load a day, mean of {days} days"
    bars: Spec = {
        "mark": {
            "type": "bar",
            "color": palette.load,
            "opacity": 0.35,
            "width": {"expr": f"max(1, 0.7 * width / {max(1, len(rows))})"},
        },
        "encoding": {
            "x": x if days == 1 else {**x, "field": "middle"},
            "y": {
                "field": "load",
                "type": "quantitative",
                "scale": scale,
                "axis": {"title": title, "titleColor": palette.load, "grid": True},
            },
        },
    }
    daily = {"values": _lines(series)}
    lines = [{"data": daily, **layer} for layer in (*_means(palette, scale, x), _form(palette, x))]
    known = bool(np.isfinite(series.load).any())
    return frame(describe_fitness(series, units), theme, [bars, *lines] if known else [], rows=rows)


def bar_days(days: int) -> int:
    """How many days one bar stands for: one, or whole weeks."""
    return 1 if days <= MOST_DAILY_BARS else 7 * math.ceil(days / 7 / MOST_BARS)


def _day_axis(days: int) -> Spec:
    axis: Spec = {"grid": False, "labelOverlap": True, "tickCount": {"expr": "width / 80"}}
    if days <= MOST_DATED_DAYS:
        axis["format"] = "%-d %b"
    return {"field": "day", "type": "temporal", "scale": {"type": "utc"}, "title": None, "axis": axis}


def _means(palette: Palette, scale: Spec, x: Spec) -> list[Spec]:
    """Fatigue and fitness in the unit of the bars, of which they are the short and the long mean."""
    names = ["fitness", "fatigue"]
    colors = {"domain": names, "range": [palette.load, palette.text]}
    dashes = {"domain": names, "range": [[1, 0], [4, 3]]}
    layers = []
    for name, width in (("fatigue", 1.2), ("fitness", 2.6)):
        layer = line(name, Paint(palette.load, width=width), x=x, y={"scale": scale, "axis": None})
        layer["mark"].pop("color")
        layer["encoding"] |= {
            "color": {"datum": name, "scale": colors},
            "strokeDash": {"datum": name, "scale": dashes},
        }
        layers.append(layer)
    return layers


def _form(palette: Palette, x: Spec) -> Spec:
    axis = {"title": "Form", "tickCount": 3, "grid": False, "orient": "left"}
    scale = {"nice": True, "zero": True, "range": strip()}
    edge = {"color": palette.elevation, "strokeWidth": 1.4}
    return {
        "mark": {"type": "area", "color": palette.elevation, "opacity": 0.35, "line": edge},
        "encoding": {
            "x": x,
            "y": {"field": "form", "type": "quantitative", "scale": scale, "axis": axis},
            "y2": {"datum": 0},
        },
    }


def _top(series: FitnessSeries, rows: Sequence[Spec]) -> float:
    means = np.concatenate((series.fitness, series.fatigue))
    return max(float(means[np.isfinite(means)].max(initial=10.0)), *(row["load"] or 0.0 for row in rows))


def _bars(series: FitnessSeries, days: int) -> list[Spec]:
    """A row a bar, the last one full: the mean load, and the others as they stand on its last day, ``day``."""
    rows: list[Spec] = []
    for end in range(len(series.load), 0, -days):
        start = max(0, end - days)
        known = series.load[start:end][np.isfinite(series.load[start:end])]
        row: Spec = {
            "day": str(series.first_day + dt.timedelta(days=end - 1)),
            "load": round(float(known.mean()), 1) if known.size else None,
        }
        if days > 1:
            row["middle"] = str(series.first_day + dt.timedelta(days=(start + end - 1) // 2))
        rows.append(row | {label: or_none(getattr(series, label)[end - 1]) for label in _FIGURES})
    return rows[::-1]


def _lines(series: FitnessSeries) -> list[Spec]:
    days = len(series.fitness)
    step = max(1, math.ceil(days / MOST_POINTS))
    return [
        {"day": str(series.first_day + dt.timedelta(days=place))}
        | {label: or_none(getattr(series, label)[place]) for label in _FIGURES}
        for place in range((days - 1) % step, days, step)
    ]
