from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.run_chart import describe_run_chart, run_chart
from services.coach_agent.domain.charts.theme import PALETTES, Theme
from services.coach_agent.domain.runs.metrics import Measured
from tests.unit.coach_agent import runs
from tests.unit.coach_agent.charts.gallery import long_run


def layers(spec):
    """Layers by the field they draw upwards."""
    return {layer["encoding"].get("y", {}).get("field", layer["mark"]["type"]): layer for layer in spec["layer"]}


def test_it_has_at_most_600_points_and_pace_runs_fast_up():
    spec = run_chart(runs.run(9000, 3.0, 145.0), Units.KILOMETRES, Theme.LIGHT)
    assert len(spec["data"]["values"]) <= 600
    drawn = layers(spec)
    assert drawn["pace"]["encoding"]["y"]["scale"]["reverse"] is True
    assert drawn["pace"]["mark"]["color"] == PALETTES[Theme.LIGHT].pace
    assert drawn["heartRate"]["mark"]["color"] == PALETTES[Theme.LIGHT].heart_rate
    assert spec["data"]["values"][60]["pace"] == pytest.approx(1000 / 3, abs=0.1)


def test_heart_rate_and_pace_share_one_time_axis_and_have_an_axis_each():
    drawn = layers(run_chart(long_run(), Units.KILOMETRES, Theme.LIGHT))
    assert drawn["pace"]["encoding"]["x"] == drawn["heartRate"]["encoding"]["x"]
    assert drawn["heartRate"]["encoding"]["y"]["axis"]["orient"] == "right"


def test_pace_is_drawn_in_the_runners_units():
    spec = run_chart(runs.run(), Units.MILES, Theme.LIGHT)
    assert spec["data"]["values"][60]["pace"] == pytest.approx(1609.344 / 3, abs=0.1)
    assert layers(spec)["pace"]["encoding"]["y"]["axis"]["title"] == "Pace (min/mi)"


def test_ticks_of_pace_stand_on_times_that_people_count_in():
    spec = run_chart(runs.run(speed=lambda t: 3 + 0.8 * np.sin(t / 200)), Units.KILOMETRES, Theme.LIGHT)
    values = layers(spec)["pace"]["encoding"]["y"]["axis"]["values"]
    assert 3 <= len(values) <= 8
    assert all(value % 30 == 0 for value in values)


def test_what_was_not_recorded_is_not_drawn():
    spec = run_chart(runs.run(heart_rate=None), Units.KILOMETRES, Theme.LIGHT)
    assert list(layers(spec)) == ["pace"]


def test_efficiency_is_metres_a_heartbeat_in_a_strip_of_its_own():
    """3 m/s at 150 bpm are 1.2 m a beat, or 3.94 ft."""
    spec = run_chart(runs.run(3600, 3.0, 150.0), Units.KILOMETRES, Theme.LIGHT)
    assert spec["data"]["values"][100]["efficiency"] == pytest.approx(1.2, abs=0.01)
    feet = run_chart(runs.run(3600, 3.0, 150.0), Units.MILES, Theme.LIGHT)
    assert feet["data"]["values"][100]["efficiency"] == pytest.approx(3.94, abs=0.01)
    strip = layers(spec)["efficiency"]["encoding"]["y"]
    assert strip["scale"]["range"] == [{"expr": "height"}, {"expr": "height * 0.76"}]


@pytest.mark.parametrize("run", [runs.intervals(), runs.run(1500), runs.run(heart_rate=None)])
def test_where_efficiency_means_nothing_there_is_no_strip_and_no_shading(run):
    assert not {"efficiency", "rect"} & layers(run_chart(run, Units.KILOMETRES, Theme.LIGHT)).keys()


def test_the_parts_that_drift_and_fade_are_shaded_darker_and_named():
    [band, name, *_] = run_chart(long_run(), Units.KILOMETRES, Theme.LIGHT)["layer"]
    rows = band["data"]["values"]
    assert [row["part"] for row in rows] == ["stable", "drift", "fade"]
    assert [row["shade"] for row in rows] == sorted(row["shade"] for row in rows)
    assert name["encoding"]["text"] == {"field": "part"}
    assert rows[0]["to"] == rows[1]["from"]


def test_a_spike_of_one_second_is_not_drawn():
    def heart_rate(time_s):
        beats = np.full_like(time_s, 140.0)
        beats[900] = 230.0
        return beats

    rows = run_chart(runs.run(2400, 3.0, heart_rate), Units.KILOMETRES, Theme.LIGHT)["data"]["values"]
    assert max(row["heartRate"] for row in rows) == pytest.approx(140.0)


def test_the_description_says_what_the_eye_would_see():
    said = describe_run_chart(runs.run(2400, 3.0, 140.0, day=dt.date(2026, 11, 18)), Units.KILOMETRES)
    assert said.title == "Pace and heart rate, 18 November 2026"
    assert said.description == (
        "Over 40:00, pace averages 5:33 /km and heart rate averages 140 bpm. "
        "Each heartbeat bought about the same ground to the end."
    )


def test_the_description_says_when_a_run_began_to_drift_and_to_fade():
    said = describe_run_chart(long_run(), Units.KILOMETRES).description
    assert "on the same pace took clearly more heartbeats." in said
    assert "on the pace fell while the heart worked on." in said


def test_without_a_stream_there_is_an_empty_frame():
    bare = dataclasses.replace(runs.run(), measured=Measured())
    spec = run_chart(bare, Units.KILOMETRES, Theme.DARK)
    assert spec["layer"] == [{"mark": "point"}]
    assert spec["data"]["values"] == []
