"""What holds for every kind of chart, with data and without."""

from __future__ import annotations

import json

import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.spec import as_wide_as
from services.coach_agent.domain.charts.theme import PALETTES, Theme
from services.coach_agent.domain.facts import unverified_numbers
from tests.unit.coach_agent.charts.gallery import empty_entries, entries

ALL = [*entries(), *entries(Units.MILES), *empty_entries()]
IDS = [f"{name} {i}" for i, (name, _, _) in enumerate(ALL)]
# The renderer takes a megabyte; a drawing of more than this says more than anybody sees.
LARGEST_SPEC_BYTES = 120_000


@pytest.mark.parametrize(("name", "said", "spec"), ALL, ids=IDS)
@pytest.mark.parametrize("theme", Theme)
def test_it_is_titled_described_transparent_small_and_strict_json(name, said, spec, theme):
    made = spec(theme)
    assert made["$schema"].endswith("/v5.json")
    assert (made["title"], made["description"]) == (said.title, said.description)
    assert said.description.endswith(".")
    assert made["config"]["background"] == "transparent"
    assert made["config"]["axis"]["labelColor"] == PALETTES[theme].text
    assert len(json.dumps(made, allow_nan=False)) < LARGEST_SPEC_BYTES


@pytest.mark.parametrize(("name", "said", "spec"), ALL, ids=IDS)
def test_each_number_of_its_words_is_a_fact(name, said, spec):
    assert unverified_numbers(said.description, said.facts) == ()


@pytest.mark.parametrize(("name", "said", "spec"), list(entries()), ids=[name for name, _, _ in entries()])
def test_it_has_figures_for_its_table(name, said, spec):
    assert spec(Theme.LIGHT)["data"]["values"]


@pytest.mark.parametrize(("name", "said", "spec"), list(empty_entries()), ids=[name for name, _, _ in empty_entries()])
def test_with_nothing_to_show_it_says_so_in_words(name, said, spec):
    assert said.facts == ()
    assert said.description.startswith(("There is no", "Too little is known"))


@pytest.mark.parametrize(("width", "has_small_title"), [(360, True), (800, False)])
def test_a_narrow_one_has_a_smaller_title(width, has_small_title):
    spec = as_wide_as({"title": "T"}, width)
    assert spec["width"] == width
    assert isinstance(spec["title"], dict) is has_small_title
