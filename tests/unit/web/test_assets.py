"""What the policy of our pages promises, held against the files themselves."""

from __future__ import annotations

import itertools
import re

import pytest

from gateway.web.assets import Assets

ASSETS = Assets.read()
TOKENS = ASSETS.files["tokens.css"].decode()


@pytest.mark.parametrize("name", sorted(ASSETS.templates))
def test_a_template_has_no_inline_script_or_style_and_asks_no_other_host(name):
    text = ASSETS.templates[name]
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=", text)
    assert not re.search(r"(https?:)?//\w", text)
    assert "javascript:" not in text
    assert not re.search(r"\|\s*safe\b|autoescape|Markup\(", text)


@pytest.mark.parametrize("name", [name for name in ASSETS.files if name.endswith((".js", ".css"))])
def test_our_files_ask_no_other_host_and_evaluate_nothing(name):
    text = ASSETS.files[name].decode()
    assert not re.search(r"https?://|@import|url\(|\beval\(|new Function|document\.write", text)


def test_every_form_carries_a_token():
    for name, text in ASSETS.templates.items():
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
            assert "form_token(visit)" in form or "upload_address" in form, name


def test_every_file_that_a_script_imports_is_there():
    for content in ASSETS.files.values():
        for imported in re.findall(rb'from "\./([\w.]+)"', content):
            assert imported.decode() in ASSETS.files


def test_the_address_of_a_file_changes_with_its_content():
    other = Assets(ASSETS.templates, ASSETS.files, "another")
    assert ASSETS.address("tokens.css") == f"/static/{ASSETS.version}/tokens.css"
    assert other.address("tokens.css") != ASSETS.address("tokens.css")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def themes() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    return {"light": colours(light), "dark": colours(light) | colours(dark)}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio": (L1 + 0.05) / (L2 + 0.05) of relative luminances."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(theme):
    palette = themes()[theme]
    texts = ("ink", "ink-quiet", "accent", "heart", "pace", "elevation", "power", "cadence", "load")
    texts += ("state-good", "state-late", "state-bad")
    poor = [
        (text, ground, round(contrast(palette[text], palette[ground]), 2))
        for text in texts
        for ground in ("ground", "paper")
        if contrast(palette[text], palette[ground]) < 4.5
    ]
    assert poor == []
    for text, ground in (("accent-ink", "accent"), ("ink", "notice"), ("ink-quiet", "notice"), ("ink", "accent-soft")):
        assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_fields_can_be_seen(theme):
    palette = themes()[theme]
    for ground in ("ground", "paper"):
        assert contrast(palette["line-strong"], palette[ground]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_zones_can_be_told_apart_without_colour(theme):
    palette = themes()[theme]
    steps = [contrast(palette[f"zone-{zone}"], "#000000") for zone in range(1, 6)]
    assert steps == sorted(steps, reverse=theme == "light")
    assert all(max(a, b) / min(a, b) > 1.2 for a, b in itertools.pairwise(steps))
