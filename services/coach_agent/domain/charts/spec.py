"""What all charts have in common: Vega-Lite v5 specifications, plain data, in the reader's units and theme."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.theme import PALETTES, Theme, settings
from services.coach_agent.domain.facts import Fact
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.units import METRES_PER_MILE

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH, HEIGHT = 720, 320
NARROW = 480  # below it a title in its usual size would be cut off
NARROWEST_PACE_AXIS_S = 60.0  # on a finer scale the noise of an even run would look like a story
_PACE_STEPS_S = (15, 30, 60, 120, 300, 600)
_MOST_TICKS = 7
PACE_LABEL = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02d')"
# A strip below the main lines has an axis of its own; these are the shares of the height, counted from the top.
MAIN_PART, BETWEEN, STRIP_FROM = 0.68, 0.72, 0.76

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """What a chart is called and what it shows, for those who do not see it; its numbers are ``facts``."""

    title: str
    description: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Paint:
    """How a line looks; a ``dash`` of (1, 0) is none."""

    color: str
    width: float = 1.8
    dash: tuple[int, int] = (1, 0)


def frame(said: Described, theme: Theme, layers: list[Spec], *, rows: list[Spec] | None = None) -> Spec:
    """A chart of ``layers`` over ``rows``; without layers an empty frame with its title."""
    spec = {
        "$schema": SCHEMA,
        "title": said.title,
        "description": said.description,
        "width": WIDTH,
        "height": HEIGHT,
        "config": settings(PALETTES[theme]),
        "layer": layers or [{"mark": "point"}],
        "data": {"values": rows or []},
    }
    return spec | {"resolve": {"scale": {"y": "independent"}}} if len(layers) > 1 else spec


def as_wide_as(spec: Mapping[str, Any], width: int) -> Spec:
    """The same chart in a drawing of ``width`` px, axes included: text keeps its size on a narrow screen."""
    title = {"text": spec["title"], "fontSize": 13} if width < NARROW else spec["title"]
    return {**spec, "title": title, "width": width, "autosize": {"type": "fit", "contains": "padding"}}


def main_part() -> list[Any]:
    """The range of a scale that leaves room for a strip."""
    return [{"expr": f"height * {MAIN_PART}"}, 0]


def strip() -> list[Any]:
    """The range of a scale that stays in the strip."""
    return [{"expr": "height"}, {"expr": f"height * {STRIP_FROM}"}]


def line(field: str, paint: Paint, *, x: Spec, y: Spec) -> Spec:
    mark: Spec = {"type": "line", "color": paint.color, "strokeWidth": paint.width, "interpolate": "monotone"}
    if paint.dash != (1, 0):
        mark["strokeDash"] = list(paint.dash)
    return {"mark": mark, "encoding": {"x": x, "y": {"field": field, "type": "quantitative", **y}}}


def pace_axis(pace: Column, units: Units) -> Spec:
    """Scale and axis of paces in seconds: fast-up, with ticks that people count in."""
    known = pace[np.isfinite(pace)]
    axis: Spec = {"title": f"Pace (min/{units})", "labelExpr": PACE_LABEL, "grid": True}
    if not known.size:
        return {"scale": {"reverse": True}, "axis": axis}
    spare = max(0.0, NARROWEST_PACE_AXIS_S - float(known.max() - known.min())) / 2
    low, high = 15 * math.floor((known.min() - spare) / 15), 15 * math.ceil((known.max() + spare) / 15)
    step = next((step for step in _PACE_STEPS_S if (high - low) / step <= _MOST_TICKS), _PACE_STEPS_S[-1])
    axis["values"] = list(range(step * math.ceil(low / step), high + 1, step))
    return {"scale": {"reverse": True, "domain": [low, high], "nice": False}, "axis": axis}


def unit_m(units: Units) -> float:
    return 1000.0 if units is Units.KILOMETRES else METRES_PER_MILE


def or_none(value: float, decimals: int = 1) -> float | None:
    return round(float(value), decimals) if np.isfinite(value) else None
