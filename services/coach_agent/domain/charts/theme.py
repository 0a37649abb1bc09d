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
    """One colour for each meaning, as on the pages: heart rate red, pace blue, elevation grey, load green.

    ``line`` is for axes and outlines, ``grid`` for what may be overlooked. ``zones`` go from one to five and differ in
    lightness, so that they read without colour.
    """

    text: str
    line: str
    grid: str
    heart_rate: str
    pace: str
    elevation: str
    load: str
    volume: str
    zones: tuple[str, str, str, str, str]


PALETTES = {
    Theme.LIGHT: Palette(
        text="#3b4046",
        line="#7f8791",
        grid="#dddfdd",
        heart_rate="#c62f3b",
        pace="#1f6fc4",
        elevation="#646d78",
        load="#1f7446",
        volume="#0b6e7f",
        zones=("#f6cfa6", "#ee9d72", "#d9655a", "#a83a5a", "#5f1f4d"),
    ),
    Theme.DARK: Palette(
        text="#c9ced6",
        line="#7b8590",
        grid="#2c3239",
        heart_rate="#ff6b74",
        pace="#6cb2ff",
        elevation="#98a2ad",
        load="#5cc98d",
        volume="#5ac8d8",
        zones=("#57304a", "#8f3a5c", "#cc5560", "#ef8d68", "#fbd0a0"),
    ),
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
        "legend": {
            "labelColor": palette.text,
            "titleColor": palette.text,
            "labelFontSize": 12,
            "orient": "top",
            "title": None,
            "offset": 6,
        },
        "text": {"color": palette.text, "font": FONT, "fontSize": 12},
    }
