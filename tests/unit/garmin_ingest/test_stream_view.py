import numpy as np
import pytest

from services.garmin_ingest.domain.stream_blocks import from_block, is_short, to_block
from services.garmin_ingest.domain.stream_view import view
from services.garmin_ingest.domain.streams import HEART_RATE, SIGNALS, SPEED, TEMPERATURE, Streams


def _hour():
    time = np.arange(3600.0)
    return Streams(time, {SPEED: np.full(3600, 4.0), HEART_RATE: 120 + time / 60})


def test_pace_is_speed_read_the_other_way_round_and_missing_while_standing():
    seen = view(Streams(np.arange(3.0), {SPEED: np.array([4.0, 0.3, np.nan])}), ["pace"], "high")
    np.testing.assert_array_equal(seen.columns["pace"], [250.0, np.nan, np.nan])
    assert seen.units == {"pace": "s/km"}


@pytest.mark.parametrize(("resolution", "points"), [("low", 200), ("medium", 1000), ("high", 3600)])
def test_resolution_limits_the_points(resolution, points):
    seen = view(_hour(), None, resolution)
    assert len(seen.time_s) == points
    assert all(len(column) == points for column in seen.columns.values())
    assert np.all(np.diff(seen.time_s) > 0)


def test_a_point_is_the_mean_of_the_samples_it_stands_for():
    # 3600 samples on 200 points: 18 a point, the first of them at a mean of 8.5 s and 120 + 8.5/60 bpm.
    seen = view(_hour(), ["heartRate"], "low")
    assert seen.time_s[0] == 8.5
    assert seen.columns["heartRate"][0] == round(120 + 8.5 / 60)
    assert seen.columns.keys() == {"heartRate"}


def test_gaps_inside_a_point_do_not_count_and_whole_gaps_stay():
    values = np.full(400, 20.0)
    values[[0, 2, 3]] = np.nan
    seen = view(Streams(np.arange(400.0), {TEMPERATURE: values}), None, "low")
    assert seen.columns["temperature"][0] == 20
    assert np.isnan(seen.columns["temperature"][1])


def test_streams_come_back_from_their_block_to_the_resolution_of_each_signal():
    original = Streams(
        np.array([0.0, 1.0, 2.5]), {SPEED: np.array([3.1234, np.nan, 3.3]), HEART_RATE: np.array([140.0, 141, 142])}
    )
    back = from_block(to_block(original), None)
    np.testing.assert_array_equal(back.time_s, [0, 1, 2.5])
    np.testing.assert_allclose(back.columns[SPEED], [3.123, np.nan, 3.3])
    assert from_block(to_block(original), [HEART_RATE, "absent"]).columns.keys() == {HEART_RATE}


@pytest.mark.parametrize(("hours", "short"), [(1, True), (4, True), (24, False)])
def test_a_run_is_short_and_a_recording_of_a_day_is_not(hours, short):
    time = np.arange(3600.0 * hours)
    block = to_block(Streams(time, {signal.name: np.full(len(time), signal.highest) for signal in SIGNALS}))
    assert is_short(block) is short
