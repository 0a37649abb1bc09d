"""Colours and Vega-Lite settings of our charts, for a light and a dark page."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any


class Theme(enum.StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Palette:
    """One colour for each meaning: heart rate red, pace blue, elevation grey, load green."""

    text: str
    grid: str
    heart_rate: str
    pace: str
    elevation: str
    load: str


PALETTES = {
    Theme.LIGHT: Palette("#3b4046", "#dfe3e8", "#c62f3b", "#1f6fc4", "#8a929b", "#2e8b57"),
    Theme.DARK: Palette("#c9ced6", "#363c44", "#ff6b74", "#6cb2ff", "#79818b", "#5cc98d"),
}

FONT = "system-ui, sans-serif"


def settings(palette: Palette) -> dict[str, Any]:
    """The config block of every chart: transparent, quiet axes, our font."""
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "title": {"color": palette.text, "fontSize": 15, "anchor": "start", "fontWeight": 600},
        "axis": {
            "labelColor": palette.text,
            "titleColor": palette.text,
            "gridColor": palette.grid,
            "domainColor": palette.grid,
            "tickColor": palette.grid,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "legend": {"labelColor": palette.text, "titleColor": palette.text, "orient": "top", "title": None},
    }
