"""Colours that can be told apart on both grounds, and are those of the pages."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from services.coach_agent.domain.charts.theme import PALETTES, Palette, Theme

TOKENS = Path(__file__).parents[4] / "gateway" / "web" / "static" / "tokens.css"
OF_THE_PAGES = {
    "heart_rate": "heart", "pace": "pace", "elevation": "elevation", "load": "load", "volume": "accent",
    "line": "line-strong", "grid": "line",
}  # fmt: skip


def tokens(theme: Theme) -> dict[str, str]:
    """The custom properties of the pages; those of the dark theme stand in the second block."""
    blocks = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", blocks[0 if theme is Theme.LIGHT else 1]))


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def grounds(theme: Theme) -> list[str]:
    return [tokens(theme)["paper"], tokens(theme)["ground"]]


def test_contrast_is_that_of_the_standard():
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", Theme)
def test_text_and_coloured_axis_titles_have_contrast_of_4_5(theme):
    palette = PALETTES[theme]
    for color in (palette.text, palette.heart_rate, palette.pace, palette.load):
        assert min(contrast(color, ground) for ground in grounds(theme)) >= 4.5


@pytest.mark.parametrize("theme", Theme)
def test_lines_and_bars_have_contrast_of_3(theme):
    palette = PALETTES[theme]
    for color in (palette.line, palette.elevation, palette.volume):
        assert min(contrast(color, ground) for ground in grounds(theme)) >= 3.0


@pytest.mark.parametrize("theme", Theme)
def test_zones_differ_in_lightness_step_by_step(theme):
    steps = [luminance(color) for color in PALETTES[theme].zones]
    assert steps == sorted(steps, reverse=theme is Theme.LIGHT)
    pairs = zip(PALETTES[theme].zones, PALETTES[theme].zones[1:], strict=False)
    assert min(contrast(one, other) for one, other in pairs) >= 1.35


@pytest.mark.parametrize("theme", Theme)
def test_the_colours_are_those_of_the_pages(theme):
    palette, page = PALETTES[theme], tokens(theme)
    assert {name: getattr(palette, name) for name in OF_THE_PAGES} == {n: page[t] for n, t in OF_THE_PAGES.items()}
    assert palette.zones == tuple(page[f"zone-{number}"] for number in range(1, 6))


def test_every_colour_is_looked_at():
    assert {field.name for field in dataclasses.fields(Palette)} == {*OF_THE_PAGES, "text", "zones"}
