import datetime as dt
import json

import numpy as np
import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts import run_charts as charts
from services.coach_agent.domain.charts.theme import PALETTES, Theme
from tests.unit.coach_agent import runs


def specs():
    run = runs.run(9000, lambda t: 3 + 0.2 * np.sin(t / 90), 145.0, altitude=lambda d: 100 + 20 * np.sin(d / 700))
    for theme in Theme:
        yield charts.run_chart(run, Units.KILOMETRES, theme), theme
        yield charts.comparison_chart(run, runs.run(), Units.MILES, theme), theme
        yield charts.recent_load_chart([(runs.TODAY, "easy", 51.2)], theme), theme


def test_every_chart_is_titled_described_transparent_and_strict_json():
    for spec, theme in specs():
        assert spec["$schema"].endswith("/v5.json")
        assert spec["title"]
        assert spec["description"].endswith(".")
        assert spec["config"]["background"] == "transparent"
        assert spec["config"]["axis"]["labelColor"] == PALETTES[theme].text
        json.dumps(spec, allow_nan=False)


def test_a_run_chart_has_at_most_600_points_and_pace_runs_fast_up():
    spec = charts.run_chart(runs.run(9000, 3.0, 145.0), Units.KILOMETRES, Theme.LIGHT)
    assert len(spec["data"]["values"]) <= 600
    pace, heart_rate = spec["layer"]
    assert pace["encoding"]["y"]["scale"]["reverse"] is True
    assert pace["mark"]["color"] == PALETTES[Theme.LIGHT].pace
    assert heart_rate["mark"]["color"] == PALETTES[Theme.LIGHT].heart_rate
    assert spec["data"]["values"][60]["pace"] == pytest.approx(1000 / 3, abs=0.1)


def test_pace_is_drawn_in_the_runners_units():
    spec = charts.run_chart(runs.run(), Units.MILES, Theme.LIGHT)
    assert spec["data"]["values"][60]["pace"] == pytest.approx(1609.344 / 3, abs=0.1)
    assert spec["layer"][0]["encoding"]["y"]["axis"]["title"] == "Pace (min/mi)"


def test_what_was_not_recorded_is_not_drawn():
    spec = charts.run_chart(runs.run(heart_rate=None), Units.KILOMETRES, Theme.LIGHT)
    assert [layer["encoding"]["y"]["field"] for layer in spec["layer"]] == ["pace"]


def test_the_description_says_what_the_eye_would_see():
    said = charts.describe_run_chart(runs.run(2400, 3.0, 140.0, day=dt.date(2026, 11, 18)), Units.KILOMETRES)
    assert said.title == "Pace and heart rate, 18 November 2026"
    assert said.description == "Over 40:00, pace averages 5:33 /km and heart rate averages 140 bpm."
