"""Charts as Vega-Lite v5 specifications: plain data, drawn from a run's trace in the reader's units and theme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.theme import PALETTES, Palette, Theme, settings
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.trace import Trace
from services.coach_agent.domain.units import METRES_PER_MILE, date_text

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH, HEIGHT = 720, 320
NARROW = 480  # below it a title in its usual size would be cut off
# Walking breaks would flatten everything else: a pace slower than this share of the median is cut off at the axis.
SLOWEST_SHOWN = 1.6
NARROWEST_PACE_AXIS_S = 60.0  # on a finer scale the noise of an even run would look like a story
PACE_LABEL = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02d')"

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """What a chart is called and what it shows, for those who do not see it."""

    title: str
    description: str


def is_drawable(metrics: RunMetrics) -> bool:
    """Whether a run chart would show more than an empty frame."""
    trace = metrics.measured.trace
    if trace is None:
        return False
    paced = metrics.is_paced and bool(np.isfinite(trace.speed_m_per_s).any())
    return paced or bool(np.isfinite(trace.heart_rate_bpm).any())


def describe_run_chart(metrics: RunMetrics, units: Units) -> Described:
    book = _chart_book(metrics, units)
    shown = [word for word, label in (("pace", "pace"), ("heart rate", "averageHeartRate")) if label in book]
    day = date_text(metrics.local_date)
    if not shown:
        return Described(f"Run of {day}", "The run over time.")
    figures = " and ".join(
        f"{word} averages {book[label].text}"
        for word, label in (("pace", "pace"), ("heart rate", "averageHeartRate"))
        if label in book
    )
    return Described(f"{' and '.join(shown).capitalize()}, {day}", f"Over {book['duration'].text}, {figures}.")


def describe_comparison(latest: RunMetrics, earlier: RunMetrics) -> Described:
    days = f"{date_text(latest.local_date)} and {date_text(earlier.local_date)}"
    return Described("Pace of both runs", f"Pace over distance on {days}, one line a run; faster is higher.")


def describe_recent_load(days: Sequence[dt.date]) -> Described:
    if not days:
        return Described("Load of your last runs", "There is no load to show yet.")
    return Described("Load of your last runs", f"One bar a run, from {date_text(days[0])} to {date_text(days[-1])}.")


def _chart_book(metrics: RunMetrics, units: Units) -> FactBook:
    book, source = FactBook(units), Source(SourceKind.ACTIVITY, str(metrics.activity_id))
    activity = metrics.activity
    book.duration("duration", activity.timer_s or activity.elapsed_s or 0.0, source)
    if metrics.is_paced and metrics.pace_s_per_km is not None:
        book.pace("pace", metrics.pace_s_per_km, source)
    if activity.average_heart_rate_bpm:
        book.heart_rate("averageHeartRate", activity.average_heart_rate_bpm, source)
    return book


def run_chart(metrics: RunMetrics, units: Units, theme: Theme) -> Spec:
    """Heart rate and inverted pace on one time axis, altitude in grey behind; without a trace an empty frame."""
    palette, trace = PALETTES[theme], metrics.measured.trace
    said = describe_run_chart(metrics, units)
    if trace is None:
        return _frame(said, palette, [{"mark": "point", "data": {"values": []}}])
    pace = _pace(trace, units) if metrics.is_paced else np.full_like(trace.time_s, np.nan)
    rows = [
        {"minute": round(float(t) / 60, 3), "pace": _or_none(p), "heartRate": _or_none(h), "altitude": _or_none(a)}
        for t, p, h, a in zip(trace.time_s, pace, trace.heart_rate_bpm, trace.altitude_m, strict=True)
    ]
    layers: list[Spec] = []
    if np.isfinite(trace.altitude_m).any():
        layers.append(_altitude_layer(trace.altitude_m, palette))
    if np.isfinite(pace).any():
        layers.append(_line("pace", f"Pace (min/{units})", palette.pace, _pace_scale(pace), pace=True))
    if np.isfinite(trace.heart_rate_bpm).any():
        side = "right" if np.isfinite(pace).any() else "left"
        layers.append(
            _line("heartRate", "Heart rate (bpm)", palette.heart_rate, {"zero": False, "nice": True}, orient=side)
        )
    spec = _frame(said, palette, layers or [{"mark": "point"}])
    return {**spec, "data": {"values": rows}, "resolve": {"scale": {"y": "independent"}}}


def comparison_chart(latest: RunMetrics, earlier: RunMetrics, units: Units, theme: Theme) -> Spec:
    """Pace over distance of two runs, the latest in the pace colour, the earlier in grey and dashed."""
    palette = PALETTES[theme]
    names = [f"{date_text(run.local_date)}{mark}" for run, mark in ((latest, " (latest)"), (earlier, " (before)"))]
    rows: list[Spec] = []
    paces: list[Column] = []
    for name, run in zip(names, (latest, earlier), strict=True):
        if (trace := run.measured.trace) is None:
            continue
        pace, distance = _pace(trace, units), trace.distance_m / _unit_m(units)
        paces.append(pace)
        rows += [
            {"run": name, "distance": round(float(d), 3), "pace": _or_none(p)}
            for d, p in zip(distance, pace, strict=True)
        ]
    layer = _line(
        "pace", f"Pace (min/{units})", palette.pace, _pace_scale(np.concatenate(paces or [np.empty(0)])), pace=True
    )
    encoding = layer["encoding"]
    encoding["x"] = {"field": "distance", "type": "quantitative", "title": f"Distance ({units})"}
    encoding["color"] = {"field": "run", "scale": {"domain": names, "range": [palette.pace, palette.elevation]}}
    encoding["strokeDash"] = {"field": "run", "scale": {"domain": names, "range": [[1, 0], [5, 3]]}}
    layer["mark"].pop("color")
    return {**_frame(describe_comparison(latest, earlier), palette, [layer]), "data": {"values": rows}}


def recent_load_chart(loads: Sequence[tuple[dt.date, str, float]], theme: Theme) -> Spec:
    """One bar a run: (day, session kind, load), oldest first."""
    palette = PALETTES[theme]
    rows = [
        {"day": f"{day:%d %b}", "order": i, "kind": kind, "load": round(load, 1)}
        for i, (day, kind, load) in enumerate(loads)
    ]
    x: Spec = {"field": "order", "type": "ordinal"}
    layer: Spec = {
        "mark": {"type": "bar", "color": palette.load, "cornerRadiusEnd": 2},
        "encoding": {
            "x": {**x, "title": None, "axis": {"labels": False, "ticks": False}, "scale": {"padding": 0.3}},
            "y": {"field": "load", "type": "quantitative", "title": "Load"},
        },
    }
    label: Spec = {
        "mark": {"type": "text", "baseline": "top", "dy": 6, "color": palette.text, "fontSize": 11},
        "encoding": {"x": x, "y": {"datum": 0}, "text": {"field": "day"}},
    }
    said = describe_recent_load([day for day, _, _ in loads])
    return {**_frame(said, palette, [layer, label]), "data": {"values": rows}}


def as_wide_as(spec: Spec, width: int) -> Spec:
    """The same chart in a drawing of ``width`` px, axes included: text keeps its size on a narrow screen."""
    title = {"text": spec["title"], "fontSize": 13} if width < NARROW else spec["title"]
    return {**spec, "title": title, "width": width, "autosize": {"type": "fit", "contains": "padding"}}


def _frame(said: Described, palette: Palette, layers: list[Spec]) -> Spec:
    return {
        "$schema": SCHEMA,
        "title": said.title,
        "description": said.description,
        "width": WIDTH,
        "height": HEIGHT,
        "config": settings(palette),
        "layer": layers,
    }


def _line(field: str, title: str, color: str, scale: Spec, *, pace: bool = False, orient: str = "left") -> Spec:
    axis: Spec = {"title": title, "orient": orient, "titleColor": color}
    if pace:
        axis["labelExpr"] = PACE_LABEL
    return {
        "mark": {"type": "line", "color": color, "strokeWidth": 1.8, "interpolate": "monotone"},
        "encoding": {
            "x": {"field": "minute", "type": "quantitative", "title": "Time (min)", "axis": {"grid": False}},
            "y": {"field": field, "type": "quantitative", "scale": scale, "axis": axis},
        },
    }


def _altitude_layer(altitude_m: Column, palette: Palette) -> Spec:
    """A quiet area that leaves the upper half to the lines."""
    low, high = float(np.nanmin(altitude_m)), float(np.nanmax(altitude_m))
    scale = {"domain": [low - 5, low + 2.5 * max(high - low, 20.0)], "nice": False}
    return {
        "mark": {"type": "area", "color": palette.elevation, "opacity": 0.18, "line": False},
        "encoding": {
            "x": {"field": "minute", "type": "quantitative"},
            "y": {"field": "altitude", "type": "quantitative", "scale": scale, "axis": None},
            "y2": {"datum": low - 5},
        },
    }


def _pace(trace: Trace, units: Units) -> Column:
    """Seconds per unit, cut off where the runner all but walked."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pace: Column = _unit_m(units) / trace.speed_m_per_s
    known = np.isfinite(pace)
    if not known.any():
        return pace
    return np.where(known, np.minimum(pace, SLOWEST_SHOWN * float(np.median(pace[known]))), np.nan)


def _pace_scale(pace: Column) -> Spec:
    """An axis that runs fast-up."""
    known = pace[np.isfinite(pace)]
    if not known.size:
        return {"reverse": True}
    spare = max(0.0, NARROWEST_PACE_AXIS_S - float(known.max() - known.min())) / 2
    low, high = 15 * np.floor((known.min() - spare) / 15), 15 * np.ceil((known.max() + spare) / 15)
    return {"reverse": True, "domain": [float(low), float(high)], "nice": False}


def _unit_m(units: Units) -> float:
    return 1000.0 if units is Units.KILOMETRES else METRES_PER_MILE


def _or_none(value: float) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None
