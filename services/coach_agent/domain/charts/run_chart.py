"""One run over time: heart rate and pace, and below them what each heartbeat bought."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.efficiency import Efficiency, Part, PartKind, efficiency, mean_around
from services.coach_agent.domain.charts.spec import (
    BETWEEN,
    Described,
    Paint,
    Spec,
    frame,
    line,
    main_part,
    or_none,
    pace_axis,
    strip,
    unit_m,
)
from services.coach_agent.domain.charts.theme import PALETTES, Palette, Theme
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.runs.trace import Trace
from services.coach_agent.domain.units import METRES_PER_FOOT, date_text

# Walking breaks would flatten everything else: a pace slower than this share of the median is cut off at the axis.
SLOWEST_SHOWN = 1.6
# A line with more ups and downs than this across a page is a band of noise.
WINDOWS_OF_A_RUN = 80
# A name needs about this share of a narrow chart's width.
_ROOM_FOR_A_NAME = 0.11
_SHADES = {PartKind.STABLE: 0.04, PartKind.DRIFT: 0.10, PartKind.FADE: 0.18}
_TIME: Spec = {
    "field": "minute",
    "type": "quantitative",
    "title": "Time (min)",
    "scale": {"nice": False},
    "axis": {"grid": False},
}
_FIGURES = (("pace", "pace"), ("heart rate", "averageHeartRate"))


def is_drawable(metrics: RunMetrics) -> bool:
    """Whether a run chart would show more than an empty frame."""
    trace = metrics.measured.trace
    if trace is None:
        return False
    paced = metrics.is_paced and bool(np.isfinite(trace.speed_m_per_s).any())
    return paced or bool(np.isfinite(trace.heart_rate_bpm).any())


def describe_run_chart(metrics: RunMetrics, units: Units) -> Described:
    return _described(metrics, units, efficiency(metrics))


def run_chart(metrics: RunMetrics, units: Units, theme: Theme) -> Spec:
    """Heart rate and inverted pace on one time axis, altitude in grey behind; without a trace an empty frame.

    Where decoupling is given, a strip below shows metres per beat, and the parts of the run that drift and fade are
    shaded and named.
    """
    palette, trace, held = PALETTES[theme], metrics.measured.trace, efficiency(metrics)
    said = _described(metrics, units, held)
    if trace is None:
        return frame(said, theme, [])
    pace = pace_of(metrics, trace, units) if metrics.is_paced else np.full_like(trace.time_s, np.nan)
    scaled: Spec = {} if held is None else {"range": main_part()}
    layers = [
        *([] if held is None else _shading(held.parts, float(trace.time_s[-1]), palette)),
        *_altitude(trace, palette, scaled),
    ]
    if np.isfinite(pace).any():
        layers.append(_pace_line(pace, units, palette, scaled))
    if np.isfinite(trace.heart_rate_bpm).any():
        layers.append(_heart_rate_line(palette, scaled, side="right" if np.isfinite(pace).any() else "left"))
    if held is not None:
        layers.append(_efficiency_line(units, palette))
    return frame(said, theme, layers, rows=_rows(trace, pace, held, units))


def pace_of(metrics: RunMetrics, trace: Trace, units: Units) -> Column:
    """Seconds per unit, cut off where the runner all but walked; a long steady run is smoothed as its length allows."""
    speed = trace.speed_m_per_s
    if metrics.measured.decoupling.value_pct is not None:
        speed = mean_around(trace.time_s, speed, float(trace.time_s[-1] - trace.time_s[0]) / WINDOWS_OF_A_RUN)
    with np.errstate(divide="ignore", invalid="ignore"):
        pace: Column = unit_m(units) / speed
    known = np.isfinite(pace)
    if not known.any():
        return pace
    return np.where(known, np.minimum(pace, SLOWEST_SHOWN * float(np.median(pace[known]))), np.nan)


def _described(metrics: RunMetrics, units: Units, held: Efficiency | None) -> Described:
    book = _book(metrics, units)
    day = date_text(metrics.local_date)
    shown = [word for word, label in _FIGURES if label in book]
    if not shown:
        return Described(f"Run of {day}", "The run over time.")
    figures = " and ".join(f"{word} averages {{{label}}}" for word, label in _FIGURES if label in book)
    said = f"Over {{duration}}, {figures}."
    if held is not None:
        said += _parts_in_words(book, held.parts, Source(SourceKind.ACTIVITY, str(metrics.activity_id)))
    return Described(f"{' and '.join(shown).capitalize()}, {day}", book.compose(said).text, book.facts)


def _parts_in_words(book: FactBook, parts: Sequence[Part], source: Source) -> str:
    """From when on the run drifted and faded for good, or that it held."""
    if not parts:
        return ""
    said = []
    for kind, words in (
        (PartKind.DRIFT, "the same pace took clearly more heartbeats"),
        (PartKind.FADE, "the pace fell while the heart worked on"),
    ):
        first = next((part for part in parts if part.kind is kind), None)
        if first is not None:
            book.duration(f"{kind}Start", first.start_s, source)
            said.append(f"From {{{kind}Start}} on {words}.")
    return " " + (" ".join(said) or "Each heartbeat bought about the same ground to the end.")


def _book(metrics: RunMetrics, units: Units) -> FactBook:
    book, source = FactBook(units), Source(SourceKind.ACTIVITY, str(metrics.activity_id))
    activity = metrics.activity
    book.duration("duration", activity.timer_s or activity.elapsed_s or 0.0, source)
    if metrics.is_paced and metrics.pace_s_per_km is not None:
        book.pace("pace", metrics.pace_s_per_km, source)
    if activity.average_heart_rate_bpm:
        book.heart_rate("averageHeartRate", activity.average_heart_rate_bpm, source)
    return book


def _rows(trace: Trace, pace: Column, held: Efficiency | None, units: Units) -> list[Spec]:
    columns = {"pace": pace, "heartRate": trace.heart_rate_bpm, "altitude": trace.altitude_m}
    rows: list[Spec] = [{"minute": round(float(second) / 60, 3)} for second in trace.time_s]
    for name, column in columns.items():
        for row, value in zip(rows, column, strict=True):
            row[name] = or_none(value)
    if held is not None:
        feet = 1.0 if units is Units.KILOMETRES else METRES_PER_FOOT
        for row, value in zip(rows, held.metres_per_beat / feet, strict=True):
            row["efficiency"] = or_none(value, 3)
    return rows


def _pace_line(pace: Column, units: Units, palette: Palette, scaled: Spec) -> Spec:
    y = pace_axis(pace, units)
    y = {"scale": y["scale"] | scaled, "axis": y["axis"] | {"titleColor": palette.pace}}
    return line("pace", Paint(palette.pace), x=_TIME, y=y)


def _heart_rate_line(palette: Palette, scaled: Spec, *, side: str) -> Spec:
    axis = {"title": "Heart rate (bpm)", "titleColor": palette.heart_rate, "orient": side, "grid": side == "left"}
    scale = {"zero": False, "nice": True} | scaled
    return line("heartRate", Paint(palette.heart_rate), x=_TIME, y={"scale": scale, "axis": axis})


def _efficiency_line(units: Units, palette: Palette) -> Spec:
    unit = "m" if units is Units.KILOMETRES else "ft"
    axis = {"title": f"{unit}/beat", "tickCount": 3, "grid": False}
    y = {"scale": {"zero": False, "nice": True, "range": strip()}, "axis": axis}
    return line("efficiency", Paint(palette.text, width=1.4), x=_TIME, y=y)


def _altitude(trace: Trace, palette: Palette, scaled: Spec) -> list[Spec]:
    """A quiet area that leaves the upper half to the lines."""
    if not np.isfinite(trace.altitude_m).any():
        return []
    low, high = float(np.nanmin(trace.altitude_m)), float(np.nanmax(trace.altitude_m))
    scale = {"domain": [low - 5, low + 2.5 * max(high - low, 20.0)], "nice": False} | scaled
    return [
        {
            "mark": {"type": "area", "color": palette.elevation, "opacity": 0.18, "line": False},
            "encoding": {
                "x": _TIME,
                "y": {"field": "altitude", "type": "quantitative", "scale": scale, "axis": None},
                "y2": {"datum": low - 5},
            },
        }
    ]


def _shading(parts: Sequence[Part], end_s: float, palette: Palette) -> list[Spec]:
    """Bands over the whole height, with their names between the lines and the strip."""
    rows = [
        {
            "from": round(part.start_s / 60, 3),
            "to": round(part.end_s / 60, 3),
            "part": part.kind if part.end_s - part.start_s >= _ROOM_FOR_A_NAME * end_s else "",
            "shade": _SHADES[part.kind],
        }
        for part in parts
    ]
    if not rows:
        return []
    x: Spec = {**_TIME, "field": "from"}
    shade: Spec = {"field": "shade", "type": "quantitative", "scale": None}
    band: Spec = {
        "mark": {"type": "rect", "color": palette.text},
        "encoding": {"x": x, "x2": {"field": "to"}, "opacity": shade},
    }
    name: Spec = {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4},
        "encoding": {"x": x, "y": {"value": {"expr": f"height * {BETWEEN}"}}, "text": {"field": "part"}},
    }
    return [{"data": {"values": rows}, **layer} for layer in (band, name)]
