"""The best pace over every length of effort, and what it says a runner can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.coach_agent.domain.athlete import TimedDistance, Units
from services.coach_agent.domain.charts.spec import Described, Paint, Spec, frame, line, pace_axis, unit_m
from services.coach_agent.domain.charts.theme import PALETTES, Palette, Theme
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.fitness import critical_speed as by_speed
from services.coach_agent.domain.fitness import race_equivalence as by_index
from services.coach_agent.domain.fitness.models import CriticalSpeed, Estimate
from services.coach_agent.domain.models import Column

_TITLE = "Best pace by duration"
_CURVE_POINTS = 40
_APART = 1.5
_BELOW_S = 15.0
_NAMES = {400: "400 m", 800: "800 m", 1609: "1 mile", 21097: "half marathon", 21098: "half marathon"}
_NAMES |= {42195: "marathon"}
_MODELS = ("critical speed", "race-equivalence index")
# Whole minutes that people count in, as far as a curve may reach.
_TICKS_MIN = (1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600)


@dataclass(frozen=True, slots=True)
class Ability:
    """Best efforts, one a distance, shortest first, and the two models drawn from those of 90 days, where known."""

    efforts: tuple[TimedDistance, ...]
    critical_speed: CriticalSpeed | None
    index: Estimate | None


def describe_pace_duration(ability: Ability, units: Units) -> Described:
    if not ability.efforts:
        return Described(_TITLE, "There is no best effort to show yet.")
    book, source = FactBook(units), Source(SourceKind.FITNESS, "bestEfforts")
    for effort, suffix in ((ability.efforts[0], ".shortest"), (ability.efforts[-1], "")):
        book.duration(f"bestTime{suffix}", effort.elapsed_s, source)
        book.pace(f"bestPace{suffix}", 1000.0 * effort.elapsed_s / effort.distance_m, source)
    said = (
        "Best pace against the time it was held, faster is higher: {bestPace.shortest} over {bestTime.shortest}, "
        "{bestPace} over {bestTime}."
    )
    if ability.critical_speed is not None:
        book.pace("criticalPace", 1000.0 / ability.critical_speed.speed_m_per_s.value, source)
        said += " Critical speed is at {criticalPace}."
    return Described(_TITLE, book.compose(said).text, book.facts)


def pace_duration_chart(ability: Ability, units: Units, theme: Theme) -> Spec:
    """A point an effort on a logarithmic axis of time, with the curves of the models over the times they are for."""
    palette = PALETTES[theme]
    rows: list[Spec] = [
        {
            "effort": _name(effort.distance_m),
            "minute": round(effort.elapsed_s / 60, 3),
            "pace": round(effort.elapsed_s / effort.distance_m * unit_m(units), 1),
            "day": str(effort.day),
        }
        for effort in ability.efforts
    ]
    if not rows:
        return frame(describe_pace_duration(ability, units), theme, [])
    curves = _model_points(ability, units)
    drawn = np.array([row["pace"] for row in [*rows, *curves]])
    x, y = _axes([row["minute"] for row in rows], drawn, units)
    encoding = {"x": x, "y": {"field": "pace", "type": "quantitative", **y}}
    points: Spec = {
        "mark": {"type": "point", "filled": True, "size": 60, "color": palette.pace, "opacity": 1},
        "encoding": encoding,
    }
    # Efforts lie on the curves or below them, so that below and to the left nothing is in the way.
    names: Spec = {
        "mark": {"type": "text", "align": "right", "baseline": "top", "dx": -4, "dy": 5, "fontSize": 11},
        "data": {"values": _spread(rows)},
        "encoding": {**encoding, "text": {"field": "effort"}},
    }
    layers = [*([_curves(curves, palette, x=x, y=y)] if curves else []), points, names]
    spec = frame(describe_pace_duration(ability, units), theme, layers, rows=rows)
    spec.pop("resolve", None)
    return spec


def _spread(rows: Sequence[Spec]) -> list[Spec]:
    """The longest effort and those far enough before it, so that no name stands upon another."""
    kept = [rows[-1]]
    for row in rows[-2::-1]:
        if kept[-1]["minute"] >= _APART * row["minute"]:
            kept.append(row)
    return kept


def _axes(minutes: Sequence[float], pace: Column, units: Units) -> tuple[Spec, Spec]:
    low, high = 0.6 * min(minutes), 1.4 * max(minutes)
    x: Spec = {
        "field": "minute",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": {"grid": False, "title": "Time held (min)", "values": [m for m in _TICKS_MIN if low <= m <= high]},
    }
    # The slowest one has its name below it.
    return x, pace_axis(np.append(pace, pace.max() + _BELOW_S), units)


def _model_points(ability: Ability, units: Units) -> list[Spec]:
    """Each model over the times that it is for and that the efforts reach."""
    last_s = ability.efforts[-1].elapsed_s
    found: list[Spec] = []
    if (speed := ability.critical_speed) is not None:
        end_s = min(by_speed.LONGEST_S, max(last_s, 2 * by_speed.SHORTEST_S))
        times = np.geomspace(by_speed.SHORTEST_S, end_s, _CURVE_POINTS)
        found += _points(_MODELS[0], times, times / (speed.speed_m_per_s.value * times + speed.reserve_m), units)
    if ability.index is not None:
        end_s = min(by_index.LONGEST_S, max(1.3 * last_s, 2 * by_index.SHORTEST_S))
        metres = np.geomspace(800.0, 42_195.0, 4 * _CURVE_POINTS)
        times = by_index.times_for(metres, np.array(ability.index.value))
        kept = (times >= by_index.SHORTEST_S) & (times <= end_s)
        found += _points(_MODELS[1], times[kept], (times / metres)[kept], units)
    return found


def _curves(points: list[Spec], palette: Palette, *, x: Spec, y: Spec) -> Spec:
    layer = line("pace", Paint(palette.text, width=1.5), x=x, y=y)
    layer["data"] = {"values": points}
    layer["mark"].pop("color")
    colors, dashes = [palette.text, palette.line], [[1, 0], [5, 3]]
    layer["encoding"]["color"] = {"field": "model", "scale": {"domain": _MODELS, "range": colors}}
    layer["encoding"]["strokeDash"] = {"field": "model", "scale": {"domain": _MODELS, "range": dashes}}
    return layer


def _points(model: str, times_s: Column, s_per_m: Column, units: Units) -> list[Spec]:
    return [
        {"model": model, "minute": round(float(t) / 60, 3), "pace": round(float(p) * unit_m(units), 1)}
        for t, p in zip(times_s, s_per_m, strict=True)
    ]


def _name(metres: float) -> str:
    return _NAMES.get(int(metres), f"{metres / 1000:g} km")
